"""Enrolment codes: digests of codes, each good for one device."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.sign_in.enrolment_codes import StoredCode
from service.store.tables import enrolment_codes

_row = enrolment_codes.c


async def add(db: AsyncConnection, org_id: UUID, code: StoredCode, code_digest: bytes, created_by: UUID) -> None:
    """Store a code; one that the member was given before and has not used is void from now on."""
    await void_unused(db, org_id, code.member_id)
    columns = {"id": code.id, "member_id": code.member_id, "expires_at": code.expires_at}
    await db.execute(
        insert(enrolment_codes).values(org_id=org_id, code_digest=code_digest, created_by=created_by, **columns)
    )


async def void_unused(db: AsyncConnection, org_id: UUID, member_id: UUID) -> None:
    unused = (_row.org_id == org_id) & (_row.member_id == member_id) & _row.used_at.is_(None)
    await db.execute(delete(enrolment_codes).where(unused))


async def lock(db: AsyncConnection, org_id: UUID, code_digest: bytes) -> StoredCode | None:
    """The code, held until the end of the transaction: two devices cannot both be the first."""
    query = (
        select(_row.id, _row.member_id, _row.expires_at, _row.used_at, _row.device_id)
        .where(_row.org_id == org_id, _row.code_digest == code_digest)
        .with_for_update()
    )
    row = (await db.execute(query)).one_or_none()
    return None if row is None else StoredCode(*row)


async def mark_used(db: AsyncConnection, org_id: UUID, code_id: UUID, device_id: UUID, at: datetime) -> None:
    own = (_row.org_id == org_id) & (_row.id == code_id)
    await db.execute(update(enrolment_codes).where(own).values(used_at=at, device_id=device_id))
