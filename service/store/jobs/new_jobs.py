"""What a job needs before its first fact: an outlet that exists, and a row to lock, here called its placeholder."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.job.statuses import JobStatus
from service.store.sets import any_of, parameters, rows_of
from service.store.tables import jobs, outlets, sites

NO_CHAIN = b"\x00" * 32
_BLANK: dict[str, object] = {
    **dict.fromkeys(("number", "work_type", "priority"), ""),
    **dict.fromkeys(("open_cases", "version"), 0),
    "status": JobStatus.OPEN.value,
    "technician_ids": [],
    "memory": b"",
    "chain": NO_CHAIN,
}


async def existing_outlets(db: AsyncConnection, org_id: UUID, outlet_ids: Collection[UUID]) -> set[UUID]:
    """Which of these outlets there are. One statement; none for no outlets."""
    if not outlet_ids:
        return set()
    wanted = outlets.c.id == any_of("ids")
    query = select(outlets.c.id).where(outlets.c.org_id == org_id, wanted)
    return set(await db.scalars(query, {"ids": list(outlet_ids)}))


async def add_placeholders(db: AsyncConnection, org_id: UUID, opened: Mapping[UUID, UUID]) -> None:
    """Add an empty row for each job that is being opened in an outlet that exists.

    An id that is already a site's gets none: jobs and site cards share one table of documents, by id.
    """
    if not opened:
        return
    wanted = rows_of(jobs, "id", "outlet_id").subquery("opened")
    blank = (
        select(
            outlets.c.org_id,
            wanted.c.id,
            wanted.c.outlet_id,
            *(bindparam(name, type_=jobs.c[name].type) for name in _BLANK),
            func.clock_timestamp(),
            func.clock_timestamp(),
        )
        .join(outlets, outlets.c.id == wanted.c.outlet_id)
        .where(outlets.c.org_id == org_id, ~exists().where(sites.c.org_id == org_id, sites.c.id == wanted.c.id))
        .order_by(wanted.c.id)
    )
    names = ("org_id", "id", "outlet_id", *_BLANK, "opened_at", "changed_at")
    statement = insert(jobs).from_select(names, blank).on_conflict_do_nothing()
    rows = parameters(("id", "outlet_id"), opened.items())
    await db.execute(statement, {**rows, **_BLANK})


async def remove_placeholders(db: AsyncConnection, org_id: UUID, job_ids: Collection[UUID]) -> None:
    """Remove the placeholders of jobs that were not opened after all."""
    if job_ids:
        await db.execute(delete(jobs).where(jobs.c.org_id == org_id, jobs.c.version == 0, jobs.c.id.in_(job_ids)))
