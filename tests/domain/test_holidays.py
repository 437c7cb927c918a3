"""The calendar that is shipped: breaks, weekend days that are worked instead, and years that nobody entered."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.calendar.china import CHINA, YEARS, HolidayYear, calendar_of
from domain.calendar.holidays import after_holiday, is_known, is_working_day, later

ANNOUNCED = [year for year in YEARS if year.notice is not None]
EVERY_DAY = [CHINA.first_day + timedelta(days=n) for n in range((CHINA.last_day - CHINA.first_day).days + 1)]


@pytest.mark.parametrize("year", ANNOUNCED, ids=lambda year: str(year.year))
def test_breaks_follow_one_another_within_their_year(year: HolidayYear) -> None:
    days = [day for each in year.breaks for day in (each.first_day, each.last_day)]

    assert days == sorted(days)
    assert {day.year for day in days} == {year.year}
    assert len({each.first_day for each in year.breaks}) == len(year.breaks)


@pytest.mark.parametrize("year", ANNOUNCED, ids=lambda year: str(year.year))
def test_what_is_worked_instead_is_a_weekend_day_near_a_break(year: HolidayYear) -> None:
    for day in year.working_weekend_days:
        assert day.weekday() >= 5
        assert day not in CHINA.holidays
        assert any(abs((edge - day).days) <= 12 for each in year.breaks for edge in (each.first_day, each.last_day))


@pytest.mark.parametrize(("year", "days_off"), [(2025, 28), (2026, 33)])
def test_the_days_off_are_as_many_as_announced(year: int, days_off: int) -> None:
    """1+8+3+5+3+8, and 3+9+3+5+3+3+7: the numbers of days that the notices give beside the dates."""
    assert sum(day.year == year for day in CHINA.holidays) == days_off


@pytest.mark.parametrize("year", [2025, 2026])
def test_days_worked_instead_leave_the_days_off_that_the_law_gives(year: int) -> None:
    """Thirteen statutory holidays a year since 2025; those that fall on a weekend are made good (National Day 2025 with
    the festival of the same week is one break). So working days are weekdays less thirteen.
    """
    weekdays = sum(day.weekday() < 5 for day in EVERY_DAY if day.year == year)

    assert weekdays - sum(is_working_day(CHINA, day) for day in EVERY_DAY if day.year == year) == 13


def test_of_a_year_without_notice_nothing_is_known() -> None:
    empty = [year for year in YEARS if year.notice is None]

    assert all(year.breaks == year.working_weekend_days == () for year in empty)
    assert [year.year for year in empty] == [2027]
    assert is_known(CHINA, date(2025, 1, 1), date(2026, 12, 31))
    assert not is_known(CHINA, date(2026, 12, 31), date(2027, 1, 1))
    assert not is_known(CHINA, date(2024, 12, 31), date(2025, 1, 1))


def test_entering_a_year_makes_it_known() -> None:
    entered = replace(YEARS[-1], notice="…")

    assert is_known(calendar_of((*ANNOUNCED, entered)), date(2027, 6, 1), date(2027, 6, 1))


@given(st.dates())
def test_a_period_never_ends_on_a_holiday_and_moves_no_further_than_it_must(day: date) -> None:
    moved = after_holiday(CHINA, day)

    assert moved not in CHINA.holidays
    assert all(later(day, n) in CHINA.holidays for n in range((moved - day).days))


def test_an_end_behind_new_year_stays_before_the_days_that_are_not_entered() -> None:
    assert after_holiday(CHINA, date(2026, 12, 31)) == date(2026, 12, 31)
