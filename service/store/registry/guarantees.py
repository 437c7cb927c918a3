"""How long the outlet that looks after a job or an asset answers for its repairs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.warranty.claim import RepairGuarantee
from service.store.tables import assets, customers, outlets, sites

_TERMS = (outlets.c.labour_guarantee_days, outlets.c.part_guarantee_days)


async def of_outlet(db: AsyncConnection, org_id: UUID, outlet_id: UUID) -> RepairGuarantee | None:
    """As the outlet promises; None where there is no such outlet."""
    query = select(*_TERMS).where(outlets.c.org_id == org_id, outlets.c.id == outlet_id)
    return _guarantee((await db.execute(query)).one_or_none())


async def of_asset(db: AsyncConnection, org_id: UUID, asset_id: UUID) -> RepairGuarantee | None:
    """As the outlet of its customer promises."""
    query = (
        select(*_TERMS)
        .join(customers, and_(customers.c.org_id == outlets.c.org_id, customers.c.outlet_id == outlets.c.id))
        .join(sites, and_(sites.c.org_id == outlets.c.org_id, sites.c.customer_id == customers.c.id))
        .join(assets, and_(assets.c.org_id == outlets.c.org_id, assets.c.site_id == sites.c.id))
        .where(outlets.c.org_id == org_id, assets.c.id == asset_id)
    )
    return _guarantee((await db.execute(query)).one_or_none())


def _guarantee(row: Sequence[int] | None) -> RepairGuarantee | None:
    return None if row is None else RepairGuarantee(labour_days=row[0], part_days=row[1])
