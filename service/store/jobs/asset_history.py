"""What was done to an asset: all its jobs, whoever of the organisation did them."""

from collections.abc import Collection
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Part
from domain.job.document import Job
from service.store.catalogue.kinds import NAMES
from service.store.tables import catalogue, documents, jobs

MOST_JOBS = 200
_JOB = msgspec.json.Decoder(Job)


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


async def parts_named(db: AsyncConnection, org_id: UUID, codes: Collection[str]) -> dict[str, Part]:
    """The parts of the catalogue with these codes."""
    named = select(catalogue.c.body).where(
        catalogue.c.org_id == org_id, catalogue.c.kind == NAMES[Part], catalogue.c.code.in_(codes)
    )
    found = [msgspec.convert(body, Part) for body in await db.scalars(named)]
    return {part.code: part for part in found}
