"""What is handed over to be recorded at once, and in whose name."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.people.actor import Actor
from service.database import Database
from service.store.people import device_register
from service.store.people.device_register import Owner
from sync.clock import Exchange
from sync.intake import MADE_BY_ANOTHER, MADE_ON_UNKNOWN_DEVICE
from sync.merge import Author
from sync.protocol import Push
from sync.schemas import CURRENT


class Batch(Struct, frozen=True, kw_only=True):
    """Facts of one author: in which organisation, and how the clocks stood when they were handed over.

    `strict` refuses what breaks a gate; `released` facts come out of quarantine by a person's decision; with `aside`
    everything new goes into quarantine for this reason. `delivered_by` handed them over then.
    """

    org_id: UUID
    author: Author
    exchange: Exchange
    strict: bool = False
    released: bool = False
    aside: str | None = None
    delivered_by: UUID | None = None
    schema: int = CURRENT
    """By which version of the contract the facts were written."""
    brought_back: bool = False
    """They were acknowledged before a restore lost them: none is refused for being `strict`."""


async def batch_of(database: Database, actor: Actor, push: Push, at: datetime) -> Batch:
    """The push as what its author handed over: the actor or, with `made_on`, whose device that was.

    One's own earlier device: as if it pushed itself. That of another member: in quarantine, in that member's name. A
    device that the organisation does not know, be it one of another organisation or of none: in quarantine, in the
    name of who handed it over, with that device's id, so that nothing is lost and nothing is told.
    """
    met = Exchange(server_at=at, device_at=push.device_clock, uptime_ms=push.uptime_ms, boot_id=push.boot_id)
    device_id = push.made_on or actor.device_id
    own = Author(member_id=actor.member_id, role=actor.role, device_id=device_id, outlet_ids=actor.outlet_ids)
    as_own = Batch(org_id=actor.org_id, author=own, exchange=met, schema=push.schema, brought_back=push.brought_back)
    if device_id == actor.device_id:
        return as_own
    async with database.reader() as db:
        owner = await device_register.owner(db, actor.org_id, device_id)
    if owner is not None and owner.member_id == actor.member_id:
        return as_own
    return Batch(
        org_id=actor.org_id,
        author=own if owner is None else _author(owner, device_id),
        exchange=met,
        aside=MADE_ON_UNKNOWN_DEVICE if owner is None else MADE_BY_ANOTHER,
        delivered_by=actor.member_id,
        schema=push.schema,
    )


def _author(owner: Owner, device_id: UUID) -> Author:
    return Author(member_id=owner.member_id, role=owner.role, device_id=device_id, outlet_ids=owner.outlet_ids)
