"""Files by their digests, for whoever sees a job that they were sent for."""

from collections.abc import AsyncIterator
from typing import Annotated

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Digest
from domain.people.actor import Actor
from service.attachments.media import JPEG, MEDIA
from service.attachments.vault import FileGone, key_of, open_vault, thumbnail_key_of
from service.http.answers import Headers
from service.http.endpoint import Download, HeadersOnly, get
from service.http.errors import Refused
from service.http.ranges import is_held, span_of
from service.http.reading import HttpRequest
from service.store.evidence import attachments, evidence
from service.store.evidence.attachments import Attachment, Thumbnail

FileDigest = Annotated[Digest, Meta(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])]

# Nothing in a file from a stranger may run, fetch or frame anything, whatever opens it.
_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; sandbox")
_KEPT = (b"cache-control", b"private, max-age=31536000, immutable")
# Whoever sits at the desk next signs in with another token.
_FOR_ONE = (b"vary", b"Authorization")


@get(
    "/v1/attachments/{digest}",
    right="read_jobs",
    problems=("not_found", "attachment_damaged", "attachment_erased", "range_not_satisfiable"),
    response=Download,
    media_types=tuple(MEDIA),
)
async def read_attachment(
    actor: Actor, db: AsyncConnection, request: HttpRequest, digest: FileDigest
) -> Download | HeadersOnly:
    """Read a file as it was sent, or a part of it (`Range`). It never changes: its ETag is its digest.

    Always as a download: what strangers sent is not shown inside a page of yours. Show the thumbnail.
    """
    found = await _seen(db, actor, digest)
    extension = MEDIA[found.media_type].extension
    disposition = (b"content-disposition", f'attachment; filename="{digest}.{extension}"'.encode())
    headers = _headers(digest, disposition)
    if is_held(request, digest):
        return HeadersOnly(headers, status=304)
    start, end = span_of(request, digest, found.size_bytes)
    part = (start, end) != (0, found.size_bytes)
    told: Headers = ((b"accept-ranges", b"bytes"),)
    if part:
        told += ((b"content-range", b"bytes %d-%d/%d" % (start, end - 1, found.size_bytes)),)
    chunks = await _read(request, key_of(actor.org_id, found.digest), (start, end))
    return Download(206 if part else 200, found.media_type, end - start, chunks, (*headers, *told))


@get(
    "/v1/attachments/{digest}/thumbnail",
    right="read_jobs",
    problems=("not_found", "attachment_damaged", "attachment_erased", "thumbnail_not_ready"),
    response=Download,
    media_types=(JPEG.media_type,),
)
async def read_thumbnail(
    actor: Actor, db: AsyncConnection, request: HttpRequest, digest: FileDigest
) -> Download | HeadersOnly:
    """Read a small JPEG of a picture, upright, drawn anew without the original's metadata.

    Not found for files that are no pictures or cannot be drawn.
    """
    found = await _seen(db, actor, digest)
    if found.thumbnail is Thumbnail.ASKED:
        raise Refused("thumbnail_not_ready", headers=((b"retry-after", b"2"),))
    if found.thumbnail is not Thumbnail.MADE:
        raise Refused("not_found")
    name = f"{digest}-thumbnail"
    headers = _headers(name, (b"content-disposition", f'inline; filename="{name}.jpg"'.encode()))
    if is_held(request, name):
        return HeadersOnly(headers, status=304)
    key = thumbnail_key_of(actor.org_id, found.digest)
    content = b"".join([chunk async for chunk in await _read(request, key, None)])
    return Download(200, JPEG.media_type, len(content), _once(content), headers)


async def _seen(db: AsyncConnection, actor: Actor, digest: str) -> Attachment:
    found = await attachments.seen(db, actor, bytes.fromhex(digest))
    if found is None:
        erased = await evidence.was_erased(db, actor, bytes.fromhex(digest))
        raise Refused("attachment_erased" if erased else "not_found")
    if found.damaged_at is not None:
        raise Refused("attachment_damaged")
    return found


async def _read(request: HttpRequest, key: str, span: tuple[int, int] | None) -> AsyncIterator[bytes]:
    try:
        return await open_vault(request.app.state.settings).read(key, span)
    except FileGone:
        raise Refused("attachment_damaged") from None


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _headers(tag: str, disposition: tuple[bytes, bytes]) -> Headers:
    return _POLICY, _KEPT, _FOR_ONE, (b"etag", f'"{tag}"'.encode()), disposition
