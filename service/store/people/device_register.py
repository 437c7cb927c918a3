"""The register of devices, as people read it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Join, Select, and_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from domain.people.actor import Actor, Role
from service.http.endpoint import Output
from service.store.tables import devices, members
from sync.protocol import DeviceTrouble

_row = devices.c


class Device(Output, frozen=True, kw_only=True):
    """A phone or a desk that somebody signs in with. `public_key_known`: it can prove that it is itself.

    `suspected_at`: it looks like a clone or like a phone set back, and nobody has said yet that they know why.
    """

    id: UUID
    member_id: UUID
    member_name: str
    name: str
    kind: str
    platform: str | None
    app_version: str | None
    public_key_known: bool
    created_at: datetime
    last_seen_at: datetime | None
    revoked_at: datetime | None
    suspected_at: datetime | None
    suspected_why: DeviceTrouble | None


class Owner(Struct, frozen=True):
    """Whose device it is."""

    member_id: UUID
    role: Role
    outlet_ids: tuple[UUID, ...]


async def owner(db: AsyncConnection, org_id: UUID, device_id: UUID) -> Owner | None:
    """The owner of a device, even if it is revoked or its member is no longer active."""
    query = select(_row.member_id, members.c.role, members.c.outlet_ids).select_from(_owned())
    row = (await db.execute(query.where(_row.org_id == org_id, _row.id == device_id))).one_or_none()
    return None if row is None else Owner(row[0], Role(row[1]), tuple(row[2]))


async def owner_seen_by(db: AsyncConnection, actor: Actor, device_id: UUID, *, of_others: bool) -> Owner | None:
    """The owner of a device that the actor may see: their own or, with `of_others`, one of their outlets' members."""
    query = select(_row.member_id, members.c.role, members.c.outlet_ids).select_from(_owned())
    row = (await db.execute(query.where(_row.id == device_id, _seen_by(actor, of_others=of_others)))).one_or_none()
    return None if row is None else Owner(row[0], Role(row[1]), tuple(row[2]))


async def seen_by(
    db: AsyncConnection, actor: Actor, *, of_others: bool, member_id: UUID | None, after: UUID | None, limit: int
) -> list[Device]:
    """A page of the devices that the actor may see, in the order of their ids."""
    query = _devices().where(_seen_by(actor, of_others=of_others)).order_by(_row.id).limit(limit)
    if member_id is not None:
        query = query.where(_row.member_id == member_id)
    if after is not None:
        query = query.where(_row.id > after)
    return [Device(**row) for row in (await db.execute(query)).mappings()]


def _seen_by(actor: Actor, *, of_others: bool) -> ColumnElement[bool]:
    own = _row.member_id == actor.member_id
    shared = members.c.outlet_ids.overlap(list(actor.outlet_ids)) if actor.outlet_ids else true()
    return and_(_row.org_id == actor.org_id, (own | shared) if of_others else own)


def _devices() -> Select[Any]:
    return select(
        _row.id,
        _row.member_id,
        members.c.name.label("member_name"),
        _row.name,
        _row.kind,
        _row.platform,
        _row.app_version,
        _row.public_key.is_not(None).label("public_key_known"),
        _row.created_at,
        _row.last_seen_at,
        _row.revoked_at,
        _row.suspected_at,
        _row.suspected_why,
    ).select_from(_owned())


def _owned() -> Join:
    return devices.join(members, and_(members.c.org_id == _row.org_id, members.c.id == _row.member_id))
