"""The checker is checked: each planted bug breaks a promise within a bounded number of histories."""

import pytest

from tests.simulation.history import in_memory
from tests.simulation.planted_in_memory import IN_MEMORY
from tests.simulation.planted_in_pushes import IN_PUSHES
from tests.simulation.planted_in_repairs import IN_REPAIRS
from tests.simulation.planted_in_restores import IN_RESTORES
from tests.simulation.planted_in_sync import IN_SYNC

PLANTED = {**IN_SYNC, **IN_MEMORY, **IN_RESTORES, **IN_PUSHES, **IN_REPAIRS}
WITHIN = 400


def histories_until_caught(most: int) -> tuple[int, str]:
    """How many histories it took, and what was found first; 0 when nothing was."""
    for seed in range(1, most + 1):
        found = in_memory(seed).violations
        if found:
            return seed, str(found[0])
    return 0, ""


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    PLANTED[bug](monkeypatch)
    caught_after, violation = histories_until_caught(WITHIN)
    print(f"{bug}: caught after {caught_after} histories, {violation}")  # noqa: T201
    assert caught_after
