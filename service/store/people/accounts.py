"""Members as sign-in sees them: found by login or id, with password and authority."""

from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor, Role
from service.store.tables import members, organisations


class Account(Struct, frozen=True):
    """A member as sign-in sees one."""

    org_id: UUID
    member_id: UUID
    login: str
    name: str
    role: Role
    outlet_ids: tuple[UUID, ...]
    language: str
    password_hash: str | None
    active: bool
    authority_version: int


async def by_login(db: AsyncConnection, org_id: UUID, login: str) -> Account | None:
    return await _one(db, _accounts().where(members.c.org_id == org_id, members.c.login == login))


async def find(db: AsyncConnection, org_id: UUID, member_id: UUID) -> Account | None:
    return await _one(db, _accounts().where(members.c.org_id == org_id, members.c.id == member_id))


async def hold(db: AsyncConnection, org_id: UUID, member_id: UUID) -> Account | None:
    """The member, held until the transaction ends: a revocation waits meanwhile, and then finds the new session."""
    own = (members.c.org_id == org_id) & (members.c.id == member_id)
    return await _one(db, _accounts().where(own).with_for_update(read=True))


async def seen_by(db: AsyncConnection, actor: Actor, member_id: UUID) -> Account | None:
    """The member, when the actor works for every outlet or shares one with them."""
    query = _accounts().where(members.c.org_id == actor.org_id, members.c.id == member_id)
    if actor.outlet_ids and member_id != actor.member_id:
        query = query.where(members.c.outlet_ids.overlap(list(actor.outlet_ids)))
    return await _one(db, query)


async def of_login(db: AsyncConnection, login: str, organisation: str | None) -> list[Account]:
    """Everybody of this login, in the named organisation or, without a name, in any."""
    query = _accounts().join(organisations, organisations.c.org_id == members.c.org_id).where(members.c.login == login)
    if organisation is not None:
        query = query.where(organisations.c.code == organisation)
    return [_account(row) for row in await db.execute(query)]


async def keep_password(db: AsyncConnection, org_id: UUID, member_id: UUID, password_hash: str) -> None:
    """Store a new hash of the same password; nobody is signed out."""
    own = (members.c.org_id == org_id) & (members.c.id == member_id)
    await db.execute(update(members).where(own).values(password_hash=password_hash))


async def raise_authority(db: AsyncConnection, org_id: UUID, member_id: UUID) -> None:
    """Every access token of the member is void from the next request on."""
    own = (members.c.org_id == org_id) & (members.c.id == member_id)
    await db.execute(update(members).where(own).values(authority_version=members.c.authority_version + 1))


def _accounts() -> Select[Any]:
    return select(
        members.c.org_id,
        members.c.id,
        members.c.login,
        members.c.name,
        members.c.role,
        members.c.outlet_ids,
        members.c.language,
        members.c.password_hash,
        members.c.active,
        members.c.authority_version,
    )


async def _one(db: AsyncConnection, query: Select[Any]) -> Account | None:
    row = (await db.execute(query)).one_or_none()
    return None if row is None else _account(row)


def _account(row: Row[*tuple[Any, ...]]) -> Account:
    org_id, member_id, login, name, role, outlet_ids, *rest = row
    return Account(org_id, member_id, login, name, Role(role), tuple(outlet_ids), *rest)
