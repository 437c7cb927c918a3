"""Reading one fact as a device wrote it: strictly, alone, and without losing a byte of what is not understood.

On the wire a fact is a record with one optional field per kind, exactly one of them set. Names that are not known
stay in the stored bytes; a fact without a known kind cannot be read and is kept in quarantine.
"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from domain.facts.kinds import KIND_BY_NAME, Kind
from domain.facts.words import Code, Instant, Version


class Envelope(Struct, frozen=True, kw_only=True):
    """What every fact carries besides its body."""

    id: UUID
    job_id: UUID
    visit_id: UUID | None = None
    seq: Version | None = None
    happened_at: Instant
    uptime_ms: Annotated[int, Meta(ge=0, le=2**53)] | None = None
    boot_id: Code | None = None
    base_version: Version = 0
    strict: bool = False


class Record(Struct, frozen=True):
    """A fact that could be read: envelope, kind, body, its bytes, and the digest of its content."""

    envelope: Envelope
    kind: Kind
    body: Struct
    raw: bytes
    digest: bytes

    @property
    def fact_id(self) -> UUID | None:
        """The fact's own id."""
        return self.envelope.id

    @property
    def job_id(self) -> UUID | None:
        """The job it speaks about."""
        return self.envelope.job_id


class Unreadable(Struct, frozen=True):
    """A fact that could not be read: why, where, and whatever could be made out of its ids."""

    code: str
    pointer: str
    message: str
    raw: bytes
    digest: bytes
    fact_id: UUID | None
    job_id: UUID | None


_FIELDS: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENVELOPE = msgspec.json.Decoder(Envelope)
_BODIES: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind.body) for name, kind in KIND_BY_NAME.items()
}
_ANY = msgspec.json.Decoder()
_CANONICAL = msgspec.json.Encoder(order="sorted")
_EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
_LATEST = datetime(9999, 12, 29, tzinfo=UTC)


def read(raw: bytes) -> Record | Unreadable:
    """The fact in these bytes, or why there is none. Never raises."""
    try:
        fields = _FIELDS.decode(raw)
        envelope = _ENVELOPE.decode(raw)
        digest = content_digest(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError, ValueError) as broken:
        return _unreadable(raw, _code_of(broken), "", str(broken))
    if not _EARLIEST <= envelope.happened_at <= _LATEST:
        return _unreadable(raw, "fact_invalid", "/happened_at", "outside the years that can be stored")
    names = [name for name in fields if name in KIND_BY_NAME and bytes(fields[name]) != b"null"]
    if len(names) != 1:
        return _unreadable(raw, "fact_kind_unknown" if not names else "fact_kind_ambiguous", "", ", ".join(names))
    kind = KIND_BY_NAME[names[0]]
    if kind.of_visit and envelope.visit_id is None:
        return _unreadable(raw, "fact_visit_missing", "/visit_id", kind.name)
    try:
        body = _BODIES[kind.name].decode(fields[kind.name])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError, ValueError) as broken:
        return _unreadable(raw, _code_of(broken), f"/{kind.name}", str(broken))
    return Record(envelope, kind, body, raw, digest)


def content_digest(raw: bytes) -> bytes:
    """SHA-256 of the record with its keys sorted: the same content in another spelling is the same fact."""
    return hashlib.sha256(_CANONICAL.encode(_ANY.decode(raw))).digest()


def _code_of(broken: Exception) -> str:
    return "fact_invalid" if isinstance(broken, msgspec.ValidationError) else "fact_malformed"


def _unreadable(raw: bytes, code: str, pointer: str, message: str) -> Unreadable:
    ids = _ids(raw)
    digest = hashlib.sha256(raw).digest()
    return Unreadable(code, pointer, message[:500], raw, digest, ids.get("id"), ids.get("job_id"))


def _ids(raw: bytes) -> dict[str, UUID]:
    try:
        fields = _FIELDS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return {}
    ids: dict[str, UUID] = {}
    for name in ("id", "job_id"):
        try:
            ids[name] = msgspec.json.decode(fields.get(name, b"null"), type=UUID)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
    return ids
