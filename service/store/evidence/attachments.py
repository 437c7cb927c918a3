"""Kept files: what they are, for which jobs they were sent, and whether they are still whole."""

import enum
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct, convert
from sqlalchemy import delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.store.evidence.uploads import Upload
from service.store.scopes import jobs_seen
from service.store.tables import attachment_jobs, attachments, jobs


class Thumbnail(enum.StrEnum):
    """None: of files that are no pictures. Failed: the picture cannot be drawn."""

    NONE = "none"
    ASKED = "asked"
    MADE = "made"
    FAILED = "failed"


class Attachment(Struct, frozen=True, kw_only=True):
    """What is kept under a digest. `media_type` is what the bytes are."""

    digest: bytes
    media_type: str
    size_bytes: int
    width: int | None
    height: int | None
    thumbnail: Thumbnail
    damaged_at: datetime | None


_MATCH = text("""
UPDATE evidence e SET received_at = :at
FROM attachment_jobs sent
WHERE e.org_id = :org_id AND e.digest = ANY(CAST(:digests AS bytea[])) AND e.received_at IS NULL
    AND sent.org_id = e.org_id AND sent.job_id = e.job_id AND sent.digest = e.digest
""")

_MISS = text("""
UPDATE evidence SET received_at = NULL, due_at = greatest(due_at, now() + CAST(:within AS interval))
WHERE org_id = :org_id AND digest = :digest
""")

# Facts whose time is over name nothing any more. One that is set aside may be released any day: it names its file.
_UNNAMED = """
a.org_id = :org_id AND a.last_sent_at < now() - CAST(:grace AS interval)
AND NOT EXISTS (SELECT FROM evidence e WHERE e.org_id = a.org_id AND e.digest = a.digest AND e.erased_at IS NULL)
AND NOT EXISTS (
    SELECT FROM quarantine q WHERE q.org_id = a.org_id AND q.state = 'held'
    AND position(convert_to(encode(a.digest, 'hex'), 'UTF8') IN q.record) > 0
)
"""
_LOCK_UNNAMED = text(f"SELECT a.digest FROM attachments a WHERE {_UNNAMED} LIMIT :most FOR UPDATE SKIP LOCKED")  # noqa: S608


async def seen(db: AsyncConnection, actor: Actor, digest: bytes) -> Attachment | None:
    """The file of this digest, if it was sent for a job that the actor may see."""
    sent = (attachment_jobs.c.org_id == jobs.c.org_id) & (attachment_jobs.c.job_id == jobs.c.id)
    allowed = (
        exists()
        .select_from(attachment_jobs.join(jobs, sent))
        .where(attachment_jobs.c.org_id == actor.org_id, attachment_jobs.c.digest == digest, jobs_seen(actor))
    )
    return await _find(db, actor.org_id, digest, allowed)


async def find(db: AsyncConnection, org_id: UUID, digest: bytes) -> Attachment | None:
    """The file of this digest, whoever asks: for background work."""
    return await _find(db, org_id, digest)


async def is_whole(db: AsyncConnection, org_id: UUID, digest: bytes, at: datetime) -> bool:
    """Whether the file is kept already; if so, it stays for another grace period even if no fact names it."""
    own = (attachments.c.org_id == org_id, attachments.c.digest == digest, attachments.c.damaged_at.is_(None))
    kept = update(attachments).where(*own).values(last_sent_at=at).returning(attachments.c.digest)
    return (await db.execute(kept)).one_or_none() is not None


async def keep(db: AsyncConnection, org_id: UUID, attachment: Attachment, at: datetime) -> None:
    """Register the file, which is in the vault by now; whatever was found before, it is whole."""
    row = {name: getattr(attachment, name) for name in Attachment.__struct_fields__}
    new = insert(attachments).values(org_id=org_id, **row, last_sent_at=at, checked_at=at)
    whole = {"damaged_at": None, "last_sent_at": at, "checked_at": at}
    await db.execute(new.on_conflict_do_update(index_elements=["org_id", "digest"], set_=whole))


async def lock_job(db: AsyncConnection, org_id: UUID, job_id: UUID) -> None:
    """Lock the job, so that no fact is recorded between looking for facts and registering the file."""
    own = (jobs.c.org_id == org_id, jobs.c.id == job_id)
    await db.execute(select(jobs.c.id).where(*own).with_for_update(read=True))


async def receive(db: AsyncConnection, upload: Upload, at: datetime) -> None:
    """Note that the file was sent for this job, which `lock_job` has locked: who sees the job may see the file."""
    sent = {name: getattr(upload, name) for name in ("org_id", "job_id", "digest", "purpose", "member_id", "device_id")}
    await db.execute(insert(attachment_jobs).values(**sent, received_at=at).on_conflict_do_nothing())
    await db.execute(_MATCH, {"org_id": upload.org_id, "digests": [upload.digest], "at": at})


async def count_sent(db: AsyncConnection, org_id: UUID, job_id: UUID, member_id: UUID) -> int:
    """How many files this member sent for the job."""
    sent = attachment_jobs.c
    own = (sent.org_id == org_id, sent.job_id == job_id, sent.member_id == member_id)
    return int(await db.scalar(select(func.count()).where(*own)) or 0)


async def set_thumbnail(db: AsyncConnection, org_id: UUID, digest: bytes, state: Thumbnail) -> None:
    own = (attachments.c.org_id == org_id, attachments.c.digest == digest)
    await db.execute(update(attachments).where(*own).values(thumbnail=state.value))


async def longest_unchecked(db: AsyncConnection, org_id: UUID, most: int) -> list[Attachment]:
    """The files whose last comparison with their digest is longest ago."""
    query = select(*_columns()).where(attachments.c.org_id == org_id)
    return [_attachment(row) for row in await db.execute(query.order_by(attachments.c.checked_at).limit(most))]


async def count(db: AsyncConnection, org_id: UUID) -> int:
    return int(await db.scalar(select(func.count()).where(attachments.c.org_id == org_id)) or 0)


async def found_whole(db: AsyncConnection, org_id: UUID, digests: Sequence[bytes], at: datetime) -> None:
    """Note that these files match their digests, even if they did not last time."""
    own = (attachments.c.org_id == org_id, attachments.c.digest.in_(digests))
    await db.execute(update(attachments).where(*own).values(checked_at=at, damaged_at=None))
    await db.execute(_MATCH, {"org_id": org_id, "digests": list(digests), "at": at})


async def found_damaged(db: AsyncConnection, org_id: UUID, digest: bytes, at: datetime, within: timedelta) -> None:
    """Note that the file is gone or changed, so that whoever has it is asked to send it again."""
    own = (attachments.c.org_id == org_id, attachments.c.digest == digest)
    damaged_at = func.coalesce(attachments.c.damaged_at, at)
    await db.execute(update(attachments).where(*own).values(checked_at=at, damaged_at=damaged_at))
    await db.execute(_MISS, {"org_id": org_id, "digest": digest, "within": within})


async def lock_unnamed(db: AsyncConnection, org_id: UUID, grace: timedelta, most: int) -> list[bytes]:
    """Lock files that no fact names and nobody has sent for `grace`; who sends one now waits until it is deleted."""
    return list(await db.scalars(_LOCK_UNNAMED, {"org_id": org_id, "grace": grace, "most": most}))


async def forget(db: AsyncConnection, org_id: UUID, digests: Collection[bytes]) -> None:
    for table in (attachment_jobs, attachments):
        await db.execute(delete(table).where(table.c.org_id == org_id, table.c.digest.in_(digests)))


async def known(db: AsyncConnection, org_id: UUID, digests: Collection[bytes]) -> set[bytes]:
    query = select(attachments.c.digest).where(attachments.c.org_id == org_id, attachments.c.digest.in_(digests))
    return set(await db.scalars(query))


async def _find(db: AsyncConnection, org_id: UUID, digest: bytes, *conditions: Any) -> Attachment | None:  # noqa: ANN401
    query = select(*_columns()).where(attachments.c.org_id == org_id, attachments.c.digest == digest, *conditions)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else _attachment(row)


def _columns() -> list[Any]:
    return [attachments.c[name] for name in Attachment.__struct_fields__]


def _attachment(row: Any) -> Attachment:  # noqa: ANN401 (a row of any statement with these columns)
    return convert(row._mapping, Attachment)  # noqa: SLF001 (the documented way to a row's mapping)
