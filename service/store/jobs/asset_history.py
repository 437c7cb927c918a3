"""What was done to an asset: all its jobs, whoever of the organisation did them."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.job.document import Job
from domain.job.statuses import JobStatus
from service.store.sets import any_of
from service.store.tables import documents, jobs

MOST_JOBS = 200
OVER = (JobStatus.COMPLETED, JobStatus.CLOSED, JobStatus.CANCELLED)
_JOB = msgspec.json.Decoder(Job)

_PLACE = func.row_number().over(partition_by=jobs.c.asset_id, order_by=(jobs.c.opened_at.desc(), jobs.c.id.desc()))
_NUMBERED = (
    select(jobs.c.org_id, jobs.c.id, jobs.c.asset_id, _PLACE.label("place"))
    .where(jobs.c.org_id == bindparam("org_id"), jobs.c.asset_id == any_of("asset_ids"))
    .subquery()
)
_NEWEST = (
    select(_NUMBERED.c.asset_id, documents.c.body)
    .join(documents, (documents.c.org_id == _NUMBERED.c.org_id) & (documents.c.id == _NUMBERED.c.id))
    .where(_NUMBERED.c.place <= MOST_JOBS)
    .order_by(_NUMBERED.c.asset_id, _NUMBERED.c.place.desc())
)


async def jobs_of(db: AsyncConnection, org_id: UUID, asset_id: UUID) -> list[Job]:
    """The newest jobs of an asset, oldest first. Who may see the asset may see what its warranty hangs on."""
    of_asset = (
        select(documents.c.body)
        .join(jobs, (jobs.c.org_id == documents.c.org_id) & (jobs.c.id == documents.c.id))
        .where(jobs.c.org_id == org_id, jobs.c.asset_id == asset_id)
        .order_by(jobs.c.opened_at.desc(), jobs.c.id.desc())
        .limit(MOST_JOBS)
    )
    return [_JOB.decode(body) for body in reversed((await db.scalars(of_asset)).all())]


async def jobs_of_assets(db: AsyncConnection, org_id: UUID, asset_ids: Collection[UUID]) -> dict[UUID, list[Job]]:
    """The newest jobs of each of these assets, oldest first. One statement; none for no assets."""
    if not asset_ids:
        return {}
    found: dict[UUID, list[Job]] = {}
    for asset_id, body in await db.execute(_NEWEST, {"org_id": org_id, "asset_ids": list(asset_ids)}):
        found.setdefault(asset_id, []).append(_JOB.decode(body))
    return found


async def in_repair(db: AsyncConnection, org_id: UUID, after: UUID | None, limit: int) -> list[UUID]:
    """The next assets, by their ids, that have a repair under way."""
    under_way = jobs.c.status.not_in([status.value for status in OVER])
    own = and_(jobs.c.org_id == org_id, jobs.c.asset_id.is_not(None), under_way)
    query = select(jobs.c.asset_id).where(own).group_by(jobs.c.asset_id).order_by(jobs.c.asset_id).limit(limit)
    if after is not None:
        query = query.where(jobs.c.asset_id > after)
    return list(await db.scalars(query))
