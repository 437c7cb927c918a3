"""The cursor as text: what was written is read, and nothing else that PostgreSQL would choke on."""

import base64
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.cursor import Cursor, Place, read, write

xids = st.integers(1, 2**63 - 1)


@st.composite
def snapshots(draw: st.DrawFn) -> str:
    """What `pg_current_snapshot()` may answer."""
    lowest, highest = sorted((draw(xids), draw(xids)))
    running = draw(st.lists(st.integers(lowest, highest - 1), unique=True, max_size=6)) if lowest < highest else []
    return f"{lowest}:{highest}:{','.join(map(str, sorted(running)))}"


places = st.builds(Place, xid=st.integers(0, 2**63 - 1), document_id=st.uuids())
cursors = st.builds(
    Cursor,
    epoch=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60),
    scopes=st.lists(st.uuids(), max_size=5).map(tuple),
    seen=st.none() | snapshots(),
    target=snapshots(),
    after=st.none() | places,
)


@given(cursors)
def test_what_was_written_is_read(cursor: Cursor) -> None:
    assert read(write(cursor)) == cursor


@given(st.text(max_size=200) | st.binary(max_size=120).map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_anything_else_is_read_as_nothing_or_as_a_sound_cursor(text: str) -> None:
    found = read(text)
    assert found is None or read(write(found)) == found


@given(cursors, st.integers(0, 10_000), st.integers(0, 7))
def test_a_flipped_bit_yields_nothing_or_a_sound_cursor(cursor: Cursor, at: int, bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(write(cursor) + "=="))
    raw[at % len(raw)] ^= 1 << bit
    found = read(base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode())
    assert found is None or read(write(found)) == found


@pytest.mark.parametrize(
    "snapshot",
    ["9:3:", "0:3:", "3:9:9", "3:9:2", "3:9:5,4", "3:9:4,4", f"1:{2**63}:", "٣:٩:", "3:9", "3:9:\n", "a", "", "-1:3:"],
)
def test_a_snapshot_that_postgresql_would_not_write_is_not_taken(snapshot: str) -> None:
    assert read(write(Cursor(epoch="e", scopes=(), seen=snapshot))) is None
    assert read(write(Cursor(epoch="e", scopes=(), seen=None, target=snapshot))) is None


@pytest.mark.parametrize(
    "cursor",
    [
        Cursor(epoch="e\0", scopes=(), seen=None),
        Cursor(epoch="e", scopes=(), seen=None, after=Place(1, UUID(int=1))),
        Cursor(epoch="e", scopes=(), seen=None, target="1:2:", after=Place(-1, UUID(int=1))),
        Cursor(epoch="e", scopes=(), seen=None, target="1:2:", after=Place(2**63, UUID(int=1))),
    ],
)
def test_a_cursor_that_was_never_handed_out_is_not_taken(cursor: Cursor) -> None:
    assert read(write(cursor)) is None


def test_a_cursor_with_more_behind_it_is_not_taken() -> None:
    raw = msgspec.msgpack.encode(Cursor(epoch="e", scopes=(), seen=None)) + b"\xc0"
    assert read(base64.urlsafe_b64encode(raw).decode()) is None
