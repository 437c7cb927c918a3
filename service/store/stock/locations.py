"""Depots and vans: an outlet has one, and so has a member. Who sees which."""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Subquery, and_, literal_column, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor, Role
from domain.stock import LocationKind
from service.store.scopes import members_seen, outlets_seen
from service.store.tables import members, outlets


class Location(Struct, frozen=True):
    """One location; nothing is put to the van of somebody who drives none."""

    kind: LocationKind
    takes_stock: bool


def seen_by(actor: Actor) -> Subquery:
    """The depots of the actor's outlets and the vans of their members; of the vans, a technician sees their own."""
    drives = and_(members.c.role == Role.TECHNICIAN.value, members.c.active)
    depots = select(outlets.c.id, _named(LocationKind.DEPOT), outlets.c.name, true().label("takes_stock")).where(
        outlets.c.org_id == actor.org_id, outlets_seen(actor)
    )
    vans = select(members.c.id, _named(LocationKind.VAN), members.c.name, drives).where(
        members.c.org_id == actor.org_id, _vans_seen(actor)
    )
    return union_all(depots, vans).subquery("locations")


async def seen(db: AsyncConnection, actor: Actor, location_ids: Collection[UUID]) -> dict[UUID, Location]:
    """Those of the locations that the actor sees."""
    known = seen_by(actor)
    query = select(known.c.id, known.c.kind, known.c.takes_stock).where(known.c.id.in_(location_ids))
    return {row.id: Location(LocationKind(row.kind), row.takes_stock) for row in await db.execute(query)}


def _vans_seen(actor: Actor) -> ColumnElement[bool]:
    return members.c.id == actor.member_id if actor.role is Role.TECHNICIAN else members_seen(actor)


def _named(kind: LocationKind) -> ColumnElement[str]:
    return literal_column(f"'{kind.value}'").label("kind")
