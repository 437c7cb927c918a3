"""What some jobs count at a moment, judged as reports judge it, so that before and after a change can be compared."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.restating import CountedItem
from service.store.measures.tallies import tallies_where
from service.store.sets import any_of, parameters
from service.store.tables import measures

_EARLIER = text("""
SELECT DISTINCT m.job_id FROM unnest(
    CAST(:job_id AS uuid[]), CAST(:asset_id AS uuid[]), CAST(:reported_at AS timestamptz[])
) AS r (job_id, asset_id, reported_at)
JOIN measures m ON m.org_id = :org_id AND m.asset_id = r.asset_id AND m.job_id <> r.job_id
    AND m.completed_at < r.reported_at AND m.watched_until > r.reported_at
""")


class Request(NamedTuple):
    """A job as another request for the repair of an asset."""

    job_id: UUID
    asset_id: UUID
    reported_at: datetime


async def repaired_before(db: AsyncConnection, org_id: UUID, requests: Collection[Request]) -> set[UUID]:
    """The jobs whose repair these requests may repeat."""
    if not requests:
        return set()
    return set(await db.scalars(_EARLIER, {"org_id": org_id, **parameters(Request._fields, requests)}))


async def counted(db: AsyncConnection, org_id: UUID, job_ids: Sequence[UUID], at: datetime) -> list[CountedItem]:
    """All that these jobs and their visits count for KPIs."""
    rows = tallies_where((measures.c.org_id == org_id) & (measures.c.job_id == any_of("job_ids")))
    told = [rows.c[name] for name in CountedItem.__struct_fields__ if name != "pending"]
    query = select((rows.c.decided_at > at).label("pending"), *told)
    found = await db.execute(query, {"job_ids": list(job_ids)})
    return [CountedItem(**row._mapping) for row in found]  # noqa: SLF001 (the documented way to a row's mapping)
