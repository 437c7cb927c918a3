"""Reading one fact as a device wrote it: strictly, alone, and without losing a byte of what is not understood.

On the wire a fact is a record with one optional field per kind, exactly one of them set. Names that are not known
stay in the stored bytes; a fact without a known kind cannot be read and is kept in quarantine.
"""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from domain.facts.kinds import KIND_BY_NAME, Kind
from domain.facts.words import Code, Instant, Version
from sync.bounds import DEEPEST, is_too_deep, unstorable
from sync.misfits import place_and_reason
from sync.repeated_names import may_repeat, repeated_name
from sync.schemas import CURRENT, UP_CASTS, UpCast, lifted

_Told = TypeVar("_Told")


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

    @property
    def seq(self) -> int | None:
        """The number that its device gave it."""
        return self.envelope.seq


class Unreadable(Struct, frozen=True):
    """A fact that could not be read: why, where, and whatever could be made out of its ids and its number."""

    code: str
    pointer: str
    message: str
    raw: bytes
    digest: bytes
    fact_id: UUID | None
    job_id: UUID | None
    seq: int | None


FACT_INVALID, FACT_MALFORMED, FACT_VISIT_MISSING = "fact_invalid", "fact_malformed", "fact_visit_missing"
FACT_KIND_UNKNOWN, FACT_KIND_AMBIGUOUS = "fact_kind_unknown", "fact_kind_ambiguous"
FACT_NAME_TWICE = "fact_name_twice"
MOST_SAID = 500
"""Characters of a pointer or a reason: they are answered and kept, and may be as long as the fact."""
UNREADABLE = (
    FACT_INVALID,
    FACT_MALFORMED,
    FACT_VISIT_MISSING,
    FACT_KIND_UNKNOWN,
    FACT_KIND_AMBIGUOUS,
    FACT_NAME_TWICE,
)

_BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError, ValueError)
_FIELDS: msgspec.json.Decoder[dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENVELOPE = msgspec.json.Decoder(Envelope)
_NAMES = frozenset(Envelope.__struct_fields__)
_BODIES: dict[str, msgspec.json.Decoder[Any]] = {
    name: msgspec.json.Decoder(kind.body) for name, kind in KIND_BY_NAME.items()
}
_ANY = msgspec.json.Decoder()
_ID: msgspec.json.Decoder[UUID] = msgspec.json.Decoder(UUID)
_NUMBER: msgspec.json.Decoder[int] = msgspec.json.Decoder(Version)
_CANONICAL = msgspec.json.Encoder(order="sorted")


def read(raw: bytes, schema: int = CURRENT, up_casts: Mapping[int, UpCast] = UP_CASTS) -> Record | Unreadable:
    """The fact in these bytes, written by version `schema` of the contract, or why there is none. Never raises."""
    if is_too_deep(raw):
        return _unreadable(raw, FACT_MALFORMED, "", f"nested more than {DEEPEST} deep")
    try:
        fields = lifted(_FIELDS.decode(raw), schema, up_casts)
        envelope = _ENVELOPE.decode(raw)
        written = _CANONICAL.encode(content := _ANY.decode(raw))
    except _BROKEN as broken:
        return _unfit(raw, broken, "", Envelope)
    if may_repeat(raw, written) and (twice := repeated_name(raw)) is not None:
        return _unreadable(raw, FACT_NAME_TWICE, twice, "given twice")
    return _of_one_kind(envelope, fields, raw, _digest(raw, content, written))


def content_digest(raw: bytes) -> bytes:
    """SHA-256 of the record with its keys sorted: the same content in another spelling is the same fact."""
    content = _ANY.decode(raw)
    return _digest(raw, content, _CANONICAL.encode(content))


def _of_one_kind(envelope: Envelope, fields: dict[str, msgspec.Raw], raw: bytes, digest: bytes) -> Record | Unreadable:
    names = [name for name in fields if name in KIND_BY_NAME and bytes(fields[name]) != b"null"]
    if not names:
        return _unreadable(raw, FACT_KIND_UNKNOWN, "", ", ".join(name for name in fields if name not in _NAMES))
    if len(names) > 1:
        return _unreadable(raw, FACT_KIND_AMBIGUOUS, "", ", ".join(names))
    kind = KIND_BY_NAME[names[0]]
    if kind.of_visit and envelope.visit_id is None:
        return _unreadable(raw, FACT_VISIT_MISSING, "/visit_id", kind.name)
    return _whole(Record(envelope, kind, Struct(), raw, digest), fields[kind.name])


def _digest(raw: bytes, content: object, written: bytes) -> bytes:
    return hashlib.sha256(_CANONICAL.encode(_without_nulls(content)) if b"null" in raw else written).digest()


def _whole(record: Record, raw_body: msgspec.Raw) -> Record | Unreadable:
    name = record.kind.name
    try:
        body = _BODIES[name].decode(raw_body)
    except _BROKEN as broken:
        return _unfit(record.raw, broken, f"/{name}", record.kind.body)
    found = unstorable(record.raw, {"": record.envelope, f"/{name}": body})
    if found is not None:
        return _unreadable(record.raw, FACT_INVALID, found, "holds a NUL or a moment that cannot be stored")
    return Record(record.envelope, record.kind, body, record.raw, record.digest)


def _unfit(raw: bytes, broken: Exception, above: str, kind: object) -> Unreadable:
    if isinstance(broken, msgspec.ValidationError):
        return _unreadable(raw, FACT_INVALID, *place_and_reason(str(broken), above, kind))
    return _unreadable(raw, FACT_MALFORMED, above, str(broken))


def _without_nulls(content: object) -> object:
    """Null means absent, so that writing it out or leaving it away is the same content."""
    if isinstance(content, dict):
        return {name: _without_nulls(value) for name, value in content.items() if value is not None}
    return [_without_nulls(each) for each in content] if isinstance(content, list) else content


def _unreadable(raw: bytes, code: str, pointer: str, message: str) -> Unreadable:
    fields = _fields(raw)
    # Not the digest of any content: should the bytes become readable one day, they are a fact of their own.
    digest = hashlib.sha256(b"unreadable:" + raw).digest()
    fact_id, job_id = (_told(fields, name, _ID) for name in ("id", "job_id"))
    return Unreadable(
        code, pointer[:MOST_SAID], message[:MOST_SAID], raw, digest, fact_id, job_id, _told(fields, "seq", _NUMBER)
    )


def _fields(raw: bytes) -> dict[str, msgspec.Raw]:
    try:
        return _FIELDS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return {}


def _told(fields: dict[str, msgspec.Raw], name: str, decoder: msgspec.json.Decoder[_Told]) -> _Told | None:
    try:
        return decoder.decode(fields[name]) if name in fields else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
