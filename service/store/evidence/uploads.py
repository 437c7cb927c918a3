"""Uploads that are under way: what was announced, and how much of it is safely on the disk."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, convert
from sqlalchemy import Row, exists, func, insert, or_, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.store.scopes import jobs_seen
from service.store.tables import evidence, jobs, uploads

KEPT_FOR = timedelta(days=7)
"""Since the last bytes; afterwards what arrived is forgotten."""


class Upload(Struct, frozen=True, kw_only=True):
    """One upload of one member. Of `size_bytes`, the first `offset_bytes` survive whatever happens."""

    org_id: UUID
    id: UUID
    job_id: UUID
    member_id: UUID
    device_id: UUID
    digest: bytes
    size_bytes: int
    offset_bytes: int
    purpose: str | None
    media_type: str | None
    metadata: str
    turn: int
    expires_at: datetime
    finished_at: datetime | None

    @property
    def is_whole(self) -> bool:
        return self.offset_bytes == self.size_bytes


async def may_send(db: AsyncConnection, actor: Actor, job_id: UUID, digest: bytes) -> bool:
    """Whether the job is in the actor's scope, or they named this very file in it before it left their scope."""
    own = (evidence.c.org_id == actor.org_id) & (evidence.c.job_id == jobs.c.id)
    named = exists().where(own, evidence.c.digest == digest, evidence.c.member_id == actor.member_id)
    query = select(jobs.c.id).where(jobs.c.org_id == actor.org_id, jobs.c.id == job_id, or_(jobs_seen(actor), named))
    return await db.scalar(query) is not None


async def unfinished(db: AsyncConnection, actor: Actor) -> int:
    """How many uploads the member has begun and neither finished nor given up."""
    own = (uploads.c.org_id == actor.org_id) & (uploads.c.member_id == actor.member_id)
    query = select(func.count()).where(own, uploads.c.finished_at.is_(None), uploads.c.expires_at > func.now())
    return int(await db.scalar(query) or 0)


async def add(db: AsyncConnection, upload: Upload) -> None:
    row = {name: getattr(upload, name) for name in Upload.__struct_fields__}
    await db.execute(insert(uploads).values(row))


async def find(db: AsyncConnection, actor: Actor, upload_id: UUID) -> Upload | None:
    """The member's own upload, unless it has expired."""
    return _upload((await db.execute(select(*_columns()).where(*_own(actor, upload_id)))).one_or_none())


async def take(db: AsyncConnection, actor: Actor, upload_id: UUID) -> Upload | None:
    """As `find`, and take the upload over from the request that wrote so far: a phone that reconnects need not wait."""
    taken = update(uploads).where(*_own(actor, upload_id)).values(turn=uploads.c.turn + 1)
    return _upload((await db.execute(taken.returning(*_columns()))).one_or_none())


async def advance(db: AsyncConnection, upload: Upload, offset_bytes: int) -> bool:
    """Note that so much is on the disk; False when another request has taken the upload."""
    expires_at = func.now() + KEPT_FOR
    mine = (uploads.c.org_id == upload.org_id, uploads.c.id == upload.id, uploads.c.turn == upload.turn)
    further = update(uploads).where(*mine).values(offset_bytes=offset_bytes, expires_at=expires_at)
    return (await db.execute(further.returning(uploads.c.id))).one_or_none() is not None


async def finish(db: AsyncConnection, upload: Upload, at: datetime) -> None:
    mine = (uploads.c.org_id == upload.org_id, uploads.c.id == upload.id)
    await db.execute(update(uploads).where(*mine).values(finished_at=at))


async def finished_at(db: AsyncConnection, upload: Upload) -> datetime | None:
    """By now, whatever the upload in hand says."""
    mine = (uploads.c.org_id == upload.org_id, uploads.c.id == upload.id)
    return await db.scalar(select(uploads.c.finished_at).where(*mine))


async def remove_unfinished(db: AsyncConnection, upload: Upload) -> None:
    """Unless another request has finished it by now."""
    mine = (uploads.c.org_id == upload.org_id, uploads.c.id == upload.id)
    await db.execute(delete_from(uploads).where(*mine, uploads.c.finished_at.is_(None)))


async def remove(db: AsyncConnection, org_id: UUID, upload_id: UUID) -> None:
    await db.execute(delete_from(uploads).where(uploads.c.org_id == org_id, uploads.c.id == upload_id))


async def remove_expired(db: AsyncConnection, org_id: UUID) -> None:
    await db.execute(delete_from(uploads).where(uploads.c.org_id == org_id, uploads.c.expires_at <= func.now()))


async def remove_expired_of(db: AsyncConnection, actor: Actor) -> Sequence[UUID]:
    """Forget the member's own uploads that expired; their ids, whose bytes nobody needs."""
    own = (uploads.c.org_id == actor.org_id, uploads.c.member_id == actor.member_id)
    gone = delete_from(uploads).where(*own, uploads.c.expires_at <= func.now())
    return list(await db.scalars(gone.returning(uploads.c.id)))


async def living(db: AsyncConnection, org_id: UUID) -> set[UUID]:
    """The ids of the uploads whose bytes are still needed in the spool."""
    query = select(uploads.c.id).where(uploads.c.org_id == org_id, uploads.c.finished_at.is_(None))
    return set(await db.scalars(query))


def _own(actor: Actor, upload_id: UUID) -> tuple[Any, ...]:
    own = (uploads.c.org_id == actor.org_id, uploads.c.id == upload_id, uploads.c.member_id == actor.member_id)
    return *own, uploads.c.expires_at > func.now()


def _columns() -> list[Any]:
    return [uploads.c[name] for name in Upload.__struct_fields__]


def _upload(row: Row[Any] | None) -> Upload | None:
    return None if row is None else convert(row._mapping, Upload)  # noqa: SLF001 (the documented way to a mapping)
