"""The cursor as text: what was written for a device is read by it, and nothing else is read at all."""

import base64
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from sync.cursor import Cursor, Pages, Place, Snapshot, has_seen, packed, read, spelled, write

KEY, DEVICE = b"k" * 32, UUID(int=7)
xids = st.integers(1, 2**63 - 1)


@st.composite
def snapshots(draw: st.DrawFn) -> str:
    """What `pg_current_snapshot()` may answer."""
    lowest, highest = sorted((draw(xids), draw(xids)))
    running = draw(st.lists(st.integers(lowest, highest - 1), unique=True, max_size=6)) if lowest < highest else []
    return f"{lowest}:{highest}:{','.join(map(str, sorted(running)))}"


def whole(snapshot: str) -> Snapshot:
    """The snapshot up to its own end."""
    return packed(snapshot, int(snapshot.split(":")[1]))


places = st.builds(Place, rank=st.integers(0, 2), xid=xids, document_id=st.uuids())
pages = st.builds(Pages, target=snapshots().map(whole), due_before=st.integers(0, 2**40), after=places)
cursors = st.builds(
    Cursor,
    epoch=st.integers(0, 2**53),
    scopes=st.binary(min_size=8, max_size=8),
    seen=st.none() | snapshots().map(whole),
    pages=st.none() | pages,
)


@given(cursors)
def test_what_was_written_is_read(cursor: Cursor) -> None:
    assert read(write(cursor, KEY, DEVICE), KEY, DEVICE) == cursor


@given(snapshots())
def test_a_snapshot_packed_is_spelled_as_it_was(snapshot: str) -> None:
    assert spelled(whole(snapshot)) == snapshot


@given(snapshots(), xids, xids)
def test_a_snapshot_cut_short_has_seen_what_the_whole_one_had_and_nothing_from_the_cut_on(
    snapshot: str, end: int, xid: int
) -> None:
    end = min(end, int(snapshot.split(":")[1]))
    assert has_seen(packed(snapshot, end), xid) == (xid < end and has_seen(whole(snapshot), xid))


@given(cursors, st.uuids())
def test_another_device_reads_nothing(cursor: Cursor, device_id: UUID) -> None:
    assume(device_id != DEVICE)
    assert read(write(cursor, KEY, DEVICE), KEY, device_id) is None


@given(cursors, st.binary(min_size=32, max_size=32))
def test_another_key_reads_nothing(cursor: Cursor, key: bytes) -> None:
    assume(key != KEY)
    assert read(write(cursor, KEY, DEVICE), key, DEVICE) is None


@given(st.text(max_size=200) | st.binary(max_size=120).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_read_as_nothing(text: str) -> None:
    assert read(text, KEY, DEVICE) is None


@given(cursors, st.integers(0, 10_000), st.integers(0, 7))
def test_a_flipped_bit_yields_nothing(cursor: Cursor, at: int, bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(write(cursor, KEY, DEVICE) + "=="))
    raw[at % len(raw)] ^= 1 << bit
    assert read(base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode(), KEY, DEVICE) is None


def test_a_device_that_has_everything_stores_few_characters() -> None:
    busy = whole("1200300400:1200300471:1200300400,1200300411,1200300470")
    assert len(write(Cursor(epoch=2**53, scopes=b"s" * 8, seen=busy), KEY, DEVICE)) <= 64
