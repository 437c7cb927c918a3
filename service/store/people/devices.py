"""Devices as sign-in changes them: enrolled, locked, revoked."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from msgspec import Struct
from sqlalchemy import ScalarSelect, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from service.store.tables import devices, refresh_tokens

_row = devices.c


class LockedDevice(Struct, frozen=True):
    """A device locked until the end of the transaction, so that nothing about its session changes meanwhile."""

    id: UUID
    member_id: UUID
    kind: str
    authority_version: int
    created_at: datetime
    revoked_at: datetime | None


class Phone(Struct, frozen=True, kw_only=True):
    """What a phone says of itself when it is enrolled."""

    id: UUID
    name: str
    platform: str
    app_version: str
    public_key: str | None


async def add_desk(db: AsyncConnection, org_id: UUID, member_id: UUID, name: str, at: datetime) -> LockedDevice:
    columns = {"member_id": member_id, "name": name, "kind": "desk", "created_at": at, "last_seen_at": at}
    statement = insert(devices).values(org_id=org_id, id=uuid4(), **columns).returning(*_locked())
    return LockedDevice(*(await db.execute(statement)).one())


async def add_phone(db: AsyncConnection, org_id: UUID, member_id: UUID, phone: Phone, at: datetime) -> LockedDevice:
    columns = _said_by(phone) | {"member_id": member_id, "kind": "phone", "created_at": at, "last_seen_at": at}
    statement = insert(devices).values(org_id=org_id, id=phone.id, **columns).returning(*_locked())
    return LockedDevice(*(await db.execute(statement)).one())


async def admit_again(db: AsyncConnection, org_id: UUID, phone: Phone, at: datetime) -> LockedDevice:
    """Enrol the same phone again: its facts and their counter go on, its earlier access tokens are void."""
    columns = _said_by(phone) | {"revoked_at": None, "last_seen_at": at}
    statement = (
        update(devices)
        .where(_is(org_id, phone.id))
        .values(authority_version=_row.authority_version + 1, **columns)
        .returning(*_locked())
    )
    return LockedDevice(*(await db.execute(statement)).one())


async def lock(db: AsyncConnection, org_id: UUID, device_id: UUID) -> LockedDevice | None:
    return await _lock(db, _is(org_id, device_id))


async def lock_by_token(db: AsyncConnection, org_id: UUID, token_digest: bytes) -> LockedDevice | None:
    """The device that a refresh token was given to."""
    token = refresh_tokens.c
    holder = select(token.device_id).where(token.org_id == org_id, token.token_digest == token_digest)
    return await _lock(db, _is(org_id, holder.scalar_subquery()))


async def lock_of_member(db: AsyncConnection, org_id: UUID, member_id: UUID) -> list[UUID]:
    """Lock the member's devices; this waits for a refresh that is under way on one of them."""
    query = select(_row.id).where(_row.org_id == org_id, _row.member_id == member_id)
    return list((await db.execute(query.order_by(_row.id).with_for_update())).scalars())


async def touch(db: AsyncConnection, org_id: UUID, device_id: UUID, at: datetime) -> None:
    await db.execute(update(devices).where(_is(org_id, device_id)).values(last_seen_at=at))


async def raise_authority(db: AsyncConnection, org_id: UUID, device_id: UUID) -> None:
    """Every access token of the device is void from the next request on."""
    raised = {"authority_version": _row.authority_version + 1}
    await db.execute(update(devices).where(_is(org_id, device_id)).values(**raised))


async def revoke(db: AsyncConnection, org_id: UUID, device_id: UUID, at: datetime) -> None:
    """Revoke the device until it is enrolled again. What was recorded on it stays."""
    still_in = _is(org_id, device_id) & _row.revoked_at.is_(None)
    raised = {"authority_version": _row.authority_version + 1, "revoked_at": at}
    await db.execute(update(devices).where(still_in).values(**raised))


def _is(org_id: UUID, device_id: UUID | ScalarSelect[UUID]) -> ColumnElement[bool]:
    return and_(_row.org_id == org_id, _row.id == device_id)


def _said_by(phone: Phone) -> dict[str, Any]:
    said = {"name": phone.name, "platform": phone.platform, "app_version": phone.app_version}
    return said | {"public_key": phone.public_key}


def _locked() -> tuple[ColumnElement[Any], ...]:
    return (_row.id, _row.member_id, _row.kind, _row.authority_version, _row.created_at, _row.revoked_at)


async def _lock(db: AsyncConnection, which: ColumnElement[bool]) -> LockedDevice | None:
    row = (await db.execute(select(*_locked()).where(which).with_for_update())).one_or_none()
    return None if row is None else LockedDevice(*row)
