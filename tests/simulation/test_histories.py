"""Seeded histories against the server in memory: no promise is broken, and everything that can go wrong did."""

import pytest

from domain.facts.kinds import KINDS
from tests.simulation.checker.places import PLACES
from tests.simulation.history import in_memory, steps_of
from tests.simulation.run import Run, many

SEED, HISTORIES = 1, 2_000
BROKE_A_PROMISE_ONCE = {
    900326: "9,16,20,21,41",
    908501: "11,14,16,24",
    933206: "0,6,13,16,23",
    945265: "24,30,32,33,34,39",
    947716: "7,8,9,10,11,13,14,15,19,20,22,23,24,25,27,31,33,35",
    953412: "1,2,4,5,6,7,8,9,10,15,17,19,20,24",
    958749: "1,2,6,7,8,9,10,13,14,15",
    5165: "8,22,25",
    999736: "10,15,16,34",
    1013211: "0,1,11,12,13,30",
    1017885: "10,11,23,24,28,30,34,37,39",
    4000368: "0,2,3,5,8,14,18,20,22,23,30",
    9012915: "10,11,12,27,29,32",
    1974: "1,4,5,11,20,21,23,24,31",
    5014917: "4,6,8,9,10,11,14,15,16,17,19,20",
}
"""Seeds, and the steps that were needed."""


@pytest.fixture(scope="module")
def run() -> Run:
    found = many(range(SEED, SEED + HISTORIES))
    print(f"seed {SEED}, {found.histories} histories, {found.facts} facts")  # noqa: T201
    return found


def test_no_history_breaks_a_promise(run: Run) -> None:
    assert [str(failure) for failure in run.failures] == []


@pytest.mark.parametrize("seed", BROKE_A_PROMISE_ONCE)
def test_what_broke_a_promise_once_keeps_it(seed: int) -> None:
    steps = steps_of(seed)
    needed = [steps[int(each)] for each in BROKE_A_PROMISE_ONCE[seed].split(",")]
    assert [str(each) for each in in_memory(seed, needed).violations] == []


def test_every_class_of_fault_fired(run: Run) -> None:
    assert run.never == []


def test_every_kind_of_fact_was_recorded(run: Run) -> None:
    assert run.kinds == {kind.name for kind in KINDS}


def test_the_checker_has_a_place_for_every_kind_of_fact() -> None:
    assert PLACES.keys() == {kind.name for kind in KINDS}


def test_a_history_follows_from_its_seed_alone() -> None:
    first, again = in_memory(7), in_memory(7)
    assert (first.facts, first.fired, first.kinds) == (again.facts, again.fired, again.kinds)


def test_leaving_out_a_step_leaves_the_others_as_they_are() -> None:
    steps = steps_of(7)
    assert in_memory(7, steps[1:]).violations == []
