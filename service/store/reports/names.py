"""What the subject of a report is called."""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.store.tables import members, organisations, outlets


class Subject(Struct, frozen=True, kw_only=True):
    """Whom a report is about: the organisation, or one outlet or technician of it."""

    organisation: str
    time_zone: str
    outlet: str | None
    technician: str | None


async def subject(db: AsyncConnection, actor: Actor, outlet_id: UUID | None, technician_id: UUID | None) -> Subject:
    """The names, as they are now."""
    own = select(organisations.c.name, organisations.c.time_zone).where(organisations.c.org_id == actor.org_id)
    organisation = (await db.execute(own)).one()
    outlet = select(outlets.c.code + " " + outlets.c.name).where(
        outlets.c.org_id == actor.org_id, outlets.c.id == outlet_id
    )
    technician = select(members.c.login + " " + members.c.name).where(
        members.c.org_id == actor.org_id, members.c.id == technician_id
    )
    return Subject(
        organisation=organisation.name,
        time_zone=organisation.time_zone,
        outlet=None if outlet_id is None else await db.scalar(outlet),
        technician=None if technician_id is None else await db.scalar(technician),
    )


async def badges(db: AsyncConnection, org_id: UUID, member_ids: Collection[UUID]) -> dict[str, str]:
    """Badge by id."""
    query = select(members.c.id, members.c.login).where(members.c.org_id == org_id, members.c.id.in_(member_ids))
    return {str(row.id): row.login for row in await db.execute(query)}
