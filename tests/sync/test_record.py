"""Reading one fact: total, strict, and sure about what is the same content."""

import json
import random
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts.door.attendance import VisitOutcome
from domain.facts.kinds import KINDS
from sync.bounds import DEEPEST, is_too_deep
from sync.record import FACT_NAME_TWICE, MOST_SAID, UNREADABLE, Record, Unreadable, content_digest, read
from tests.sync.examples import JOB, NOON

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), json_values, max_size=6)


def a_note(**more: Any) -> dict[str, Any]:
    said = {"id": str(uuid4()), "job_id": str(JOB), "happened_at": NOON.isoformat(), "note_added": {"text": "a"}}
    return {**said, **more}


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode) | json_values.map(msgspec.json.encode))
def test_whatever_is_sent_is_read_or_explained(raw: bytes) -> None:
    found = read(raw)
    assert isinstance(found, Unreadable)
    assert (found.raw, found.code in UNREADABLE) == (raw, True)


@given(st.sampled_from([kind.name for kind in KINDS]), json_values, st.binary(max_size=3), st.integers(0, 400))
def test_a_fact_that_is_nearly_right_is_read_or_explained(kind: str, body: object, noise: bytes, at: int) -> None:
    raw = msgspec.json.encode({**a_note(visit_id=str(JOB), note_added=None), kind: body})
    for each in (raw, raw[:at] + noise + raw[at:], raw[:at]):
        found = read(each)
        assert found.raw == each
        if isinstance(found, Unreadable):
            assert found.code in UNREADABLE


@given(objects, st.randoms(use_true_random=False))
def test_content_is_the_same_in_any_order_spacing_and_spelling(content: dict[str, Any], chance: random.Random) -> None:
    names = list(content)
    chance.shuffle(names)
    other = {"absent": None} | {name: content[name] for name in names}
    spelt = json.dumps(other, indent=chance.choice((None, 3)), ensure_ascii=chance.random() < 0.5).encode()
    assert content_digest(msgspec.json.encode(content)) == content_digest(spelt)


@given(objects, objects)
def test_other_content_has_another_digest(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = without_nulls(one) == without_nulls(other) and repr(without_nulls(one)) == repr(without_nulls(other))
    if not same and sorted_text(one) != sorted_text(other):
        assert content_digest(msgspec.json.encode(one)) != content_digest(msgspec.json.encode(other))


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def sorted_text(value: Any) -> str:
    return json.dumps(without_nulls(value), sort_keys=True)


def test_names_that_are_not_known_stay_in_the_bytes() -> None:
    raw = msgspec.json.encode(a_note(weather="雨"))
    found = read(raw)
    assert isinstance(found, Record)
    assert found.raw == raw
    assert found.digest != content_digest(msgspec.json.encode(a_note(id=str(found.fact_id))))


@pytest.mark.parametrize("name", ["id", "job_id"])
def test_what_can_be_made_out_of_an_unreadable_fact_is_told(name: str) -> None:
    said = a_note(note_added=7)
    found = read(msgspec.json.encode(said))
    assert isinstance(found, Unreadable)
    assert str(getattr(found, "fact_id" if name == "id" else name)) == said[name]
    broken = read(msgspec.json.encode({**said, name: "?"}))
    assert getattr(broken, "fact_id" if name == "id" else name) is None


def test_the_bytes_of_an_unreadable_fact_are_never_taken_for_content() -> None:
    """An app mended, or a server that learned the kind: the same bytes then are a fact of their own."""
    raw = msgspec.json.encode({"a": 1})
    assert read(raw).digest != content_digest(raw)


@given(st.integers(0, 3 * DEEPEST))
def test_a_fact_may_be_nested_so_deeply_and_no_deeper(depth: int) -> None:
    raw = (
        msgspec.json.encode(a_note()).removesuffix(b"}")
        + b',"x":'
        + b"[" * depth
        + b'"[[['
        + b'"'
        + b"]" * depth
        + b"}"
    )
    assert is_too_deep(raw) == (depth + 1 > DEEPEST)
    assert isinstance(read(raw), Record) == (depth + 1 <= DEEPEST)


@pytest.mark.parametrize(
    ("sent", "pointer", "detail"),
    [
        ({"id": "nope", "arrived": {}}, "/id", "Invalid UUID"),
        ({"happened_at": "2026-11-22 10:00", "arrived": {}}, "/happened_at", "Invalid RFC3339 encoded datetime"),
        ({"visit_ended": {}}, "/visit_ended/outcome", "Object missing required field `outcome`"),
        (
            {"visit_ended": {"outcome": "vanished"}},
            "/visit_ended/outcome",
            f"Invalid enum value 'vanished'; allowed: {', '.join(VisitOutcome)}",
        ),
        ({"fees_disclosed": {"lines": [{}], "total_fen": 1}}, "/fees_disclosed/lines/0/line_id", None),
        ({"visit_accepted": 7}, "/visit_accepted", "Expected `object`, got `int`"),
        ({"tea_served": {}}, "", "tea_served"),
        ({"arrived": {}, "departed": {}}, "", "arrived, departed"),
    ],
)
def test_an_unreadable_fact_is_told_with_the_place_and_the_reason(
    sent: dict[str, Any], pointer: str, detail: str | None
) -> None:
    whole = {"id": str(uuid4()), "job_id": str(JOB), "visit_id": str(uuid4()), "happened_at": NOON.isoformat()}
    found = read(msgspec.json.encode({**whole, **sent}))

    assert isinstance(found, Unreadable)
    assert found.pointer == pointer
    assert detail in (None, found.message)


def test_what_is_said_of_a_fact_stays_short_however_long_its_names_are() -> None:
    whole = {"id": str(uuid4()), "job_id": str(JOB), "visit_id": str(uuid4()), "happened_at": NOON.isoformat()}
    twice = b'"%b": 1' % (b"x" * 100_000)
    found = read(b'%b, "arrived": {}, %b, %b}' % (msgspec.json.encode(whole)[:-1], twice, twice))

    assert isinstance(found, Unreadable)
    assert (found.code, len(found.pointer)) == (FACT_NAME_TWICE, MOST_SAID)
