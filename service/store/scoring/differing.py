"""What counts differently today than when a report was frozen, and the facts that came in between."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, Subquery, func, literal, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.scoring.snapshots import item_columns

_LATE = text("""
WITH jobs_asked AS (SELECT unnest(CAST(:job_ids AS uuid[])) AS job_id),
frozen AS (
    SELECT i.job_id, max(i.facts) AS facts FROM snapshot_items i JOIN jobs_asked USING (job_id)
    WHERE i.org_id = :org_id AND i.snapshot_id = :snapshot_id GROUP BY i.job_id
)
SELECT f.job_id, f.id, f.kind, f.visit_id, f.recorded_at, f.corrected_at
FROM jobs_asked j LEFT JOIN frozen USING (job_id) JOIN facts f ON f.org_id = :org_id AND f.job_id = j.job_id
WHERE CASE WHEN frozen.facts IS NULL THEN f.recorded_at > :frozen_at ELSE f.log_number > frozen.facts END
ORDER BY f.job_id, f.log_number LIMIT :most
""")

_SAME_ASSET = text("""
SELECT DISTINCT mine.job_id, other.job_id FROM measures mine JOIN measures other
    ON other.org_id = mine.org_id AND other.asset_id = mine.asset_id AND other.job_id <> mine.job_id AND other.place = 0
WHERE mine.org_id = :org_id AND mine.place = 0 AND mine.job_id = ANY(CAST(:job_ids AS uuid[]))
ORDER BY 1, 2 LIMIT :most
""")


class Differing(Struct, frozen=True):
    """One thing as it was counted then, or as it is counted today."""

    was: bool
    kpi: str
    job_id: UUID
    visit_id: UUID | None
    day: date
    decided_at: datetime
    numerator: int
    denominator: int
    excluded: str | None


class LateFact(Struct, frozen=True, kw_only=True):
    """A fact that was recorded after a report was frozen."""

    job_id: UUID
    fact_id: UUID
    kind: str
    visit_id: UUID | None
    recorded_at: datetime
    happened_at: datetime


async def differing(db: AsyncConnection, frozen: Subquery, today: Subquery, most: int) -> list[Differing]:
    """What is in one and not in the other, by job; what has only matured is in both."""
    was, now = _items(frozen), _items(today)
    gone, come = was.except_all(now).subquery("gone"), now.except_all(was).subquery("come")
    names = ("kpi", "job_id", "visit_id", "day", "decided_at", "numerator", "denominator", "excluded")
    sides = [
        select(literal(is_was).label("was"), *(side.c[name] for name in names))
        for side, is_was in ((gone, True), (come, False))
    ]
    both = union_all(*sides).subquery("both")
    order = (both.c.job_id, both.c.kpi, both.c.day, both.c.was.desc(), both.c.numerator)
    return [Differing(*row) for row in await db.execute(select(both).order_by(*order).limit(most))]


async def matured(
    db: AsyncConnection, frozen: Subquery, today: Subquery, since: datetime, until: datetime
) -> dict[str, int]:
    """How many things of each KPI were pending then, have been decided since, and did not change otherwise."""
    both = _items(frozen).intersect_all(_items(today)).subquery("both")
    decided = (both.c.decided_at > since) & (both.c.decided_at <= until)
    rows = await db.execute(select(both.c.kpi, func.count()).where(decided).group_by(both.c.kpi))
    return {row[0]: row[1] for row in rows}


async def late_facts(
    db: AsyncConnection, org_id: UUID, snapshot_id: UUID, frozen_at: datetime, job_ids: Collection[UUID], most: int
) -> list[LateFact]:
    """The facts of these jobs that the frozen report did not know."""
    given = {"org_id": org_id, "snapshot_id": snapshot_id, "frozen_at": frozen_at, "most": most}
    rows = await db.execute(_LATE, {**given, "job_ids": list(job_ids)})
    return [
        LateFact(job_id=row[0], fact_id=row[1], kind=row[2], visit_id=row[3], recorded_at=row[4], happened_at=row[5])
        for row in rows
    ]


async def of_the_same_asset(
    db: AsyncConnection, org_id: UUID, job_ids: Collection[UUID], most: int
) -> dict[UUID, list[UUID]]:
    """The other repairs of what these jobs repaired: one of them may be a repeat."""
    found: dict[UUID, list[UUID]] = {}
    for mine, other in await db.execute(_SAME_ASSET, {"org_id": org_id, "job_ids": list(job_ids), "most": most}):
        found.setdefault(mine, []).append(other)
    return found


def _items(rows: Subquery) -> Select[Any]:
    return select(*item_columns(rows))
