"""Offer: after the data went back, phones bring what it lost."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.people.actor import Actor
from service.database import Database
from service.http.endpoint import Output, post
from service.store.sync import offers

IDS_PER_OFFER = 5000


class Offer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Ids of facts that this device was told were recorded or set aside, whichever enrolment they were pushed under."""

    ids: Annotated[tuple[UUID, ...], Meta(max_length=IDS_PER_OFFER)]


class OfferAnswer(Output, frozen=True, kw_only=True):
    """What to push again: the same facts under the same ids, in the order in which they were offered."""

    lost: tuple[UUID, ...]


@post(
    "/v1/sync/offer",
    right="push_facts",
    response_example=OfferAnswer(lost=()),
    example=Offer(ids=(UUID("019f3517-9c00-7000-8000-0000000f0001"),)),
)
async def offer_facts(actor: Actor, database: Database, body: Offer) -> OfferAnswer:
    """Hear which facts of yours the server has lost, after a pull that began anew with `reset` `epoch`.

    Offer what was acknowledged in the last 90 days. Push what is named in `lost` again, as it was: each is recorded
    once, however often it is sent. Nothing is recorded here, and nobody learns of facts that somebody else made.
    """
    return OfferAnswer(lost=await offers.lost(database.pull_pool, actor, body.ids))
