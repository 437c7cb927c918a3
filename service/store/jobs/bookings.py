"""Bookings: whose hours are taken. Derived from the jobs; the desk asks before it plans, a push never has to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import Booking
from domain.bookings import bookings as bookings_of
from domain.job.document import Job
from service.store.sets import any_of, insert_set, parameters
from service.store.tables import bookings, jobs, members

_COLUMNS = ("org_id", "visit_id", "job_id", "technician_id", "starts_at", "ends_at")
_INSERT = insert_set(bookings, *_COLUMNS)
_other, _other_job = bookings.alias("other"), jobs.alias("other_job")
_OF_JOBS = (bookings.c.org_id == bindparam("org_id")) & (bookings.c.job_id == any_of("job_ids"))
_DROP = delete(bookings).where(_OF_JOBS)
_OVERLAPPING = (
    select(
        bookings.c.technician_id,
        bookings.c.visit_id,
        bookings.c.job_id,
        jobs.c.outlet_id,
        bookings.c.starts_at,
        bookings.c.ends_at,
        _other.c.visit_id,
        _other.c.job_id,
        _other_job.c.number,
        _other.c.starts_at,
        _other.c.ends_at,
    )
    .join(_other, (_other.c.org_id == bookings.c.org_id) & (_other.c.technician_id == bookings.c.technician_id))
    .join(jobs, (jobs.c.org_id == bookings.c.org_id) & (jobs.c.id == bookings.c.job_id))
    .join(_other_job, (_other_job.c.org_id == _other.c.org_id) & (_other_job.c.id == _other.c.job_id))
    .where(
        _OF_JOBS,
        tuple_(_other.c.job_id, _other.c.visit_id) != tuple_(bookings.c.job_id, bookings.c.visit_id),
        _other.c.starts_at < bookings.c.ends_at,
        _other.c.ends_at > bookings.c.starts_at,
    )
)


class Overlap(Struct, frozen=True, kw_only=True):
    """Two visits that take the same technician at the same time."""

    technician_id: UUID
    visit_id: UUID
    job_id: UUID
    outlet_id: UUID
    starts_at: datetime
    ends_at: datetime
    other_visit_id: UUID
    other_job_id: UUID
    other_job_number: str
    other_starts_at: datetime
    other_ends_at: datetime


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


async def save(db: AsyncConnection, org_id: UUID, changed: Sequence[Job]) -> list[Overlap]:
    """Replace the bookings of these jobs; answers what now overlaps. Two or three statements; none for no jobs."""
    if not changed:
        return []
    job_ids = [job.id for job in changed]
    await db.execute(_DROP, {"org_id": org_id, "job_ids": job_ids})
    rows = [
        (org_id, b.visit_id, job.id, b.technician_id, b.starts_at, b.ends_at)
        for job in changed
        for b in bookings_of(job)
    ]
    if not rows:
        return []
    await db.execute(_INSERT, parameters(_COLUMNS, rows))
    return await _overlaps(db, org_id, job_ids)


async def _overlaps(db: AsyncConnection, org_id: UUID, job_ids: Sequence[UUID]) -> list[Overlap]:
    names = Overlap.__struct_fields__
    found = await db.execute(_OVERLAPPING, {"org_id": org_id, "job_ids": job_ids})
    return [Overlap(**dict(zip(names, row, strict=True))) for row in found]
