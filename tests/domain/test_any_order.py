"""The laws of the fold, over any facts that can be said in any order (design 2, 4)."""

from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Fact
from domain.facts.desk import CaseDecided, PlanFrozen
from domain.facts.shared import FactRetracted
from domain.fold import Folded, fold, go_on
from domain.job.document import Job
from domain.memory import Memory
from tests.domain.builders import JOB, numbered
from tests.domain.histories import DAWN, histories, many, rearranged


@many
@given(histories(hostile=True), st.randoms(use_true_random=False))
def test_no_list_of_facts_in_any_order_makes_the_fold_raise(facts: list[Fact], chance: Any) -> None:
    chance.shuffle(facts)
    assert fold(JOB, facts).job.version == len(facts)


@many
@given(histories(hostile=True), st.randoms(use_true_random=False))
def test_the_document_does_not_depend_on_the_order_in_which_facts_are_handed_in(facts: list[Fact], chance: Any) -> None:
    shuffled = chance.sample(facts, len(facts))
    assert fold(JOB, shuffled) == fold(JOB, facts)


@many
@given(data=st.data(), hostile=st.booleans())
def test_the_document_is_the_same_for_every_order_of_arrival(data: st.DataObject, *, hostile: bool) -> None:
    facts = data.draw(histories(hostile=hostile))
    again = data.draw(rearranged(facts))
    assert fold(JOB, again).job == fold(JOB, facts).job


def test_going_on_from_a_stored_document_equals_folding_the_whole_log_or_says_that_it_cannot() -> None:
    seen: Counter[str] = Counter()

    @many
    @given(histories(hostile=True), st.integers(0, 10))
    def law(facts: list[Fact], cut: int) -> None:
        went_on = go_on(fold(JOB, facts[:cut]), facts[cut:])
        seen["anew" if went_on is None else "on" if facts[cut:] else "nothing to do"] += 1
        assert went_on in (None, fold(JOB, facts))

    law()
    assert seen["on"] > 3
    assert seen["anew"] > 3


@many
@given(histories())
def test_facts_that_come_later_in_time_never_need_the_whole_log(facts: list[Fact]) -> None:
    state: Folded | None = fold(JOB, ())
    for fact in _in_step(facts):
        assert state is not None
        state = go_on(state, (fact,))
    assert state == fold(JOB, _in_step(facts))


@many
@given(histories(hostile=True), st.integers(0, 10))
def test_a_stored_document_and_its_memory_survive_their_encodings(facts: list[Fact], cut: int) -> None:
    state = fold(JOB, facts[:cut])
    for encoder, decoder in (
        (msgspec.json.encode, msgspec.json.decode),
        (msgspec.msgpack.encode, msgspec.msgpack.decode),
    ):
        read = Folded(decoder(encoder(state.job), type=Job), decoder(encoder(state.memory), type=Memory))
        assert read == state
        assert go_on(read, facts[cut:]) == go_on(state, facts[cut:])


def _in_step(facts: list[Fact]) -> list[Fact]:
    """The facts as if each had reached the log before the next one happened, and none spoke of another."""
    kept = [fact for fact in facts if not isinstance(fact.body, FactRetracted | CaseDecided | PlanFrozen)]
    later = [
        msgspec.structs.replace(fact, corrected_at=DAWN + timedelta(minutes=number), seq=fact.seq and number)
        for number, fact in enumerate(kept, 1)
    ]
    return numbered(msgspec.structs.replace(f, base_version=min(f.base_version, i)) for i, f in enumerate(later))
