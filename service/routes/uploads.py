"""Sending a file's bytes, in as many pieces as the signal asks for, by the tus 1.0 protocol (https://tus.io)."""

import base64
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Annotated
from uuid import UUID, uuid4

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.shared import Purpose
from domain.facts.words import Digest
from domain.people.actor import Actor
from service.attachments import spool
from service.attachments.finishing import finish
from service.attachments.receiving import ALGORITHMS, checksum_of, receive
from service.database import Database
from service.http.answers import API_POLICY, NOT_STORED, Headers
from service.http.endpoint import Done, Output, Page, delete, get, patch, post
from service.http.errors import Refused
from service.http.reading import HttpRequest, header
from service.http.tus import BELOW, VERSION
from service.settings import Settings
from service.store.evidence import uploads
from service.store.evidence.uploads import KEPT_FOR, Upload

MOST_UNFINISHED = 250
PIECE = "application/offset+octet-stream"
OPTIONS: Headers = (
    (b"tus-version", VERSION.encode()),
    (b"tus-extension", b"creation,expiration,checksum,termination"),
    (b"tus-checksum-algorithm", ",".join(ALGORITHMS).encode()),
)
_OFFSET = "How many bytes are safely here"
_EXPIRES = "Until when the upload can be gone on with"
_AT_MOST_HEADER = 4096

Resumable = Annotated[str, Meta(description="1.0.0, the version of tus", examples=["1.0.0"])]


class TusHeaders(Struct, frozen=True, kw_only=True, rename={"resumable": "Tus-Resumable"}):
    """What every request of tus says."""

    resumable: Resumable | None = None


class BeginHeaders(
    TusHeaders, frozen=True, kw_only=True, rename={"length": "Upload-Length", "metadata": "Upload-Metadata"}
):
    """How many bytes will come, and of which file: pairs of a name and a value in Base64, with commas between."""

    length: Annotated[int, Meta(ge=0, le=2**53, description="Size of the file in bytes")]
    metadata: Annotated[
        str,
        Meta(
            max_length=_AT_MOST_HEADER,
            description="`digest` (SHA-256, hexadecimal), `job_id`, and if you like `purpose` and `filetype`",
        ),
    ]


class PieceHeaders(
    TusHeaders, frozen=True, kw_only=True, rename={"offset": "Upload-Offset", "checksum": "Upload-Checksum"}
):
    """Where the piece begins, and what it comes to."""

    offset: Annotated[int, Meta(ge=0, le=2**53, description="Where the upload stands; HEAD says it")]
    checksum: (
        Annotated[str, Meta(max_length=200, description="`sha1` or `sha256`, a blank, and the piece's own in Base64")]
        | None
    ) = None


class Promised(Struct, frozen=True, kw_only=True):
    """What the metadata promise, each value as text."""

    digest: Digest
    job_id: UUID
    purpose: Purpose | None = None
    filetype: Annotated[str, Meta(max_length=100)] | None = None


class UploadState(Output, frozen=True, kw_only=True):
    """How far an upload has come. `finished_at` is null until the file was found to be the one that was named."""

    id: UUID
    job_id: UUID
    digest: str
    size_bytes: int
    offset_bytes: int
    expires_at: datetime
    finished_at: datetime | None


@post(
    BELOW,
    right="send_attachments",
    status=201,
    options=OPTIONS,
    problems=(
        "not_found",
        "tus_version_unsupported",
        "upload_metadata_invalid",
        "attachment_empty",
        "attachment_too_large",
        "too_many_uploads",
        "storage_full",
    ),
    answer_headers={"Location": "Where the bytes go", "Upload-Offset": _OFFSET, "Upload-Expires": _EXPIRES},
)
async def begin_upload(actor: Actor, database: Database, request: HttpRequest, headers: BeginHeaders) -> Done:
    """Begin to send a file for a job.

    The job must be known here: push the fact that names the file first. A job out of your scope is not found, unless
    you named this very file in it before. Send the bytes also when the server may have them already: it never tells.
    """
    settings = _spoken(request, headers)
    if headers.length == 0:
        raise Refused("attachment_empty")
    if headers.length > settings.attachment_bytes:
        raise Refused("attachment_too_large", limit_bytes=settings.attachment_bytes)
    upload = _upload(actor, headers, _promised(headers.metadata))
    async with database.transaction() as db:
        if not await uploads.may_send(db, actor, upload.job_id, upload.digest):
            raise Refused("not_found")
        if await uploads.unfinished(db, actor) >= MOST_UNFINISHED:
            raise Refused("too_many_uploads", headers=((b"retry-after", b"60"),), most=MOST_UNFINISHED)
        await spool.in_thread(spool.begin, spool.path_of(settings, upload.org_id, upload.id))
        await uploads.add(db, upload)
    return Done((*_told(upload), (b"location", f"{BELOW}/{upload.id}".encode())))


@get(
    f"{BELOW}/{{upload_id}}",
    right="send_attachments",
    problems=("not_found", "tus_version_unsupported", "digest_mismatch", "storage_full"),
    options=OPTIONS,
    response=UploadState,
)
async def read_upload(
    actor: Actor, database: Database, request: HttpRequest, headers: TusHeaders, upload_id: UUID
) -> Page:
    """Ask how far an upload has come. HEAD is how tus asks: `Upload-Offset` is what survives whatever happens.

    Your own uploads only. One whose bytes are all here is finished by this question, if a crash came in between.
    """
    settings = _spoken(request, headers)
    async with database.reader() as db:
        upload = await uploads.find(db, actor, upload_id)
    upload = await _standing(settings, upload)
    if upload.is_whole and upload.finished_at is None:
        upload = await finish(database, settings, upload)
    said = {name: getattr(upload, name) for name in UploadState.__struct_fields__ if name != "digest"}
    state = UploadState(**said, digest=upload.digest.hex())
    metadata = (b"upload-metadata", upload.metadata.encode("latin-1"))
    return Page(msgspec.json.encode(state), "application/json", (*_told(upload), metadata))


@patch(
    f"{BELOW}/{{upload_id}}",
    right="send_attachments",
    status=204,
    streams=PIECE,
    problems=(
        "not_found",
        "tus_version_unsupported",
        "upload_offset_mismatch",
        "upload_too_long",
        "checksum_unsupported",
        "checksum_mismatch",
        "digest_mismatch",
        "media_type_refused",
        "media_type_mismatch",
        "image_too_large",
        "image_unreadable",
        "storage_full",
    ),
    answer_headers={"Upload-Offset": _OFFSET, "Upload-Expires": _EXPIRES},
)
async def send_piece(
    actor: Actor, database: Database, request: HttpRequest, headers: PieceHeaders, upload_id: UUID
) -> Done:
    """Send bytes from where the upload stands. What arrives stays, also when the connection breaks.

    The body is the bytes themselves, as `application/offset+octet-stream`; leave it to a library that speaks tus.

    With the last byte the whole is compared with the digest and looked at: 204 then says that the file is kept for
    good and that the facts that name it in this job wait for it no longer. Otherwise the upload is gone with its bytes.
    """
    settings = _spoken(request, headers)
    if header(request, b"content-type") != PIECE.encode():
        raise Refused("media_type_unsupported")
    checksum = checksum_of(headers.checksum)
    async with database.transaction() as db:
        upload = await uploads.take(db, actor, upload_id)
    upload = await _standing(settings, upload)
    if headers.offset != upload.offset_bytes:
        raise Refused("upload_offset_mismatch", headers=_told(upload))
    if upload.finished_at is None:
        upload = await receive(database, settings, request, upload, checksum)
        if upload.is_whole:
            upload = await finish(database, settings, upload)
    return Done(_told(upload))


@delete(
    f"{BELOW}/{{upload_id}}",
    right="send_attachments",
    problems=("not_found", "tus_version_unsupported"),
)
async def end_upload(
    actor: Actor, db: AsyncConnection, request: HttpRequest, headers: TusHeaders, upload_id: UUID
) -> None:
    """Give an upload up, and what was sent of it. A file that is kept already stays."""
    settings = _spoken(request, headers)
    if await uploads.find(db, actor, upload_id) is None:
        raise Refused("not_found")
    await uploads.remove(db, actor.org_id, upload_id)
    await spool.in_thread(spool.remove, spool.path_of(settings, actor.org_id, upload_id))


def _spoken(request: HttpRequest, headers: TusHeaders) -> Settings:
    """The settings, once it is clear that the other side speaks this version."""
    if headers.resumable != VERSION:
        raise Refused("tus_version_unsupported", headers=((b"tus-version", VERSION.encode()),))
    settings: Settings = request.app.state.settings
    return settings


def _promised(metadata: str) -> Promised:
    """The names that count; others are kept and given back, and mean nothing here."""
    found: dict[str, str] = {}
    for pair in metadata.split(","):
        name, _, encoded = pair.strip().partition(" ")
        if name in found:
            raise Refused("upload_metadata_invalid", name=name[:40])
        if name in Promised.__struct_fields__:
            found[name] = _decoded(name, encoded)
    try:
        return msgspec.convert(found, Promised, strict=False)
    except msgspec.ValidationError as wrong:
        named = [
            name for name in Promised.__struct_fields__ if f"`$.{name}`" in str(wrong) or f"`{name}`" in str(wrong)
        ]
        raise Refused("upload_metadata_invalid", name=", ".join(named)) from None


def _decoded(name: str, encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        raise Refused("upload_metadata_invalid", name=name) from None


def _upload(actor: Actor, headers: BeginHeaders, promised: Promised) -> Upload:
    return Upload(
        org_id=actor.org_id,
        id=uuid4(),
        job_id=promised.job_id,
        member_id=actor.member_id,
        device_id=actor.device_id,
        digest=bytes.fromhex(promised.digest),
        size_bytes=headers.length,
        offset_bytes=0,
        purpose=None if promised.purpose is None else promised.purpose.value,
        media_type=promised.filetype,
        metadata=headers.metadata,
        turn=0,
        expires_at=datetime.now(UTC) + KEPT_FOR,
        finished_at=None,
    )


async def _standing(settings: Settings, upload: Upload | None) -> Upload:
    """The upload as it truly stands, were its file lost or put back from a backup; not found when there is none."""
    if upload is None:
        raise Refused("not_found")
    if upload.finished_at is not None:
        return upload
    there = await spool.in_thread(spool.size_of, spool.path_of(settings, upload.org_id, upload.id))
    return msgspec.structs.replace(upload, offset_bytes=min(upload.offset_bytes, there))


def _told(upload: Upload) -> Headers:
    return (
        *API_POLICY,
        *NOT_STORED,
        (b"upload-offset", b"%d" % upload.offset_bytes),
        (b"upload-length", b"%d" % upload.size_bytes),
        (b"upload-expires", format_datetime(upload.expires_at.astimezone(UTC), usegmt=True).encode()),
    )
