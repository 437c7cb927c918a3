"""Where a device stands: an epoch, a snapshot of the database, and the scopes it covers. Opaque and stateless.

A pull returns what the cursor's snapshot could not see. While pages are being read, the cursor also carries the
target snapshot they are bound to and the last row returned, so that writers cannot shift the pages. A sequence or a
time in this place would lose rows whenever commits finish out of order.
"""

import base64
import re
from itertools import pairwise
from uuid import UUID

import msgspec
from msgspec import Struct

SNAPSHOT = re.compile(r"(\d{1,19}):(\d{1,19}):((?:\d{1,19},)*\d{1,19})?", re.ASCII)
_LARGEST = 2**63 - 1


class Place(Struct, frozen=True, array_like=True):
    """The last row of a page: the transaction that wrote it, and its document."""

    xid: int
    document_id: UUID


class Cursor(Struct, frozen=True, array_like=True, kw_only=True):
    """`seen` is what the device has; `target` and `after` are set between the pages of one pull."""

    epoch: str
    scopes: tuple[UUID, ...]
    seen: str | None
    target: str | None = None
    after: Place | None = None


_ENCODER = msgspec.msgpack.Encoder(uuid_format="bytes")
_DECODER = msgspec.msgpack.Decoder(Cursor)


def write(cursor: Cursor) -> str:
    """The cursor as text that a device stores and sends back."""
    return base64.urlsafe_b64encode(_ENCODER.encode(cursor)).rstrip(b"=").decode()


def read(text: str) -> Cursor | None:
    """The cursor in this text, or None when it is not one of ours. Never raises."""
    try:
        cursor = _DECODER.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (msgspec.MsgspecError, ValueError):
        return None
    snapshots = [snapshot for snapshot in (cursor.seen, cursor.target) if snapshot is not None]
    if not all(_is_snapshot(snapshot) for snapshot in snapshots):
        return None
    if "\0" in cursor.epoch:
        return None
    if cursor.after is not None and (cursor.target is None or not 0 <= cursor.after.xid <= _LARGEST):
        return None
    return cursor


def _is_snapshot(text: str) -> bool:
    """What PostgreSQL itself accepts as a `pg_snapshot`: xmin <= each open transaction, rising, < xmax."""
    match = SNAPSHOT.fullmatch(text)
    if match is None:
        return False
    lowest, highest = int(match[1]), int(match[2])
    running = [int(xid) for xid in match[3].split(",")] if match[3] else []
    in_range = all(lowest <= xid < highest for xid in running)
    rising = all(one < other for one, other in pairwise(running))
    return 0 < lowest <= highest <= _LARGEST and in_range and rising
