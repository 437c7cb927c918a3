"""Facts of older apps: read as today's, kept as they were sent."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from domain.facts.door.attendance import CheckedIn
from domain.facts.shared import NoteAdded
from sync.record import FACT_KIND_UNKNOWN, Record, Unreadable, content_digest, read
from sync.schemas import CURRENT, UP_CASTS, UpCast, lifted
from tests.sync.examples import JOB, NOON, VISIT

# Two versions: a kind was renamed and its field after it; then another field became required.
PLANTED = {
    1: UpCast(kinds={"jotted": "scribbled"}, fields={"scribbled": {"words": "content"}}),
    2: UpCast(
        kinds={"scribbled": "note_added"},
        fields={"note_added": {"content": "text"}},
        defaults={"checked_in": {"uniform": {"code": "uniform", "result": "pass"}}},
    ),
}
BADGE = {"code": "badge", "result": "pass"}


def written(kind: str, body: object, **more: Any) -> bytes:
    said = {"id": str(JOB), "job_id": str(JOB), "visit_id": str(VISIT), "happened_at": NOON.isoformat(), kind: body}
    return msgspec.json.encode({**said, **more})


def body_of(found: Record | Unreadable) -> msgspec.Struct:
    assert isinstance(found, Record), found
    return found.body


@pytest.mark.parametrize(
    ("schema", "kind", "field"), [(1, "jotted", "words"), (2, "scribbled", "content"), (3, "note_added", "text")]
)
def test_a_fact_of_an_app_two_versions_old_says_the_same_and_keeps_its_bytes(
    schema: int, kind: str, field: str
) -> None:
    raw = written(kind, {field: "压缩机", "colour": "red"}, weather="雨")
    found = read(raw, schema, PLANTED)
    assert body_of(found) == NoteAdded(text="压缩机")
    assert (found.raw, found.digest) == (raw, content_digest(raw))


def test_a_field_that_became_required_is_taken_to_be_what_the_table_says() -> None:
    absent, null, given = ({"badge": BADGE}, {"badge": BADGE, "uniform": None}, {"badge": BADGE, "uniform": BADGE})
    told = []
    for body in (absent, null, given):
        found = body_of(read(written("checked_in", body), 1, PLANTED))
        assert isinstance(found, CheckedIn)
        told.append(found.uniform.code)
    assert told == ["uniform", "uniform", "badge"]
    assert isinstance(read(written("checked_in", absent), 3, PLANTED), Unreadable)


def test_names_mean_what_their_own_version_meant_by_them() -> None:
    """A newer app's `jotted` is nothing that is known; an older app's `text` is nothing that it could have meant."""
    found = read(written("jotted", {"words": "a"}), 3, PLANTED)
    assert isinstance(found, Unreadable)
    assert found.code == FACT_KIND_UNKNOWN
    both = read(written("jotted", {"words": "一", "text": "二"}, note_added={"text": "三"}), 1, PLANTED)
    assert body_of(both) == NoteAdded(text="一")


def test_two_names_can_be_exchanged_in_one_version() -> None:
    swap = {1: UpCast(kinds={"a": "b", "b": "a"})}
    assert lifted({"a": Raw(b"1"), "b": Raw(b"2")}, 1, swap) == {"b": Raw(b"1"), "a": Raw(b"2")}


@given(st.sampled_from([b"7", b'"a"', b"null", b"[1]", b'{"a"', b'{"a":\xff}', b""]), st.integers(0, 4))
def test_a_body_that_is_no_object_is_left_to_whoever_decodes_it(body: bytes, schema: int) -> None:
    kinds = {name: Raw(body) for name in ("jotted", "note_added", "checked_in")}
    for found in lifted(kinds, schema, PLANTED).values():
        assert bytes(found) == body


def test_every_entry_of_the_table_starts_from_an_earlier_version() -> None:
    assert all(0 < version < CURRENT for version in UP_CASTS)
