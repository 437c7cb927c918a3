"""Sending a file's bytes, in as many pieces as the signal asks for, by the tus 1.0 protocol (https://tus.io)."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.attachments import spool
from service.attachments.finishing import finish
from service.attachments.headers import BeginHeaders, PieceHeaders, Promised, TusHeaders, progress_headers, promised
from service.attachments.receiving import ALGORITHMS, checksum_of, receive
from service.database import Database
from service.http.answers import Headers
from service.http.endpoint import HeadersOnly, Media, Output, delete, get, patch, post
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
async def begin_upload(actor: Actor, database: Database, request: HttpRequest, headers: BeginHeaders) -> HeadersOnly:
    """Begin to send a file for a job.

    The job must be known here: push the fact that names the file first. A job out of your scope is not found, unless
    you named this very file in it before. Send the bytes also when the server may have them already: it never tells.
    """
    settings = _spoken(request, headers)
    if headers.length == 0:
        raise Refused("attachment_empty")
    if headers.length > settings.attachment_bytes:
        raise Refused("attachment_too_large", limit_bytes=settings.attachment_bytes)
    upload = _upload(actor, headers, promised(headers.metadata))
    async with database.transaction() as db:
        if not await uploads.may_send(db, actor, upload.job_id, upload.digest):
            raise Refused("not_found")
        # What others left behind waits for the night.
        for expired in await uploads.remove_expired_of(db, actor):
            await spool.in_thread(spool.remove, spool.path_of(settings, actor.org_id, expired))
        if await uploads.unfinished(db, actor) >= MOST_UNFINISHED:
            raise Refused("too_many_uploads", headers=((b"retry-after", b"60"),), most=MOST_UNFINISHED)
        await spool.in_thread(spool.begin, spool.path_of(settings, upload.org_id, upload.id))
        await uploads.add(db, upload)
    return HeadersOnly((*progress_headers(upload), (b"location", f"{BELOW}/{upload.id}".encode())))


@get(
    f"{BELOW}/{{upload_id}}",
    right="send_attachments",
    problems=("not_found", "tus_version_unsupported", "digest_mismatch", "storage_full"),
    options=OPTIONS,
    response=UploadState,
)
async def read_upload(
    actor: Actor, database: Database, request: HttpRequest, headers: TusHeaders, upload_id: UUID
) -> Media:
    """Ask how far an upload has come. tus asks by HEAD: the bytes before `Upload-Offset` survive whatever happens.

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
    return Media(msgspec.json.encode(state), "application/json", (*progress_headers(upload), metadata))


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
) -> HeadersOnly:
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
        raise Refused("upload_offset_mismatch", headers=progress_headers(upload))
    if upload.finished_at is None:
        upload = await receive(database, settings, request, upload, checksum)
        if upload.is_whole:
            upload = await finish(database, settings, upload)
    return HeadersOnly(progress_headers(upload))


@delete(
    f"{BELOW}/{{upload_id}}",
    right="send_attachments",
    problems=("not_found", "tus_version_unsupported"),
)
async def end_upload(
    actor: Actor, db: AsyncConnection, request: HttpRequest, headers: TusHeaders, upload_id: UUID
) -> None:
    """Give up an upload, and delete what was sent of it. A file that is already kept stays."""
    settings = _spoken(request, headers)
    if await uploads.find(db, actor, upload_id) is None:
        raise Refused("not_found")
    await uploads.remove(db, actor.org_id, upload_id)
    await spool.in_thread(spool.remove, spool.path_of(settings, actor.org_id, upload_id))


def _spoken(request: HttpRequest, headers: TusHeaders) -> Settings:
    """The settings; refused when the client speaks another version of tus. Who merely reads need not speak it."""
    is_plain = headers.resumable is None and request.scope.get("method") == "GET"
    if headers.resumable != VERSION and not is_plain:
        raise Refused("tus_version_unsupported", headers=((b"tus-version", VERSION.encode()),))
    settings: Settings = request.app.state.settings
    return settings


def _upload(actor: Actor, headers: BeginHeaders, what: Promised) -> Upload:
    return Upload(
        org_id=actor.org_id,
        id=uuid4(),
        job_id=what.job_id,
        member_id=actor.member_id,
        device_id=actor.device_id,
        digest=bytes.fromhex(what.digest),
        size_bytes=headers.length,
        offset_bytes=0,
        purpose=None if what.purpose is None else what.purpose.value,
        media_type=what.filetype,
        metadata=headers.metadata,
        turn=0,
        expires_at=datetime.now(UTC) + KEPT_FOR,
        finished_at=None,
    )


async def _standing(settings: Settings, upload: Upload | None) -> Upload:
    """The upload as its file really stands, even if that was lost or restored from a backup; or `not_found`."""
    if upload is None:
        raise Refused("not_found")
    if upload.finished_at is not None:
        return upload
    there = await spool.in_thread(spool.size_of, spool.path_of(settings, upload.org_id, upload.id))
    return msgspec.structs.replace(upload, offset_bytes=min(upload.offset_bytes, there))
