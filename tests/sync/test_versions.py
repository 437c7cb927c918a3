"""Versions of jobs, over the lives that the data had."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.versions import FACTS_PER_LIFE, decoded, encoded, is_over, seen

LIVES = (0, 700, 90_000)
LOST = 800


def test_in_the_first_life_a_version_is_the_number_of_facts() -> None:
    assert (encoded(0, 7), decoded(7)) == (7, (0, 7))


@given(st.integers(0, 2**31 - 1), st.integers(0, FACTS_PER_LIFE - 1))
def test_a_version_is_read_back_and_exact_in_any_language(life: int, count: int) -> None:
    assert decoded(encoded(life, count)) == (life, count)
    assert encoded(life, count) < 2**53


@given(st.integers(0, 2**30), st.integers(0, FACTS_PER_LIFE - 1), st.integers(0, FACTS_PER_LIFE - 1))
def test_a_version_of_a_later_life_is_higher_whatever_it_counts(life: int, earlier: int, later: int) -> None:
    assert encoded(life + 1, later) > encoded(life, earlier)


@pytest.mark.parametrize(
    ("version", "facts"),
    [
        pytest.param(encoded(90_000, 9), 9, id="of this life"),
        pytest.param(encoded(90_000, 10_000), 10_000, id="of this life, beyond the log: all there is"),
        pytest.param(encoded(700, 4), 4, id="of an earlier life, and still there"),
        pytest.param(encoded(700, 9), 5, id="of an earlier life, whose end was lost"),
        pytest.param(9, 5, id="of the first life"),
        pytest.param(encoded(LOST, 9), 0, id="of a life that was lost"),
        pytest.param(2**53, 0, id="of none"),
        pytest.param(0, 0, id="nothing"),
    ],
)
def test_an_author_has_seen_what_is_left_of_what_they_saw(version: int, facts: int) -> None:
    assert seen(version, LIVES, left=5) == facts


def test_only_versions_of_earlier_lives_need_to_be_looked_up() -> None:
    assert [is_over(encoded(life, 3), LIVES) for life in (*LIVES, LOST)] == [True, True, False, False]
