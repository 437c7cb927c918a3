"""In whose name something is handed to a customer."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import organisations, outlets


class Letterhead(Struct, frozen=True, kw_only=True):
    """The organisation, its outlet, where to complain, and by which clock it keeps its days."""

    organisation: str
    outlet: str
    complaint_line: str
    time_zone: str


async def letterhead(db: AsyncConnection, org_id: UUID, outlet_id: UUID) -> Letterhead:
    """That of an outlet that exists."""
    query = (
        select(organisations.c.name, outlets.c.name, outlets.c.complaint_line, outlets.c.time_zone)
        .join_from(outlets, organisations, organisations.c.org_id == outlets.c.org_id)
        .where(outlets.c.org_id == org_id, outlets.c.id == outlet_id)
    )
    organisation, outlet, complaint_line, time_zone = (await db.execute(query)).one()
    return Letterhead(organisation=organisation, outlet=outlet, complaint_line=complaint_line, time_zone=time_zone)
