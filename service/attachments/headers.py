"""What tus says in headers: what a request states and an upload promises, and how far an upload stands."""

import base64
from datetime import UTC
from email.utils import format_datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from domain.facts.shared import Purpose
from domain.facts.words import Digest
from service.http.answers import API_POLICY, NOT_STORED, Headers
from service.http.errors import Refused
from service.store.evidence.uploads import Upload

_AT_MOST_HEADER = 4096

Resumable = Annotated[
    str, Meta(description="1.0.0, the version of tus; all but GET is 412 without it", examples=["1.0.0"])
]


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


def promised(metadata: str) -> Promised:
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


def progress_headers(upload: Upload) -> Headers:
    """How far the upload stands, how long it is, and until when it can be gone on with."""
    return (
        *API_POLICY,
        *NOT_STORED,
        (b"upload-offset", b"%d" % upload.offset_bytes),
        (b"upload-length", b"%d" % upload.size_bytes),
        (b"upload-expires", format_datetime(upload.expires_at.astimezone(UTC), usegmt=True).encode()),
    )


def _decoded(name: str, encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except ValueError:
        raise Refused("upload_metadata_invalid", name=name) from None
