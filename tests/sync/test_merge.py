"""The merge: set union and one fold, an answer for each, and no fact that stops another."""

from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.facts import Fact
from domain.fold import empty, fold
from sync.candidates import Candidate
from sync.merge import JOB_UNKNOWN, SERIAL_ELSEWHERE, Merged, merge
from sync.protocol import Outcome
from sync.verdicts import Verdict
from tests.sync.examples import DISPATCHER, JOB, NOON, OPENED, PLANNED, TECHNICIAN, VISIT, candidate, record

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("visit_accepted", {}),
    ("arrived", {}),
    ("work_started", {}),
    ("note_added", {"text": "a"}),
    ("work_finished", {}),
    ("part_used", {"part_code": "P"}),
    ("job_cancelled", {"side": "company", "reason": "a"}),
)


def opening() -> list[Candidate]:
    opened = record("opened", "job_opened", OPENED)
    planned = record("planned", "visit_planned", PLANNED, visit_id=str(VISIT))
    return [candidate(0, opened, DISPATCHER), candidate(1, planned, DISPATCHER, 1)]


@st.composite
def days(draw: st.DrawFn) -> list[Candidate]:
    """A job and what two devices say of it, in any order of time, some of it strict."""
    found = opening()
    for index in range(draw(st.integers(0, 8))):
        kind, body = draw(st.sampled_from(STEPS))
        base, seq = draw(st.integers(0, 12)), draw(st.none() | st.integers(0, 20))
        said = record(f"{index}", kind, body, visit_id=str(VISIT), base_version=base, seq=seq)
        author = draw(st.sampled_from([DISPATCHER, TECHNICIAN]))
        strict = draw(st.booleans())
        found.append(candidate(len(found), said, author, draw(st.integers(-30, 90)), strict=strict))
    return found


def whole(candidates: list[Candidate], log: list[Fact]) -> Merged:
    merged = merge(fold(JOB, log), log, candidates)
    assert merged is not None
    return merged


def test_facts_of_one_push_begin_where_it_began_and_released_ones_each_where_they_are() -> None:
    merged = whole(opening(), [])
    assert [fact.push_start for fact in recorded(merged)] == [1, 1]

    more = [candidate(2 + n, record(f"{n}", "note_added", {"text": "a"}), DISPATCHER, 2 + n) for n in range(2)]
    log = recorded(merged)
    assert [fact.push_start for fact in recorded(whole(more, log))] == [3, 3]
    let_out = [replace(each, released=True) for each in more]
    assert [fact.push_start for fact in recorded(whole(let_out, log))] == [3, 4]


def recorded(merged: Merged) -> list[Fact]:
    return sorted((each.fact for each in merged.verdicts if each.fact is not None), key=lambda fact: fact.log_number)


@given(days())
def test_each_fact_gets_one_verdict_and_the_log_has_no_gap(candidates: list[Candidate]) -> None:
    merged = whole(candidates, [])
    assert [each.candidate.index for each in merged.verdicts] == [each.index for each in candidates]
    log = recorded(merged)
    assert [fact.log_number for fact in log] == list(range(1, len(log) + 1))
    assert {each.fact is None for each in merged.verdicts if each.answer.log_number is None} <= {True}
    for each in merged.verdicts:
        assert (each.fact is not None) == (each.answer.outcome in {Outcome.RECORDED, Outcome.RECORDED_WITH_FINDINGS})


@given(days())
def test_the_merged_state_is_the_fold_of_the_whole_log(candidates: list[Candidate]) -> None:
    merged = whole(candidates, [])
    assert merged.state == fold(JOB, recorded(merged))


@given(days(), st.integers(1, 9))
def test_what_is_merged_in_two_pushes_is_the_same_job_as_in_one(candidates: list[Candidate], cut: int) -> None:
    """Apart from what strictness refused, which depends on what was known."""
    lax = [replace(each, strict=False) for each in candidates]
    once = whole(lax, [])
    first = whole(lax[:cut], [])
    twice = merge(first.state, recorded(first), lax[cut:])
    assert twice is not None
    assert twice.state == fold(JOB, [*recorded(first), *recorded(twice)])
    assert twice.state.job.version == once.state.job.version


@given(days())
def test_without_the_log_the_merge_gives_the_same_or_asks_for_it(candidates: list[Candidate]) -> None:
    without = merge(empty(JOB), None, candidates)
    assert without is None or without == whole(candidates, [])


@given(days())
def test_a_fact_that_is_set_aside_leaves_no_trace(candidates: list[Candidate]) -> None:
    merged = whole(candidates, [])
    kept = [each.candidate for each in merged.verdicts if each.fact is not None]
    assert whole([replace(each, strict=False) for each in kept], []).state == merged.state


@given(days())
def test_time_that_was_corrected_decides_the_order_and_the_clocks_said_do_not(candidates: list[Candidate]) -> None:
    moved = [
        replace(
            each,
            record=replace(
                each.record,
                envelope=replace(each.record.envelope, happened_at=NOON + timedelta(days=7 * each.index - 30)),
            ),
        )
        for each in candidates
    ]
    assert whole(moved, []).state.job == whole(candidates, []).state.job


def test_a_base_version_from_the_future_is_clamped_and_recorded() -> None:
    note = record("note", "note_added", {"text": "a"}, base_version=2**53, seq=1)
    merged = whole([*opening(), candidate(2, note, TECHNICIAN, -500)], [])
    assert [each.answer.outcome for each in merged.verdicts] == [Outcome.RECORDED] * 3
    assert merged.state.job.version == 3


def test_what_a_strict_author_or_a_person_who_releases_may_not_say_is_refused_to_their_face() -> None:
    stranger = record("note", "note_added", {"text": "a"})
    for more in ({"strict": True}, {"released": True}):
        (verdict,) = whole([candidate(0, stranger, TECHNICIAN, nowhere=True, **more)], []).verdicts
        assert (verdict.answer.outcome, verdict.answer.code) == (Outcome.REFUSED, "job_unknown")
    (verdict,) = whole([candidate(0, stranger, TECHNICIAN, nowhere=True)], []).verdicts
    assert verdict.answer.outcome is Outcome.QUARANTINED


def test_an_outlet_is_opened_in_and_spoken_about_by_its_own_people_only() -> None:
    elsewhere = replace(DISPATCHER, outlet_ids=(uuid4(),))
    opened, planned = opening()
    other = record("other", "job_opened", {**OPENED, "outlet_id": str(elsewhere.outlet_ids[0])})
    verdicts: list[Verdict] = [
        *whole([replace(opened, author=elsewhere)], []).verdicts,
        *whole([opened, replace(planned, author=elsewhere)], []).verdicts,
        *whole([opened, candidate(1, other, elsewhere)], []).verdicts,
        *whole([opened, candidate(1, other, DISPATCHER)], []).verdicts,
    ]
    assert [each.answer.code for each in verdicts] == ["job_unknown", *[None, "job_unknown"] * 3]


def test_facts_of_one_push_are_numbered_in_the_order_given() -> None:
    notes = [candidate(2 + at, record(f"n{at}", "note_added", {"text": "a"}), DISPATCHER, -at) for at in range(5)]
    merged = whole([*opening(), *notes], [])
    numbers = [each.answer.log_number or 0 for each in merged.verdicts]
    assert all(one < other for one, other in pairwise(numbers))


@pytest.mark.parametrize("strict", [True, False])
def test_what_another_job_says_against_a_fact_refuses_it_only_where_somebody_can_look_again(
    strict: bool,  # noqa: FBT001 (a parameter of the law)
) -> None:
    said = record("used", "part_used", {"part_code": "P", "serial_in": "S"}, visit_id=str(VISIT))
    used = replace(candidate(2, said, TECHNICIAN, 2, strict=strict), elsewhere=SERIAL_ELSEWHERE)

    verdict = whole([*opening(), used], []).verdicts[-1]

    assert (verdict.fact is None, verdict.answer.code) == (strict, SERIAL_ELSEWHERE if strict else None)


def test_a_stranger_learns_nothing_of_other_jobs_pieces() -> None:
    said = record("used", "part_used", {"part_code": "P", "serial_in": "S"}, visit_id=str(VISIT))
    used = replace(candidate(0, said, TECHNICIAN, 2, strict=True), elsewhere=SERIAL_ELSEWHERE, nowhere=True)

    assert whole([used], []).verdicts[0].answer.code == JOB_UNKNOWN
