"""Earlier visits to assets: derived from the jobs' documents in the job's own transaction, for the cards on phones."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, delete, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.job.document import Job
from domain.repair_record.history import MOST_VISITS, PastVisit, ended_visits
from service.store.sets import any_of, insert_set, parameters
from service.store.tables import asset_visits, assets

_COLUMNS = ("org_id", "job_id", "visit_id", "asset_id", "ended_at", "body")
_INSERT = insert_set(asset_visits, *_COLUMNS)
_TOLD = msgspec.json.Decoder(PastVisit)

_DROP = delete(asset_visits).where(asset_visits.c.org_id == bindparam("org_id"), asset_visits.c.job_id == any_of("ids"))
_NEWEST = (
    select(asset_visits)
    .where((asset_visits.c.org_id == assets.c.org_id) & (asset_visits.c.asset_id == assets.c.id))
    .order_by(asset_visits.c.ended_at.desc(), asset_visits.c.visit_id)
    .limit(MOST_VISITS + 1)
    .lateral("newest")
)
_BY_SITE = (
    select(assets.c.site_id, _NEWEST.c.body)
    .join_from(assets, _NEWEST, true())
    .where(assets.c.org_id == bindparam("org_id"), assets.c.site_id == any_of("ids"))
    .order_by(_NEWEST.c.ended_at.desc(), _NEWEST.c.visit_id)
)


async def follow(db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job]) -> set[UUID]:
    """Replace the visits of the jobs whose history changed; answers the assets that they are told of.

    Nothing for other jobs, else two statements whatever their number.
    """
    both = [(new, ended_visits(old), ended_visits(new)) for old, new in zip(before, after, strict=True)]
    changed = {job.id: (was, now) for job, was, now in both if was != now}
    if not changed:
        return set()
    await db.execute(_DROP, {"org_id": org_id, "ids": list(changed)})
    rows = [
        (org_id, job_id, each.visit_id, each.told.asset_id, each.ended_at, msgspec.json.encode(each.told))
        for job_id, (_, now) in changed.items()
        for each in now
    ]
    if rows:
        await db.execute(_INSERT, parameters(_COLUMNS, rows))
    return {each.told.asset_id for was, now in changed.values() for each in (*was, *now)}


async def by_site(db: AsyncConnection, org_id: UUID, site_ids: Sequence[UUID]) -> dict[UUID, list[PastVisit]]:
    """What was done to the assets that stand there, the newest first; of each asset one more than a card may show."""
    found: dict[UUID, list[PastVisit]] = {}
    for site_id, body in await db.execute(_BY_SITE, {"org_id": org_id, "ids": list(site_ids)}):
        found.setdefault(site_id, []).append(_TOLD.decode(body))
    return found
