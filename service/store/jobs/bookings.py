"""Bookings: whose hours are taken. Derived from the jobs; the desk asks before it plans, a push never has to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, false, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Booking
from domain.bookings import bookings as bookings_of
from domain.cases.collisions import Collision, TakenHours, collision
from domain.job.document import Job
from service.store.sets import any_of, insert_set, parameters
from service.store.tables import bookings, jobs, members

_COLUMNS = ("org_id", "visit_id", "job_id", "technician_id", "starts_at", "ends_at")
_INSERT = insert_set(bookings, *_COLUMNS)
_OF_TECHNICIANS = (bookings.c.org_id == bindparam("org_id")) & (bookings.c.technician_id == any_of("technician_ids"))
# One at a time for a technician, from here to the commit: two pushes that do not see each other's hours would both find
# them free. Those who plan at the desk have had their turn.
_DROP = text("""
WITH turn AS (
    SELECT FROM members WHERE org_id = :org_id AND id = ANY(:taken_of) ORDER BY id FOR NO KEY UPDATE
)
DELETE FROM bookings WHERE org_id = :org_id AND job_id = ANY(:job_ids) AND (SELECT count(*) FROM turn) >= 0
""").bindparams(bindparam("taken_of", type_=ARRAY(Uuid)), bindparam("job_ids", type_=ARRAY(Uuid)))
_IN_TURN: dict[str, Any] = {
    "partition_by": bookings.c.technician_id,
    "order_by": (bookings.c.starts_at, bookings.c.job_id, bookings.c.visit_id),
}
_ended_before = func.max(bookings.c.ends_at).over(**_IN_TURN, rows=(None, -1))
_ended_so_far = func.max(bookings.c.ends_at).over(**_IN_TURN, rows=(None, 0))
_next_start = func.lead(bookings.c.starts_at).over(**_IN_TURN)
_runs = (
    select(
        *(bookings.c[name] for name in _COLUMNS),
        func.coalesce(bookings.c.starts_at < _ended_before, false()).label("goes_on"),
        func.coalesce(_next_start < _ended_so_far, false()).label("is_gone_on_with"),
    )
    .where(_OF_TECHNICIANS)
    .subquery("runs")
)
_COLLIDING = (
    select(
        _runs.c.technician_id,
        _runs.c.goes_on,
        _runs.c.job_id,
        jobs.c.number,
        jobs.c.outlet_id,
        _runs.c.visit_id,
        _runs.c.starts_at,
        _runs.c.ends_at,
    )
    .join(jobs, (jobs.c.org_id == _runs.c.org_id) & (jobs.c.id == _runs.c.job_id))
    .where(or_(_runs.c.goes_on, _runs.c.is_gone_on_with))
    .order_by(_runs.c.technician_id, _runs.c.starts_at, _runs.c.job_id, _runs.c.visit_id)
)


async def lock_technician(db: AsyncConnection, org_id: UUID, technician_id: UUID) -> bool:
    """Let one desk at a time plan for this technician; False when there is no such member."""
    own = (members.c.org_id == org_id) & (members.c.id == technician_id)
    # Rows that refer to the member, such as a new certificate, need not wait for the plan.
    query = select(members.c.id).where(own).with_for_update(key_share=True)
    return await db.scalar(query) is not None


async def taken(
    db: AsyncConnection, org_id: UUID, technician_ids: Collection[UUID], starts_at: datetime, ends_at: datetime
) -> dict[UUID, list[Booking]]:
    """The bookings of these technicians that touch the interval; touching ends do not overlap."""
    query = select(bookings.c.visit_id, bookings.c.technician_id, bookings.c.starts_at, bookings.c.ends_at).where(
        bookings.c.org_id == org_id,
        bookings.c.technician_id.in_(technician_ids),
        bookings.c.starts_at < ends_at,
        bookings.c.ends_at > starts_at,
    )
    found: dict[UUID, list[Booking]] = {technician_id: [] for technician_id in technician_ids}
    for visit_id, technician_id, begins, ends in await db.execute(query):
        found[technician_id].append(Booking(visit_id, technician_id, begins, ends))
    return found


async def save(db: AsyncConnection, org_id: UUID, changed: Sequence[Job], taken_of: Collection[UUID]) -> None:
    """Replace the bookings of these jobs, in the turn of those of whom new hours are taken. One statement or two."""
    await db.execute(_DROP, {"org_id": org_id, "job_ids": [job.id for job in changed], "taken_of": list(taken_of)})
    rows = [
        (org_id, b.visit_id, job.id, b.technician_id, b.starts_at, b.ends_at)
        for job in changed
        for b in bookings_of(job)
    ]
    if rows:
        await db.execute(_INSERT, parameters(_COLUMNS, rows))


async def collisions(db: AsyncConnection, org_id: UUID, technician_ids: Collection[UUID]) -> list[Collision]:
    """The hours of these technicians that are taken twice. Reads each of their bookings once, however many collide."""
    runs: list[tuple[UUID, list[TakenHours]]] = []
    for technician_id, goes_on, *hours in await db.execute(
        _COLLIDING, {"org_id": org_id, "technician_ids": list(technician_ids)}
    ):
        if not goes_on:
            runs.append((technician_id, []))
        runs[-1][1].append(TakenHours(**dict(zip(TakenHours.__struct_fields__, hours, strict=True))))
    return [collision(*run) for run in runs]
