"""Small pictures for lists, drawn anew in the background from what was sent."""

from uuid import UUID

from msgspec import Struct

from service.attachments import pictures
from service.attachments.vault import FileGone, key_of, open_vault, thumbnail_key_of
from service.database import Database
from service.settings import Settings
from service.store.evidence import attachments
from service.store.evidence.attachments import Thumbnail
from service.work.own_process import in_own_process
from service.work.turn import Kind, Turn, TurnFailed


class Thumbnails(Struct, frozen=True):
    """Of which file, in hexadecimal."""

    digest: str


async def make(turn: Turn, details: Thumbnails) -> None:
    """A picture that cannot be drawn stays what it is, evidence of a broken camera; it is not tried again."""
    digest = bytes.fromhex(details.digest)
    try:
        content = await _content(turn.database, turn.settings, turn.org_id, digest)
        small = await in_own_process(pictures.thumbnail, content)
    except (FileGone, TurnFailed):
        state = Thumbnail.FAILED
    else:
        await open_vault(turn.settings).put(thumbnail_key_of(turn.org_id, digest), small)
        state = Thumbnail.MADE
    async with turn.database.transaction() as db:
        await attachments.set_thumbnail(db, turn.org_id, digest, state)


async def _content(database: Database, settings: Settings, org_id: UUID, digest: bytes) -> bytes:
    async with database.reader() as db:
        found = await attachments.find(db, org_id, digest)
    if found is None:
        raise FileGone
    chunks = await open_vault(settings).read(key_of(org_id, digest))
    return b"".join([chunk async for chunk in chunks])


THUMBNAILS = Kind(name="thumbnails", details=Thumbnails, handle=make, heavy=True, seconds=60)
