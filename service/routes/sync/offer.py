"""Offer: after the data went back, phones bring what it lost."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.people.actor import Actor
from service.database import Database
from service.http.endpoint import Output, post
from service.store.sync import offers

FACTS_PER_OFFER, OFFER_BYTES = 5000, 1024 * 1024


class OfferedFact(Struct, frozen=True, kw_only=True):
    """A fact on the device: the SHA-256 of its canonical form (RFC 8785) without nulls, in hex.

    Null where the fact was `unreadable`: it is known by its id alone.
    """

    id: UUID
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None = None


class Offer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """Facts that this device was told were recorded or set aside, whichever enrolment they were pushed under.

    `ids` is for apps without digests: a fact is not missed by it where something else is kept under its id.
    """

    held: Annotated[tuple[OfferedFact, ...], Meta(max_length=FACTS_PER_OFFER)] = ()
    ids: Annotated[tuple[UUID, ...], Meta(max_length=FACTS_PER_OFFER)] = ()


class OfferAnswer(Output, frozen=True, kw_only=True):
    """The ids of what to push again, each fact as it was: those of `held`, then those of `ids`, in the order given.

    Where the device holds several facts under one id, all of them are pushed.
    """

    lost: tuple[UUID, ...]


@post(
    "/v1/sync/offer",
    right="push_facts",
    body_bytes=OFFER_BYTES,
    response_example=OfferAnswer(lost=()),
    example=Offer(held=(OfferedFact(id=UUID("019f3517-9c00-7000-8000-0000000f0001"), digest="0" * 64),)),
)
async def offer_facts(actor: Actor, database: Database, body: Offer) -> OfferAnswer:
    """Hear which facts of yours the server has lost, after a pull that began anew with `reset` `epoch` or `first`.

    Offer what was acknowledged in the last 90 days. Push what is named in `lost` again, as it was, with `brought_back`:
    each is recorded once, however often it is sent. A fact is lost as well where something else is kept under its id.
    Nothing is recorded here, and nobody learns of facts that somebody else made: those are always named.
    """
    held = [(each.id, None if each.digest is None else bytes.fromhex(each.digest)) for each in body.held]
    return OfferAnswer(lost=await offers.lost(database.pull_pool, actor, [*held, *((each, None) for each in body.ids)]))
