"""Photos of members: what a customer compares with whoever stands at the door (R17)."""

import asyncio
from uuid import UUID

from domain.people.actor import Actor
from domain.people.responsibility import may_appoint
from service.attachments import media, pictures
from service.database import Database
from service.http import reading
from service.http.endpoint import Download, Media, get, put
from service.http.errors import Refused
from service.http.reading import HttpRequest
from service.store.people import member_photos
from service.store.registry import registry
from service.store.registry.registers import MEMBERS
from service.work.own_process import in_own_process
from service.work.turn import TurnFailed

MOST_BYTES = 5_000_000
DRAWING_SECONDS = 20
JPEG = media.JPEG.media_type
KEPT = ((b"cache-control", b"private, no-cache"),)


@put(
    "/v1/members/{member_id}/photo",
    right="manage_members",
    status=204,
    streams="image/*",
    problems=("not_found", "media_type_refused", "image_unreadable"),
)
async def put_member_photo(actor: Actor, database: Database, request: HttpRequest, member_id: UUID) -> None:
    """Set a member's photo: JPEG, PNG or WebP as the body.

    A small JPEG is drawn anew from it; nothing else of what was sent is kept.
    """
    async with database.reader() as db:
        member = await registry.read(db, MEMBERS, actor, member_id)
    if not may_appoint(actor, member.role, member.outlet_ids):
        raise Refused("not_permitted", role=actor.role.value)
    content = await reading.read_bytes(request, MOST_BYTES)
    medium = media.medium_of(content[: media.HEAD_BYTES])
    if medium is None or not medium.is_picture:
        raise Refused(
            "media_type_refused", accepted=", ".join(m.media_type for m in media.MEDIA.values() if m.is_picture)
        )
    try:
        async with asyncio.timeout(DRAWING_SECONDS):
            picture = await in_own_process(pictures.thumbnail, content)
    except (TurnFailed, TimeoutError):
        raise Refused("image_unreadable") from None
    async with database.transaction() as db:
        await member_photos.keep(db, actor.org_id, member_id, picture)


@get(
    "/v1/members/{member_id}/photo",
    right="read_members",
    problems=("not_found",),
    response=Download,
    media_types=(JPEG,),
)
async def read_member_photo(actor: Actor, database: Database, member_id: UUID) -> Media:
    """Read a member's photo."""
    async with database.reader() as db:
        seen = await member_photos.is_seen(db, actor, member_id)
        return photo(await member_photos.find(db, actor.org_id, member_id) if seen else None)


def photo(picture: bytes | None) -> Media:
    """The photo as an answer."""
    if picture is None:
        raise Refused("not_found")
    return Media(picture, JPEG, KEPT)
