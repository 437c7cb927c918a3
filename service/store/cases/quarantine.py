"""Quarantine: facts that are unreadable, or that their author may not say, kept as sent until a person decides."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ARRAY, LargeBinary, Select, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.sets import any_of, insert_set, parameters
from service.store.tables import quarantine

HELD, RELEASED, DISCARDED = "held", "released", "discarded"

_COLUMNS = (
    "org_id",
    "id",
    "fact_id",
    "job_id",
    "device_id",
    "author_id",
    "author_role",
    "reason",
    "record",
    "holds_position",
    "digest",
    "outcome",
    "clock_offset_ms",
    "recorded_at",
    "state",
    "seq",
    "schema",
    "delivered_by",
)
_INSERT = insert_set(quarantine, *_COLUMNS)


class Held(Struct, frozen=True, kw_only=True):
    """One fact in quarantine."""

    id: UUID
    fact_id: UUID | None
    job_id: UUID | None
    device_id: UUID
    author_id: UUID
    author_role: str
    reason: str
    record: bytes
    holds_position: bool
    digest: bytes
    outcome: bytes
    clock_offset_ms: int | None
    recorded_at: datetime
    state: str
    seq: int | None
    schema: int
    delivered_by: UUID | None
    """Who handed it over, when that is not its author."""


async def hold(db: AsyncConnection, org_id: UUID, held: Sequence[Held]) -> None:
    """Put these into quarantine. The same content from one device a second time is a unique violation."""
    in_order = sorted(held, key=lambda each: each.id)
    rows = [(org_id, *(getattr(each, name) for name in _COLUMNS[1:])) for each in in_order]
    if rows:
        await db.execute(_INSERT, parameters(_COLUMNS, rows))


async def known_bytes(
    db: AsyncConnection, org_id: UUID, device_id: UUID, digests: Collection[bytes]
) -> dict[bytes, bytes]:
    """The stored answers to things this device pushed before that could not be read."""
    if not digests:
        return {}
    query = select(quarantine.c.digest, quarantine.c.outcome).where(
        quarantine.c.org_id == org_id,
        quarantine.c.device_id == device_id,
        quarantine.c.digest == func.any(bindparam("digests", type_=ARRAY(LargeBinary))),
    )
    rows = await db.execute(query, {"digests": list(digests)})
    return {row.digest: row.outcome for row in rows}


async def find(db: AsyncConnection, org_id: UUID, quarantine_id: UUID) -> Held | None:
    """One fact that was set aside, to be read."""
    row = (await db.execute(_one(org_id, quarantine_id))).one_or_none()
    return None if row is None else Held(**dict(zip(_COLUMNS[1:], row, strict=True)))


async def lock(db: AsyncConnection, org_id: UUID, quarantine_id: UUID) -> Held | None:
    """One held fact, locked for a decision."""
    row = (await db.execute(_one(org_id, quarantine_id).with_for_update())).one_or_none()
    return None if row is None else Held(**dict(zip(_COLUMNS[1:], row, strict=True)))


async def lock_of_job(
    db: AsyncConnection, org_id: UUID, job_id: UUID, reasons: Collection[str] | None, most: int
) -> list[Held]:
    """What waits about one job, for these reasons or for any, oldest first; locked for a decision."""
    query = select(*(quarantine.c[name] for name in _COLUMNS[1:])).where(
        quarantine.c.org_id == org_id, quarantine.c.job_id == job_id, quarantine.c.state == HELD
    )
    if reasons is not None:
        query = query.where(quarantine.c.reason.in_(reasons))
    in_order = query.order_by(quarantine.c.recorded_at, quarantine.c.id).limit(most).with_for_update()
    return [Held(**dict(zip(_COLUMNS[1:], row, strict=True))) for row in await db.execute(in_order)]


async def decide(
    db: AsyncConnection, org_id: UUID, held_ids: Collection[UUID], state: str, by: UUID, at: datetime, reason: str
) -> None:
    """Note that a person released or discarded these facts, and why. The bytes stay."""
    own = (quarantine.c.org_id == org_id) & (quarantine.c.id == any_of("held_ids"))
    made = update(quarantine).where(own).values(state=state, decided_by=by, decided_at=at, decision_reason=reason)
    await db.execute(made, {"held_ids": list(held_ids)})


def _one(org_id: UUID, quarantine_id: UUID) -> Select[Any]:
    return select(*(quarantine.c[name] for name in _COLUMNS[1:])).where(
        quarantine.c.org_id == org_id, quarantine.c.id == quarantine_id
    )
