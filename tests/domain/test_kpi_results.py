"""From counts to figures: rounded once, judged exactly, null without a count (domain 3.1, 3.4)."""

from datetime import date
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.kpis.kpi import TargetLevel, target_of
from domain.kpis.result import Counts, Excluded, KpiResult, half_up, result_of, whole, wilson
from domain.kpis.table import KPI_BY_ID, KPIS


def figure(kpi: str, numerator: int, denominator: int, profile: TargetLevel = TargetLevel.BASE) -> KpiResult:
    counts = Counts(kpi=kpi, numerator=numerator, denominator=denominator)
    return result_of(KPI_BY_ID[kpi], counts, profile, provisional=False)


def test_reasons_for_leaving_out_stand_in_one_order_however_they_were_counted() -> None:
    left_out = (Excluded(reason="test", count=1), Excluded(reason="duplicate", count=2))
    ways = [Counts(kpi="K04", excluded=each) for each in (left_out, left_out[::-1])]
    assert {result_of(KPI_BY_ID["K04"], each, TargetLevel.BASE, provisional=False).excluded for each in ways} == {
        left_out[::-1]
    }


@pytest.mark.parametrize(
    ("kpi", "numerator", "denominator", "hundredths", "passed"),
    [
        ("K04", 19, 20, 9500, True),
        ("K04", 1899, 1999, 9500, False),
        ("K10", 1, 100, 100, True),
        ("K10", 1, 99, 101, False),
        ("K07", 120 * 60 * 7, 7, 12_000, True),
        ("K07", 120 * 60 * 7 + 1, 7, 12_000, False),
        ("K12c", 0, 5000, 0, True),
        ("K12c", 1, 5000, 2, False),
        ("K12c", -1, 5000, -2, True),
        ("K15", 3, 4, 7500, None),
        ("K31b", 1, 2000, 50, None),
    ],
)
def test_a_target_is_compared_with_the_exact_value_and_itself_enough(
    kpi: str, numerator: int, denominator: int, hundredths: int, *, passed: bool | None
) -> None:
    found = figure(kpi, numerator, denominator)
    assert (found.value_hundredths, found.passed) == (hundredths, passed)


def test_nothing_counted_is_null_and_neither_nought_nor_a_hundred() -> None:
    found = figure("K14", 0, 0)
    assert (found.value_hundredths, found.interval_low_hundredths, found.passed) == (None, None, None)
    assert found.small_sample


@pytest.mark.parametrize(("denominator", "small"), [(29, True), (30, False)])
def test_a_sample_below_thirty_is_small(denominator: int, small: bool) -> None:  # noqa: FBT001 (a parameter)
    assert figure("K14", 5, denominator).small_sample is small


def test_satisfaction_has_two_targets_and_other_kpis_the_base_one_in_both_profiles() -> None:
    assert [figure("K14", 95, 100, profile).passed for profile in TargetLevel] == [True, False]
    assert target_of(KPI_BY_ID["K04"], TargetLevel.STRETCH) == target_of(KPI_BY_ID["K04"], TargetLevel.BASE)


@given(st.integers(1, 10_000), st.data())
def test_the_interval_is_wilsons_and_holds_the_share(denominator: int, data: st.DataObject) -> None:
    numerator = data.draw(st.integers(0, denominator))
    low, high = wilson(numerator, denominator)
    share, z = numerator / denominator, 1.959963984540054
    middle = (share + z * z / 2 / denominator) / (1 + z * z / denominator)
    half = z * sqrt(share * (1 - share) / denominator + z * z / 4 / denominator**2) / (1 + z * z / denominator)

    assert low is not None
    assert high is not None
    assert abs(low - (middle - half) * 10_000) <= 0.51
    assert abs(high - (middle + half) * 10_000) <= 0.51
    assert low <= half_up(numerator * 10_000, denominator) <= high


def test_a_half_is_rounded_up_and_away_from_nought_below_it() -> None:
    assert [half_up(1, 2), half_up(-1, 2), half_up(1, 3), half_up(2, 3), half_up(0, 7)] == [1, -1, 0, 1, 0]


def test_every_number_from_1_to_40_is_there_and_named_in_both_languages() -> None:
    assert {kpi.id[:3] for kpi in KPIS} == {f"K{number:02}" for number in range(1, 41)}
    for kpi in KPIS:
        assert kpi.zh, kpi.id
        assert kpi.facts, kpi.id
        assert not kpi.en.isascii() or kpi.en[0].isupper()


def test_the_whole_is_the_sum_of_its_spans_by_kpi_and_group_and_knows_no_median() -> None:
    left_out = (Excluded(reason="duplicate", count=2),)
    june = Counts(kpi="K01", starts_on=date(2025, 6, 1), numerator=3, denominator=4, pending=1, items=4, median=60)
    july = Counts(kpi="K01", starts_on=date(2025, 7, 1), numerator=5, denominator=9, low_graded=2, excluded=left_out)
    also = Counts(kpi="K01", starts_on=date(2025, 8, 1), excluded=(*left_out, Excluded(reason="test", count=1)))
    other = Counts(kpi="K01", group="x", starts_on=date(2025, 7, 1), numerator=1, denominator=1)

    together = Counts(
        kpi="K01",
        numerator=8,
        denominator=13,
        pending=1,
        excluded=(Excluded(reason="duplicate", count=4), Excluded(reason="test", count=1)),
        items=4,
        low_graded=2,
    )
    assert whole([june, july, also, other]) == [together, replace(other, starts_on=None)]
