"""A push with broken facts: what is whole is recorded, what is broken is kept, and no phone forgets what was not."""

from typing import Any
from uuid import uuid5

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.record import Record, read
from sync.salvage import facts_apart
from tests.sync.examples import JOB, NAMESPACE, NOON
from tests.sync.test_record import json_values, objects

HEAD, TAIL = b'{"device_clock":null,"facts":[', b'],"cursor":"c","purged":["%s"]}' % str(JOB).encode()
TEXTS = st.text('ab压[]{}",:\\\n', max_size=8)


def note(number: int, text: str) -> bytes:
    """A whole fact, with whatever makes strings and brackets hard to tell apart in its text."""
    said = {
        "id": str(uuid5(NAMESPACE, str(number))),
        "job_id": str(JOB),
        "happened_at": NOON,
        "note_added": {"text": "a" + text},
    }
    return msgspec.json.encode(said if number % 2 else dict(reversed(said.items())))


@st.composite
def outboxes(draw: st.DrawFn) -> tuple[list[bytes], list[bytes]]:
    """Facts as a phone wrote them, and as its storage gives them back: some cut short, some with bytes overwritten."""
    whole = [note(number, draw(TEXTS)) for number in range(draw(st.integers(1, 6)))]
    return whole, [draw(damaged(each)) if draw(st.integers(0, 2)) == 0 else each for each in whole]


@st.composite
def damaged(draw: st.DrawFn, fact: bytes) -> bytes:
    at = draw(st.integers(0, len(fact) - 1))
    if draw(st.booleans()):
        return fact[: at + 1]
    noise = draw(st.binary(max_size=4) | st.text('{}[]",:\\', max_size=4).map(str.encode))
    return fact[:at] + noise + fact[at + draw(st.integers(0, 12)) :]


class Facts(msgspec.Struct):
    """A push as a server decodes it when nothing in it is broken."""

    facts: list[msgspec.Raw]


def pushed(facts: list[bytes]) -> tuple[list[bytes], int]:
    """The facts that a server finds in the push, and how many of them it answers."""
    body = HEAD + b",".join(facts) + TAIL
    try:
        found = [bytes(each) for each in msgspec.json.decode(body, type=Facts).facts]
    except (msgspec.MsgspecError, UnicodeDecodeError):
        apart = facts_apart(body)
        assert apart is not None
        assert apart.rest == HEAD + TAIL
        return apart.facts, apart.counted
    return found, len(found)


@given(outboxes())
def test_no_phone_forgets_what_is_not_kept(outbox: tuple[list[bytes], list[bytes]]) -> None:
    whole, sent = outbox
    found, counted = pushed(sent)
    kept = b"\n".join(found)
    for was, fact in zip(whole[:counted], sent[:counted], strict=True):
        assert was != fact or fact in kept


@given(outboxes())
def test_whatever_is_broken_every_whole_fact_is_read_within_as_many_pushes_as_there_are_facts(
    outbox: tuple[list[bytes], list[bytes]],
) -> None:
    whole, sent = outbox
    waiting, recorded, pushes = list(sent), set[bytes](), 0
    while waiting:
        found, counted = pushed(waiting)
        recorded |= {each for each in found if isinstance(read(each), Record)}
        assert counted > 0
        waiting, pushes = waiting[counted:], pushes + 1
    assert pushes <= len(sent)
    assert {was for was, fact in zip(whole, sent, strict=True) if was == fact} <= recorded


@given(outboxes(), st.integers(0, 10**6))
def test_a_push_that_is_cut_forgets_nothing_and_answers_only_what_came_whole(
    outbox: tuple[list[bytes], list[bytes]], at: int
) -> None:
    whole, _ = outbox
    body = HEAD + b",".join(whole) + TAIL
    cut = body[: at % len(body)]
    apart = facts_apart(cut)
    if apart is not None:
        assert apart.facts[: apart.counted] == whole[: apart.counted]


@pytest.mark.parametrize("garbage", [b"]", b"[", b"],", b'"]', b"}]}"])
def test_a_bracket_that_ends_nothing_hides_no_fact(garbage: bytes) -> None:
    before, broken, after = note(0, "a"), garbage + note(1, "b")[:-8], note(2, "c")
    found, _ = pushed([before, broken, after])
    assert (found[0], found[-1]) == (before, after)
    assert b"".join(found[1:-1]).replace(b",", b"") == broken.replace(b",", b"")


@pytest.mark.parametrize("garbage", [b"[", b" [", b"[[", b'["', b"{["])
def test_a_bracket_that_opens_nothing_takes_no_end_from_the_list(garbage: bytes) -> None:
    before, broken = note(0, "a"), note(1, "b") + garbage
    assert pushed([before, broken]) == ([before, broken], 2)
    found, counted = pushed([b"{", before, broken])
    assert (found[-2:], counted) == ([before, broken], 1)


@pytest.mark.parametrize("broken_at", range(len(note(1, "一,{")) - 1))
def test_a_fact_cut_at_any_byte_leaves_its_neighbours_whole(broken_at: int) -> None:
    before, broken, after = note(0, '",{"'), note(1, "一,{")[:broken_at], note(2, "]}")
    found, counted = pushed([before, broken, after])
    assert found == [before, broken.rstrip(), after]
    assert counted in {2, 3}


@pytest.mark.parametrize(
    ("one", "two"),
    [(note(1, "a")[:-8], note(3, "b")[:-8]), (note(1, "a")[:-1].replace(b'"aa"', b"tru"), note(3, "b")[1:])],
    ids=["each broke off inside its text", "an end and a beginning are gone"],
)
def test_two_that_ran_together_are_one_piece_and_nobody_after_them_is_counted(one: bytes, two: bytes) -> None:
    three = note(5, "c")
    found, counted = pushed([one, two, three])
    assert (found, counted) == ([one + b"," + two, three], 1)


no_lists = json_values.filter(lambda value: not isinstance(value, list))


@given(st.lists(no_lists.map(msgspec.json.encode), max_size=6), st.sampled_from([b"", b" ", b"\n\t"]), objects)
def test_facts_are_told_apart_as_a_decoder_would(facts: list[bytes], space: bytes, rest: dict[str, Any]) -> None:
    rest = {name: value for name, value in rest.items() if name != "facts"}
    head = msgspec.json.encode(rest).removesuffix(b"}")
    body = head + (b"," if rest else b"") + b'"facts":[' + (space + b"," + space).join(facts) + b"]}"
    apart = facts_apart(body)
    assert apart is not None
    assert (apart.facts, apart.counted) == (facts, len(facts))
    assert msgspec.json.decode(apart.rest) == {**rest, "facts": []}


def test_an_empty_place_between_facts_is_answered_too() -> None:
    apart = facts_apart(b'{"facts":[{"a":1},,{"b":tru},]}')
    assert apart is not None
    assert (apart.facts, apart.counted) == ([b'{"a":1}', b"", b'{"b":tru}'], 3)


@given(st.binary(max_size=200) | st.text('[]{}",:\\fa', max_size=60).map(str.encode))
def test_telling_facts_apart_never_fails(body: bytes) -> None:
    facts_apart(b'{"facts":' + body)
    facts_apart(b'{"facts":[' + body)
    facts_apart(body)
