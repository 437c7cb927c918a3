"""Finishing an upload whose bytes are all there: compared, looked at, kept, and matched with the facts that wait."""

import asyncio
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from service.attachments import media, pictures, spool
from service.attachments.media import Medium
from service.attachments.pictures import Look
from service.attachments.thumbnails import THUMBNAILS, Thumbnails
from service.attachments.vault import FileGone, key_of, open_vault
from service.database import Database
from service.http.errors import Refused
from service.settings import Settings
from service.store.evidence import attachments, uploads
from service.store.evidence import cases as evidence_cases
from service.store.evidence.attachments import Attachment, Thumbnail
from service.store.evidence.uploads import Upload
from service.store.work import tasks
from service.work.own_process import in_own_process
from service.work.turn import TurnFailed

# More processes than this at once would not be done sooner.
_looking = asyncio.Semaphore(2)
LOOK_SECONDS = 20


async def finish(database: Database, settings: Settings, upload: Upload) -> Upload:
    """Keep the file under its digest, or refuse it and forget what was sent; done again, it is the same.

    A crash on the way leaves an upload that is whole and not finished: the next question after it, or its next piece,
    comes back here. So does a phone that lost the answer and asks while the file is still looked at.
    """
    try:
        return await _finish(database, settings, upload)
    except (Refused, FileNotFoundError, FileGone):
        # Whoever finished it first has taken the file out of the spool.
        async with database.reader() as db:
            finished_at = await uploads.finished_at(db, upload)
        if finished_at is None:
            raise
        return replace(upload, finished_at=finished_at)


async def _finish(database: Database, settings: Settings, upload: Upload) -> Upload:
    path = spool.path_of(settings, upload.org_id, upload.id)
    try:
        attachment = await _looked_at(settings, upload)
    except Refused:
        async with database.transaction() as db:
            await uploads.remove_unfinished(db, upload)
        await spool.in_thread(spool.remove, path)
        raise
    at = datetime.now(UTC)
    if not await _keep(database, upload, attachment, at, stored=False):
        await open_vault(settings).put(key_of(upload.org_id, upload.digest), path)
        await _keep(database, upload, attachment, at, stored=True)
    await spool.in_thread(spool.remove, path)
    return replace(upload, finished_at=at)


async def _looked_at(settings: Settings, upload: Upload) -> Attachment:
    """What the bytes are, or Refused when they are not what was promised or not what is kept here."""
    path = spool.path_of(settings, upload.org_id, upload.id)
    if await spool.in_thread(spool.digest_of, path) != upload.digest:
        raise Refused("digest_mismatch")
    medium = media.medium_of(await spool.in_thread(spool.head_of, path, media.HEAD_BYTES))
    if medium is None:
        raise Refused("media_type_refused", accepted=", ".join(media.MEDIA))
    if not media.is_called(medium, upload.media_type):
        raise Refused("media_type_mismatch", actual=medium.media_type)
    seen = await _look(bytes(path)) if medium.is_picture else Look()
    if seen.problem is not None:
        raise Refused(seen.problem, most_pixels=pictures.MOST_PIXELS)
    return _attachment(upload, medium, seen)


async def _look(path: bytes) -> Look:
    """In another process, which may be killed by what it sees."""
    try:
        async with _looking, asyncio.timeout(LOOK_SECONDS):
            return msgspec.json.decode(await in_own_process(pictures.look, path), type=Look)
    except (TurnFailed, TimeoutError):
        return Look(problem="image_unreadable")


def _attachment(upload: Upload, medium: Medium, seen: Look) -> Attachment:
    return Attachment(
        digest=upload.digest,
        media_type=medium.media_type,
        size_bytes=upload.size_bytes,
        width=seen.width or None,
        height=seen.height or None,
        thumbnail=Thumbnail.ASKED if medium.is_picture else Thumbnail.NONE,
        damaged_at=None,
    )


async def _keep(database: Database, upload: Upload, attachment: Attachment, at: datetime, *, stored: bool) -> bool:
    """Know the bytes and match them with the job's facts; False when they are not in the vault yet."""
    async with database.transaction() as db:
        await attachments.lock_job(db, upload.org_id, upload.job_id)
        if stored:
            await attachments.keep(db, upload.org_id, attachment, at)
        elif not await attachments.is_whole(db, upload.org_id, upload.digest, at):
            return False
        await attachments.receive(db, upload, at)
        await evidence_cases.settle_job(db, upload.org_id, upload.job_id, upload.digest)
        await uploads.finish(db, upload, at)
        if stored and attachment.thumbnail is Thumbnail.ASKED:
            name = upload.digest.hex()
            await tasks.ask(db, upload.org_id, THUMBNAILS.name, Thumbnails(digest=name), key=name)
        return True
