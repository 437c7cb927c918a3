"""Erasing exact positions whose time is over from stored facts; digest and chain stay, and no fold looks at them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, Table, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import LargeBinary, Uuid

from domain.distance import Point, metres_between
from domain.facts.words import CoordinateSystem, Position
from domain.retention import ErasedData, RetentionTerms
from service.store.cases.quarantine import HELD
from service.store.privacy import erasures
from service.store.privacy.erasures import Erased
from service.store.tables import facts, jobs, quarantine, sites
from sync.erasure import without_position


async def erase(db: AsyncConnection, org_id: UUID, before: datetime, terms: RetentionTerms, most: int) -> int:
    """Erase at most so many that were taken before this moment, the oldest first, and log each; how many."""
    in_log = _due(facts, facts.c.id, facts.c.corrected_at).where(facts.c.corrected_at < before)
    # What was let out is in the log as well; what still waits for a person is needed as it came.
    decided = (quarantine.c.recorded_at < before, quarantine.c.state != HELD)
    set_aside = _due(quarantine, quarantine.c.fact_id, quarantine.c.recorded_at).where(*decided)
    number = 0
    for table, due in ((facts, in_log), (quarantine, set_aside)):
        rows = (await db.execute(due.where(table.c.org_id == org_id).limit(most))).all()
        await _erase(db, org_id, table, rows, terms)
        number += len(rows)
    return number


def _due(table: Table, fact_id: Any, taken_at: Any) -> Select[Any]:  # noqa: ANN401 (columns of either table)
    """Rows that hold a position, with that of their job's site; another crew's are left to it."""
    job = (jobs.c.org_id == table.c.org_id) & (jobs.c.id == table.c.job_id)
    site = (sites.c.org_id == jobs.c.org_id) & (sites.c.id == jobs.c.site_id)
    told = (table.c.id, fact_id.label("fact_id"), table.c.job_id, taken_at.label("taken_at"), table.c.record)
    return (
        select(*told, sites.c.latitude, sites.c.longitude, sites.c.coordinate_system)
        .select_from(table.outerjoin(jobs, job).outerjoin(sites, site))
        .where(table.c.holds_position)
        .order_by(taken_at)
        .with_for_update(of=table, skip_locked=True)
    )


async def _erase(
    db: AsyncConnection, org_id: UUID, table: Table, rows: Sequence[Row[Any]], terms: RetentionTerms
) -> None:
    if not rows:
        return
    left = [without_position(row.record) for row in rows]
    await db.execute(
        _strip(table), {"org": org_id, "ids": [row.id for row in rows], "records": [record for record, _ in left]}
    )
    gone = [
        Erased(
            data=ErasedData.POSITION,
            job_id=row.job_id,
            fact_id=row.fact_id,
            taken_at=row.taken_at,
            distance_metres=_distance(position, row),
        )
        for row, (_, position) in zip(rows, left, strict=True)
    ]
    await erasures.add(db, org_id, gone, terms)


def _strip(table: Table) -> Any:  # noqa: ANN401 (an UPDATE of either table)
    left = select(
        func.unnest(bindparam("ids", type_=ARRAY(Uuid))).label("id"),
        func.unnest(bindparam("records", type_=ARRAY(LargeBinary))).label("record"),
    ).subquery("left_over")
    return (
        update(table)
        .where(table.c.org_id == bindparam("org"), table.c.id == left.c.id)
        .values(record=left.c.record, holds_position=False)
    )


def _distance(position: Position | None, row: Row[Any]) -> int | None:
    if position is None or row.latitude is None:
        return None
    there = Point(row.latitude, row.longitude, CoordinateSystem(row.coordinate_system))
    return metres_between(Point(position.latitude, position.longitude, position.coordinate_system), there)
