"""A batch: facts that are handed over to be recorded at once, and in whose name."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.people.actor import Actor
from service.database import Database
from service.store.people import device_register
from service.store.people.device_register import Owner
from sync.candidates import Author
from sync.clock import Exchange
from sync.intake import MADE_BY_ANOTHER, MADE_ON_UNKNOWN_DEVICE
from sync.protocol import Push
from sync.schemas import CURRENT


class Batch(Struct, frozen=True, kw_only=True):
    """Facts of one author, and what the clocks showed when they were handed over.

    `strict` refuses what breaks a gate. `released`: a person let the facts out of quarantine. With `aside` everything
    new goes into quarantine for this reason; `delivered_by` is then the member who handed it over.
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
    """The push as the work of its author: of the actor or, with `made_on`, of the owner of that device.

    From the actor's own earlier device, facts are recorded as if that device had pushed. From another member's device
    they are quarantined in that member's name; from a device that the organisation does not know, in the actor's name,
    with that device's id. So nothing is lost, and nobody learns which devices exist elsewhere.
    """
    exchange = Exchange(server_at=at, device_at=push.device_clock, uptime_ms=push.uptime_ms, boot_id=push.boot_id)
    device_id = push.made_on or actor.device_id
    own = Author(member_id=actor.member_id, role=actor.role, device_id=device_id, outlet_ids=actor.outlet_ids)
    as_own = Batch(
        org_id=actor.org_id, author=own, exchange=exchange, schema=push.schema, brought_back=push.brought_back
    )
    if device_id == actor.device_id:
        return as_own
    async with database.reader() as db:
        owner = await device_register.owner(db, actor.org_id, device_id)
    if owner is not None and owner.member_id == actor.member_id:
        return as_own
    return Batch(
        org_id=actor.org_id,
        author=own if owner is None else _author(owner, device_id),
        exchange=exchange,
        aside=MADE_ON_UNKNOWN_DEVICE if owner is None else MADE_BY_ANOTHER,
        delivered_by=actor.member_id,
        schema=push.schema,
    )


def _author(owner: Owner, device_id: UUID) -> Author:
    return Author(member_id=owner.member_id, role=owner.role, device_id=device_id, outlet_ids=owner.outlet_ids)
