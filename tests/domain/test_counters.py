"""A phone's counter shows what its author knew only as long as its clock, and what it had pulled, did not go back."""

from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.conflicts.words import ONE_DEVICE, why
from domain.facts import Fact, saw
from domain.facts.shared import Detail
from tests.domain.builders import DESK, A, B, clock, folded, history, job_of, numbered, opened
from tests.domain.edits import sets, values

EARLIER: dict[str, Any] = {"happened_at": clock("09:10"), "base_version": 1, "uptime_ms": 1_000, "boot_id": "boot-1"}
LATER: dict[str, Any] = {"happened_at": clock("09:20"), "base_version": 1, "uptime_ms": 2_000, "boot_id": "boot-1"}
WENT_BACK: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "the wall clock, without an uptime": ({"uptime_ms": None}, {"uptime_ms": None, "happened_at": clock("09:00")}),
    "nothing, but the wall clock stood still": (
        {"uptime_ms": None},
        {"uptime_ms": None, "happened_at": clock("09:10")},
    ),
    "the wall clock, after another start": ({}, {"boot_id": "boot-2", "happened_at": clock("09:00")}),
    "the uptime within one start": ({}, {"uptime_ms": 900}),
    "nothing, but the uptime stood still": ({}, {"uptime_ms": 1_000}),
    "what was pulled": ({"base_version": 2}, {}),
}


def edits(earlier: dict[str, Any], later: dict[str, Any]) -> list[Fact]:
    """A job opened, a note of the desk, and two edits of one phone that has pulled the first alone."""
    first, note, one, other = history(
        opened(), sets(DESK, "x", "08:30", field=Detail.SYMPTOM), sets(A, "a", "09:10"), sets(A, "b", "09:20")
    )
    return [first, note, replace(one, **{**EARLIER, **earlier}), replace(other, **{**LATER, **later})]


def test_an_author_corrects_their_own_edit_without_a_conflict() -> None:
    facts = edits({}, {})
    assert saw(facts[3], facts[2])
    assert folded(facts).conflicts == ()


def test_within_one_start_it_does_not_matter_what_is_done_to_the_wall_clock() -> None:
    facts = edits({}, {"happened_at": clock("09:20") - timedelta(days=30)})
    assert folded(facts).conflicts == ()


@pytest.mark.parametrize("what", WENT_BACK)
def test_where_something_went_back_the_higher_number_stands_and_the_other_value_stays(what: str) -> None:
    first, note, *own = edits(*WENT_BACK[what])
    for arrived in permutations(own):
        job = folded(numbered([first, note, *arrived]))
        (conflict,) = job.conflicts
        assert values(conflict) == (None, "b", "a")
        assert job.details[Detail.ACCESS_NOTE] == "b"


@pytest.mark.parametrize("what", WENT_BACK)
def test_what_came_in_one_push_is_of_one_phone_whatever_went_back(what: str) -> None:
    first, note, one, other = edits(*WENT_BACK[what])
    job = folded([first, note, replace(one, push_start=3), replace(other, push_start=3)])
    assert job.conflicts == ()
    assert job.details[Detail.ACCESS_NOTE] == "b"


def test_a_push_tells_nothing_of_the_one_before_it() -> None:
    first, note, one, other = edits({}, {"uptime_ms": 900})
    (conflict,) = folded([first, note, replace(one, push_start=3), replace(other, push_start=4)]).conflicts
    assert values(conflict) == (None, "b", "a")


@pytest.mark.parametrize(("seq", "device_id"), [(None, A.id), (1, A.id), (9, B.id)])
def test_nor_does_a_push_tell_of_what_another_counted_or_nobody(seq: int | None, device_id: UUID) -> None:
    _, _, one, other = edits({"seq": 2}, {"uptime_ms": 900})
    together = replace(other, seq=seq, device_id=device_id, push_start=3)
    assert not saw(together, replace(one, push_start=3))


def test_it_is_told_that_both_values_come_from_one_device() -> None:
    (conflict,) = folded(edits({}, {"uptime_ms": 900})).conflicts
    assert ONE_DEVICE.en in why(conflict).en
    (between_two,) = job_of(opened(), sets(A, "a", "09:00"), sets(B, "b", "09:10")).conflicts
    assert ONE_DEVICE.en not in why(between_two).en
