"""The keys that sign access tokens: one current key for each organisation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.sign_in.tokens import LEEWAY, LIFETIME, SigningKey, VerifyingKey, new_key, read_public_key
from service.store import locks
from service.store.tables import signing_keys


async def signing_key(db: AsyncConnection, org_id: UUID) -> SigningKey:
    """The key to sign with, made on first use. Two first uses at once end with one key."""
    if key := await _living_key(db, org_id):
        return key
    await locks.lock(db, org_id, [("signing key",)])
    if key := await _living_key(db, org_id):
        return key
    key = new_key(org_id)
    columns = {"key_id": key.key_id, "private_pem": key.private_pem, "public_pem": key.public_pem}
    await db.execute(insert(signing_keys).values(org_id=org_id, **columns))
    return key


async def verifying_keys(db: AsyncConnection, at: datetime) -> dict[str, VerifyingKey]:
    """The keys of every organisation by key id: the current ones, and retired ones whose tokens may still be valid."""
    last_use = at - LIFETIME - LEEWAY
    query = select(signing_keys.c.org_id, signing_keys.c.key_id, signing_keys.c.public_pem).where(
        signing_keys.c.retired_at.is_(None) | (signing_keys.c.retired_at > last_use)
    )
    rows = await db.execute(query)
    return {key_id: VerifyingKey(org_id, read_public_key(pem)) for org_id, key_id, pem in rows}


async def retire(db: AsyncConnection, at: datetime) -> int:
    """Sign nothing more with any organisation's key; answers how many there were. The next sign-in makes a new one."""
    living = update(signing_keys).where(signing_keys.c.retired_at.is_(None)).values(retired_at=at)
    return (await db.execute(living)).rowcount


async def withdraw(db: AsyncConnection) -> int:
    """Forget every key, retired ones too, and with them the tokens that they signed; answers how many there were."""
    return (await db.execute(delete(signing_keys))).rowcount


async def _living_key(db: AsyncConnection, org_id: UUID) -> SigningKey | None:
    key = signing_keys.c
    query = (
        select(key.org_id, key.key_id, key.private_pem, key.public_pem)
        .where(key.org_id == org_id, key.retired_at.is_(None))
        .order_by(key.created_at.desc())
        .limit(1)
    )
    row = (await db.execute(query)).one_or_none()
    return None if row is None else SigningKey(*row)
