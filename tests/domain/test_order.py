"""Positions: what an author had seen comes before what they said, whatever the clocks say."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from msgspec.structs import replace

from domain.facts import Fact, door, shared
from domain.order import Tail, after, arranged, in_order
from tests.domain.builders import VISIT, A, B, history, numbered, opened, planned, said
from tests.domain.histories import histories, many

NOTE = shared.NoteAdded(text="到了")


@many
@given(histories())
def test_nobody_precedes_what_they_had_seen(facts: list[Fact]) -> None:
    place = {fact.id: index for index, fact in enumerate(in_order(facts))}
    for fact in facts:
        assert all(place[seen.id] < place[fact.id] for seen in facts[: fact.base_version])


@many
@given(histories())
def test_a_device_is_never_put_out_of_its_own_order(facts: list[Fact]) -> None:
    last: dict[object, int] = {}
    for fact in in_order(facts):
        if fact.seq is not None:
            assert last.get(fact.device_id, 0) < fact.seq
            last[fact.device_id] = fact.seq


@many
@given(histories(hostile=True))
def test_every_fact_has_exactly_one_place_however_broken_the_claims(facts: list[Fact]) -> None:
    assert sorted(fact.id for fact in in_order(facts)) == sorted(fact.id for fact in facts)


@many
@given(histories(hostile=True))
def test_a_tail_that_goes_on_is_the_tail_of_the_longer_log(facts: list[Fact]) -> None:
    tail: Tail | None = Tail()
    for number, fact in enumerate(facts, 1):
        tail = after(arranged(facts[: number - 1]).tail, fact)
        if tail is not None:
            assert tail == arranged(facts[:number]).tail
            assert in_order(facts[:number])[-1] == fact


def test_unaware_facts_stand_by_their_corrected_time() -> None:
    late_arrival = history(opened(), said(B, NOTE, "09:30", sees=1), said(A, NOTE, "09:10", sees=1))
    assert _clocks(late_arrival) == ["08:00", "09:10", "09:30"]


def test_a_clock_that_runs_behind_does_not_put_an_answer_before_its_question() -> None:
    facts = history(opened(), planned("08:30"), said(A, door.VisitAccepted(), "08:10", sees=2, visit=VISIT))
    assert _clocks(facts) == ["08:00", "08:30", "08:10"]


def test_a_device_whose_clock_was_set_back_keeps_its_own_order() -> None:
    facts = history(opened(), said(A, NOTE, "09:30", sees=1), said(A, NOTE, "09:10", sees=1))
    assert _clocks(facts) == ["08:00", "09:30", "09:10"]


def test_a_base_from_the_future_means_all_that_was_there() -> None:
    facts = history(opened("09:00"), said(A, NOTE, "08:00", sees=2**53), said(B, NOTE, "08:30", sees=1))
    assert _clocks(facts) == ["09:00", "08:00", "08:30"]


def test_two_facts_with_one_counter_have_a_place_each() -> None:
    facts = history(opened(), said(A, NOTE, "09:30", sees=1), said(A, NOTE, "09:10", sees=1))
    doubled = [replace(fact, seq=None if fact.seq is None else 1) for fact in facts]
    assert len(in_order(doubled)) == 3


def test_two_facts_with_one_counter_stand_in_one_order_whichever_arrives_first() -> None:
    first, second = (
        replace(fact, seq=1) for fact in history(said(A, NOTE, "09:30", sees=0), said(A, NOTE, "09:10", sees=0))
    )
    assert [f.id for f in in_order(numbered([first, second]))] == [f.id for f in in_order(numbered([second, first]))]


def test_a_device_that_claims_to_have_seen_less_than_before_sends_the_fold_back() -> None:
    facts = history(opened(), planned(), said(A, NOTE, "09:00", sees=2), said(A, NOTE, "09:10", sees=0))
    assert after(arranged(facts[:3]).tail, facts[3]) is None


def test_the_next_fact_goes_on_from_an_empty_log() -> None:
    (first,) = history(opened())
    assert after(Tail(), first) == arranged([first]).tail


def test_a_fact_at_the_same_instant_by_somebody_unaware_sends_the_fold_back() -> None:
    first, second = history(said(A, NOTE, "09:00", sees=0), said(B, NOTE, "09:00", sees=0))
    assert after(arranged([first]).tail, second) is None
    a_second_later = replace(second, corrected_at=second.corrected_at + timedelta(seconds=1))
    assert after(arranged([first]).tail, a_second_later) is not None


def _clocks(facts: Sequence[Fact]) -> list[str]:
    return [f"{fact.corrected_at:%H:%M}" for fact in in_order(facts)]
