"""Refresh tokens, and what every request asks about the one who sent it."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
from msgspec import Struct
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Role
from service.sign_in.refresh import StoredToken
from service.store.tables import refresh_tokens

ALARMING_FOR = timedelta(days=7)

_row = refresh_tokens.c
_STANDING = """
SELECT m.role, m.outlet_ids, m.language, m.active, m.authority_version, d.authority_version, d.revoked_at IS NOT NULL
FROM members m JOIN devices d ON d.org_id = m.org_id AND d.member_id = m.id AND d.id = $3
WHERE m.org_id = $1 AND m.id = $2
"""


class Standing(Struct, frozen=True):
    """What a member may do at this moment, and whether member and device are still active."""

    role: Role
    outlet_ids: tuple[UUID, ...]
    language: str
    member_active: bool
    member_version: int
    device_version: int
    device_revoked: bool


async def standing(
    pool: "asyncpg.Pool[asyncpg.Record]", org_id: UUID, member_id: UUID, device_id: UUID
) -> Standing | None:
    """One statement over two primary keys. It runs on every ordinary request, so it does without SQLAlchemy."""
    row = await pool.fetchrow(_STANDING, org_id, member_id, device_id)
    return None if row is None else Standing(Role(row[0]), tuple(row[1]), *row[2:])


async def token(db: AsyncConnection, org_id: UUID, token_digest: bytes) -> StoredToken | None:
    """The token; read it only while holding its device, which every change to it goes through."""
    query = select(_row.id, _row.device_id, _row.successor_id, _row.expires_at, _row.retired_at).where(
        _row.org_id == org_id, _row.token_digest == token_digest
    )
    row = (await db.execute(query)).one_or_none()
    return None if row is None else StoredToken(*row)


async def add_token(
    db: AsyncConnection, org_id: UUID, device_id: UUID, token_id: UUID, token_digest: bytes, expires_at: datetime
) -> None:
    columns = {"id": token_id, "device_id": device_id, "token_digest": token_digest, "expires_at": expires_at}
    await db.execute(insert(refresh_tokens).values(org_id=org_id, **columns))


async def first_use(db: AsyncConnection, org_id: UUID, used: StoredToken, successor_id: UUID, at: datetime) -> None:
    """Name the successor and retire every other token of the device: whoever holds one of those is behind.

    Those retired a week ago are forgotten: presented then, they are unknown instead of an alarm.
    """
    old = (_row.org_id == org_id) & (_row.device_id == used.device_id) & (_row.retired_at < at - ALARMING_FOR)
    await db.execute(delete(refresh_tokens).where(old))
    others = (_row.org_id == org_id) & (_row.device_id == used.device_id) & (_row.id != used.id)
    await db.execute(update(refresh_tokens).where(others, _row.retired_at.is_(None)).values(retired_at=at))
    own = (_row.org_id == org_id) & (_row.id == used.id)
    await db.execute(update(refresh_tokens).where(own).values(successor_id=successor_id))


async def retire_tokens(db: AsyncConnection, org_id: UUID, device_ids: list[UUID], at: datetime) -> None:
    """No token of these devices is good for anything any more."""
    live = (_row.org_id == org_id) & _row.device_id.in_(device_ids) & _row.retired_at.is_(None)
    await db.execute(update(refresh_tokens).where(live).values(retired_at=at))


async def forget_tokens(db: AsyncConnection, org_id: UUID, device_id: UUID) -> None:
    """The device starts a new family: an old token turning up later must not end the new one."""
    await db.execute(delete(refresh_tokens).where(_row.org_id == org_id, _row.device_id == device_id))
