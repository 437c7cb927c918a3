"""The calendar that is shipped: breaks, weekend days that are worked instead, and years that nobody entered."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from domain.calendar.china import CHINA, YEARS
from domain.calendar.holiday_years import HolidayBreak, HolidayYear, calendar_of, frozen_from, in_place_of
from domain.calendar.holidays import after_holiday, is_known, is_working_day, later

EVERY_DAY = [CHINA.first_day + timedelta(days=n) for n in range((CHINA.last_day - CHINA.first_day).days + 1)]


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
def test_breaks_follow_one_another_within_their_year(year: HolidayYear) -> None:
    days = [day for each in year.breaks for day in (each.first_day, each.last_day)]

    assert days == sorted(days)
    assert {day.year for day in days} == {year.year}
    assert len({each.first_day for each in year.breaks}) == len(year.breaks)


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
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
    assert is_known(CHINA, date(2025, 1, 1), date(2026, 12, 31))
    assert not is_known(CHINA, date(2026, 12, 31), date(2027, 1, 1))
    assert not is_known(CHINA, date(2024, 12, 31), date(2025, 1, 1))


def a_year(year: int, *breaks: tuple[str, str], worked: tuple[date, ...] = ()) -> HolidayYear:
    return HolidayYear(
        code=str(year),
        name_zh=f"{year} 年节假日",
        name_en=f"Holidays of {year}",
        notice="…",
        breaks=tuple(
            HolidayBreak(
                name_zh="元旦", name_en="New Year", first_day=date.fromisoformat(a), last_day=date.fromisoformat(b)
            )
            for a, b in breaks or ((f"{year}-01-01", f"{year}-01-03"),)
        ),
        working_weekend_days=worked,
    )


def test_entering_a_year_makes_it_known_and_a_gap_before_it_does_not() -> None:
    entered = calendar_of(in_place_of(YEARS, [a_year(2027)]))
    apart = calendar_of(in_place_of(YEARS, [a_year(2028)]))

    assert is_known(entered, date(2025, 1, 1), date(2027, 12, 31))
    assert date(2027, 1, 3) in entered.holidays
    assert apart == CHINA


def test_what_is_announced_anew_of_a_known_year_counts() -> None:
    anew = calendar_of(in_place_of(YEARS, [a_year(2026, ("2026-01-01", "2026-01-01"))]))

    assert date(2026, 1, 2) in CHINA.holidays
    assert date(2026, 1, 2) not in anew.holidays


def test_a_break_may_begin_in_the_december_before() -> None:
    entered = calendar_of(in_place_of(YEARS, [a_year(2027, ("2026-12-31", "2027-01-02"))]))

    assert date(2026, 12, 31) in entered.holidays


@pytest.mark.parametrize(
    "make",
    [
        lambda: replace(a_year(2027), code="FS"),
        lambda: a_year(2027, ("2026-01-01", "2026-01-02")),
        lambda: a_year(2027, ("2027-01-03", "2027-01-01")),
        lambda: a_year(2027, ("2027-01-01", "2027-03-01")),
        lambda: a_year(2027, ("2027-01-01", "2027-01-03"), ("2027-01-03", "2027-01-04")),
        lambda: a_year(2027, ("2027-05-01", "2027-05-02"), ("2027-01-01", "2027-01-02")),
        lambda: a_year(2027, worked=(date(2027, 1, 4),)),
        lambda: a_year(2027, worked=(date(2027, 1, 2),)),
        lambda: a_year(2027, worked=(date(2028, 1, 8),)),
    ],
)
def test_a_year_that_no_notice_can_have_announced_is_refused(make: Callable[[], HolidayYear]) -> None:
    with pytest.raises(ValueError, match="must"):
        make()


def test_only_what_the_built_in_calendar_does_not_say_is_frozen_and_no_more_than_the_days_ahead() -> None:
    entered = calendar_of(in_place_of(YEARS, [a_year(2027, worked=(date(2027, 1, 9),))]))

    frozen = frozen_from(entered, CHINA, date(2026, 12, 1), 45)

    assert frozen_from(entered, CHINA, date(2026, 6, 1), 120) is None
    assert frozen_from(CHINA, CHINA, date(2026, 12, 1), 120) is None
    assert frozen_from(CHINA, CHINA, date(2027, 12, 1), 120) is None
    assert frozen is not None
    assert (frozen.first_day, frozen.last_day) == (date(2026, 12, 1), date(2027, 1, 15))
    assert frozen.holidays == (date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3))
    assert frozen.working_days == (date(2027, 1, 9),)


@given(st.dates())
def test_a_period_never_ends_on_a_holiday_and_moves_no_further_than_it_must(day: date) -> None:
    moved = after_holiday(CHINA, day)

    assert moved not in CHINA.holidays
    assert all(later(day, n) in CHINA.holidays for n in range((moved - day).days))


def test_an_end_behind_new_year_stays_before_the_days_that_are_not_entered() -> None:
    assert after_holiday(CHINA, date(2026, 12, 31)) == date(2026, 12, 31)
