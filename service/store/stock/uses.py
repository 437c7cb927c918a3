"""What the jobs' visits used: derived from their documents in the job's own transaction, so each part counts once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.job.document import Job
from domain.stock import Use, uses
from service.store import locks
from service.store.sets import any_of, insert_set, parameters
from service.store.stock import cases as stock_cases
from service.store.tables import stock_uses

_COLUMNS = ("org_id", "job_id", *Use.__struct_fields__)
_INSERT = insert_set(stock_uses, *_COLUMNS)


async def follow(db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job], at: datetime) -> None:
    """Replace the uses of the jobs whose parts changed, and look at what is short or fitted twice now.

    Nothing for jobs whose parts stayed as they were, else as many statements whatever their number. It refuses nothing.
    """
    both = [(new, uses(old), uses(new)) for old, new in zip(before, after, strict=True)]
    changed = {job.id: (was, now) for job, was, now in both if was != now}
    if not changed:
        return
    touched = [use for was, now in changed.values() for use in (*was, *now)]
    await locks.lock(db, org_id, {*stock_cases.places_of(touched), *stock_cases.serials_of(touched)})
    gone = delete(stock_uses).where(stock_uses.c.org_id == org_id, stock_uses.c.job_id == any_of("job_ids"))
    await db.execute(gone, {"job_ids": list(changed)})
    rows = [(org_id, job_id, *structs.astuple(use)) for job_id, (_, now) in changed.items() for use in now]
    if rows:
        await db.execute(_INSERT, parameters(_COLUMNS, rows))
    await stock_cases.settle(db, org_id, changed, at)


async def is_fitted_elsewhere(db: AsyncConnection, org_id: UUID, job_id: UUID, part_code: str, serial: str) -> bool:
    """Whether another job says that this piece was fitted there."""
    row = stock_uses.c
    same = (row.org_id == org_id, row.part_code == part_code, row.serial_number == serial, row.job_id != job_id)
    return bool(await db.scalar(select(exists().where(*same))))
