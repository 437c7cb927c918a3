"""Seeded histories against the server in memory: no promise is broken, and everything that can go wrong did."""

import pytest

from domain.facts.kinds import KINDS
from tests.simulation.checker.places import PLACES
from tests.simulation.history import in_memory, steps_of
from tests.simulation.run import Run, many

SEED, HISTORIES = 1, 2_000


@pytest.fixture(scope="module")
def run() -> Run:
    found = many(range(SEED, SEED + HISTORIES))
    print(f"seed {SEED}, {found.histories} histories, {found.facts} facts")  # noqa: T201
    return found


def test_no_history_breaks_a_promise(run: Run) -> None:
    assert [str(failure) for failure in run.failures] == []


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
