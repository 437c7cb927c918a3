"""A signature that a customer drew: a PNG, kept like every other file of the job before the fact names it."""

import base64
import os
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from domain.facts.shared import Purpose
from service.attachments import media, spool
from service.attachments.finishing import finish
from service.customer_page.speaking import Speaker
from service.database import Database
from service.http.errors import Refused
from service.settings import Settings
from service.store.evidence import attachments, uploads
from service.store.evidence.uploads import KEPT_FOR, Upload

MOST_DRAWINGS = 10
"""Through one link: they are kept whether or not the signature is recorded then."""


def digest_of(encoded: str) -> str:
    """The name of the drawing: SHA-256 of its bytes."""
    return sha256(_decoded(encoded)).hexdigest()


async def keep(database: Database, settings: Settings, speaker: Speaker, encoded: str) -> None:
    """Keep the drawing; sent again, it is kept once. What is no picture is refused, and nothing of it stays."""
    content = _decoded(encoded)
    upload = _upload(speaker, content)
    async with database.transaction() as db:
        if await attachments.count_sent(db, speaker.org_id, speaker.job_id, speaker.link_id) >= MOST_DRAWINGS:
            raise Refused("too_many_uploads", most=MOST_DRAWINGS)
        await uploads.add(db, upload)
    await spool.in_thread(_write, spool.path_of(settings, upload.org_id, upload.id), content)
    await finish(database, settings, upload)


def _decoded(encoded: str) -> bytes:
    try:
        content = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise Refused("invalid_form") from None
    if media.medium_of(content[: media.HEAD_BYTES]) is not media.PNG:
        raise Refused("invalid_form")
    return content


def _upload(speaker: Speaker, content: bytes) -> Upload:
    return Upload(
        org_id=speaker.org_id,
        id=uuid4(),
        job_id=speaker.job_id,
        member_id=speaker.link_id,
        device_id=speaker.link_id,
        digest=sha256(content).digest(),
        size_bytes=len(content),
        offset_bytes=len(content),
        purpose=Purpose.SIGNATURE.value,
        media_type=media.PNG.media_type,
        metadata="",
        turn=0,
        expires_at=datetime.now(UTC) + KEPT_FOR,
        finished_at=None,
    )


def _write(path: Path, content: bytes) -> None:
    spool.begin(path)
    descriptor = spool.go_on(path, 0)
    try:
        spool.write(descriptor, content, 0)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
