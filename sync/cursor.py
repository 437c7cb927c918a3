"""Where a device stands: an epoch, its scopes, a snapshot of the database. Opaque, signed and stateless.

A pull returns what the cursor's snapshot could not see. While pages are being read, the cursor also carries the
snapshot they are bound to and the last row returned, so that writers cannot shift the pages. A sequence or a time in
this place would lose rows whenever commits finish out of order.
"""

import base64
import hmac
from hashlib import blake2b
from uuid import UUID

import msgspec
from msgspec import Struct

_SIGNATURE_BYTES = 8

Snapshot = tuple[int, ...]
"""A `pg_snapshot` in few bytes: its lowest transaction id; how far from there to its end, and to each open one."""


class Place(Struct, frozen=True, array_like=True):
    """The last row of a page: its rank, the transaction that wrote it, and its document."""

    rank: int
    xid: int
    document_id: UUID


class Pages(Struct, frozen=True, array_like=True):
    """What binds the pages of one pull together. `due_before`, in Unix seconds, tells today's work from the rest."""

    target: Snapshot
    due_before: int
    after: Place


class Cursor(Struct, frozen=True, array_like=True, kw_only=True):
    """`seen` is what the device has; `scopes` the digest of the scopes it holds; `pages` is set between pages."""

    epoch: int
    scopes: bytes
    seen: Snapshot | None
    pages: Pages | None = None


NOWHERE = Cursor(epoch=-1, scopes=b"", seen=None)
"""Where a device stands that has never pulled: what it pulls next is a first pull. No epoch has this number."""

_ENCODER = msgspec.msgpack.Encoder(uuid_format="bytes")
_DECODER = msgspec.msgpack.Decoder(Cursor)


def write(cursor: Cursor, key: bytes, device_id: UUID) -> str:
    """The cursor as text that this device stores and sends back."""
    said = _ENCODER.encode(cursor)
    return base64.urlsafe_b64encode(_signature(said, key, device_id) + said).rstrip(b"=").decode()


def read(text: str, key: bytes, device_id: UUID) -> Cursor | None:
    """The cursor in this text, or None when it was not written for this device under this key. Never raises."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        signature, said = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        genuine = hmac.compare_digest(signature, _signature(said, key, device_id))
        return _DECODER.decode(said) if genuine else None
    except (msgspec.MsgspecError, ValueError):
        return None


def packed(snapshot: str, end: int) -> Snapshot:
    """A snapshot as PostgreSQL spells it, `lowest:end:open,open`, in short; and no further than to `end`."""
    lowest, _, running = snapshot.split(":")
    first = min(int(lowest), end)
    still_open = [int(xid) for xid in running.split(",") if xid]
    return (first, end - first, *(xid - first for xid in still_open if xid < end))


def spelled(snapshot: Snapshot) -> str:
    """The snapshot as PostgreSQL reads it."""
    lowest, length, *running = snapshot
    return f"{lowest}:{lowest + length}:{','.join(str(lowest + each) for each in running)}"


def heard(cursor: Cursor) -> Snapshot | None:
    """What a device that stands here can have heard of: between the pages of a pull, all that they may tell."""
    return cursor.seen if cursor.pages is None else cursor.pages.target


def has_seen(snapshot: Snapshot, xid: int) -> bool:
    """Whether what this transaction wrote was visible in the snapshot."""
    lowest, length, *running = snapshot
    return xid < lowest + length and xid - lowest not in running


def _signature(said: bytes, key: bytes, device_id: UUID) -> bytes:
    return blake2b(said, digest_size=_SIGNATURE_BYTES, key=key, salt=device_id.bytes).digest()
