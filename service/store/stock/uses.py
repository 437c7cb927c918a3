"""What the jobs' visits used: derived from their documents in the job's own transaction, so each part counts once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.job.document import Job
from domain.stock import Use, uses
from service.store import locks
from service.store.sets import any_of, insert_set, parameters
from service.store.stock import cases as stock_cases
from service.store.stock import vans as stock_vans
from service.store.tables import stock_uses

_COLUMNS = ("org_id", "job_id", *Use.__struct_fields__)
_INSERT = insert_set(stock_uses, *_COLUMNS)

Piece = tuple[str, str]
"""A part and the serial number of one of them."""


async def follow(db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job], at: datetime) -> None:
    """Replace the uses of the jobs whose parts changed, and look at what is short or fitted twice now.

    Nothing for jobs whose parts stayed as they were, else as many statements whatever their number. It refuses nothing.
    """
    both = [(new, uses(old), uses(new)) for old, new in zip(before, after, strict=True)]
    changed = {job.id: (was, now) for job, was, now in both if was != now}
    if not changed:
        return
    touched = [use for was, now in changed.values() for use in (*was, *now)]
    vans = {use.location_id for use in touched if use.location_id == use.technician_id}
    named = {*stock_cases.places_of(touched), *stock_cases.serials_of(touched), *map(stock_vans.lock_of, vans)}
    await locks.lock(db, org_id, named)
    gone = delete(stock_uses).where(stock_uses.c.org_id == org_id, stock_uses.c.job_id == any_of("job_ids"))
    await db.execute(gone, {"job_ids": list(changed)})
    rows = [(org_id, job_id, *structs.astuple(use)) for job_id, (_, now) in changed.items() for use in now]
    if rows:
        await db.execute(_INSERT, parameters(_COLUMNS, rows))
    await stock_cases.settle(db, org_id, changed, at)
    await stock_vans.write(db, org_id, vans)


async def fitted_in(db: AsyncConnection, org_id: UUID, pieces: Collection[Piece]) -> dict[Piece, set[UUID]]:
    """The jobs that say they fitted these pieces. One statement; none for no pieces."""
    found: dict[Piece, set[UUID]] = defaultdict(set)
    if pieces:
        row = stock_uses.c
        own = (row.org_id == org_id, tuple_(row.part_code, row.serial_number).in_(list(pieces)))
        for part_code, serial, job_id in await db.execute(
            select(row.part_code, row.serial_number, row.job_id).where(*own)
        ):
            found[part_code, serial].add(job_id)
    return found
