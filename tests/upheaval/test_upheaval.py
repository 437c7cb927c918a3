"""A short run of `python -m tests.upheaval`: one blow of each class that takes a moment, and nothing lost."""

from pathlib import Path

import pytest

from tests.upheaval.burdens import deliver_twice, lose_answers
from tests.upheaval.faults import FAULTS
from tests.upheaval.kills import (
    end_backends,
    kill_a_backend,
    kill_the_api,
    kill_the_postmaster,
    kill_the_whole_database,
)
from tests.upheaval.play import play
from tests.upheaval.stage import Fault

QUICK: tuple[Fault, ...] = (
    kill_the_api,
    kill_the_postmaster,
    kill_a_backend,
    kill_the_whole_database,
    end_backends,
    lose_answers,
    deliver_twice,
)


async def test_nothing_acknowledged_is_lost_or_doubled_whatever_is_killed(tmp_path: Path) -> None:
    result = await play(tmp_path, cycles=len(QUICK), seed=1, faults=QUICK)

    assert result.violations == []
    assert set(result.struck) == {each.__name__ for each in QUICK}
    assert (result.lost, result.doubled) == (0, 0)
    assert result.acknowledged == result.sent > 50


@pytest.mark.nightly
async def test_two_hundred_upheavals_lose_nothing(tmp_path: Path) -> None:
    result = await play(tmp_path, cycles=200, seed=2, faults=FAULTS)

    assert result.violations == []
    assert (result.lost, result.doubled) == (0, 0)
