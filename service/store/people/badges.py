"""Badges: what a customer is told about the technician who comes (R17)."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import members


class Badge(Struct, frozen=True):
    """Name and number, as they are now."""

    name: str
    number: str


async def badge(db: AsyncConnection, org_id: UUID, member_id: UUID) -> Badge | None:
    """The member's; None where nobody has this id."""
    query = select(members.c.name, members.c.login).where(members.c.org_id == org_id, members.c.id == member_id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else Badge(*row)
