"""A year's holidays as its notice announces them; an organisation enters the years that the product does not know."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated

from msgspec import Meta, Struct

from domain.calendar.holidays import HolidayCalendar, is_weekend, later
from domain.fields import Item, Name

LONGEST_BREAK_DAYS = 31


class HolidayBreak(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One break, both days included; the days that it bridges are days of it."""

    name_zh: Name
    name_en: Name
    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        """Refuse a break that ends before it begins, and one that no notice ever gave."""
        if not 0 <= (self.last_day - self.first_day).days < LONGEST_BREAK_DAYS:
            raise ValueError("last_day must not be before first_day, nor a month behind it")


class HolidayYear(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one notice announces; `code` is the year, as 2027. `working_weekend_days` make up for days of a break.

    A break may begin in the last days of December before. Without a notice nothing is known of a year.
    """

    notice: Annotated[str, Meta(min_length=1, max_length=200, description="Which notice, of which day")]
    breaks: Annotated[tuple[HolidayBreak, ...], Meta(min_length=1, max_length=20)]
    working_weekend_days: Annotated[tuple[date, ...], Meta(max_length=30)]

    def __post_init__(self) -> None:
        """Refuse days of another year, breaks that overlap, and a weekend day that is worked and free, or is none."""
        if not (self.code.isdecimal() and len(self.code) == 4 and self.code.isascii() and self.code > "1949"):
            raise ValueError("code must be a year, as 2027")
        free = [day for pause in self.breaks for day in days_of(pause)]
        edge = date(self.year - 1, 12, 25)
        if not all(edge <= day <= date(self.year, 12, 31) for day in (*free, *self.working_weekend_days)):
            raise ValueError("breaks and working_weekend_days must lie in the year")
        if any(later_one <= one for one, later_one in pairwise(free)):
            raise ValueError("breaks must follow one another")
        if not all(is_weekend(day) and day not in free for day in self.working_weekend_days):
            raise ValueError("working_weekend_days must be Saturdays or Sundays outside the breaks")

    @property
    def year(self) -> int:
        """The year that it is."""
        return int(self.code)


def days_of(pause: HolidayBreak) -> list[date]:
    """Every day of the break."""
    return [pause.first_day + timedelta(days=n) for n in range((pause.last_day - pause.first_day).days + 1)]


def in_place_of(known: Iterable[HolidayYear], entered: Iterable[HolidayYear]) -> tuple[HolidayYear, ...]:
    """What is known with what was entered: of one year what was entered counts."""
    by_year = {each.year: each for each in (*known, *entered)}
    return tuple(by_year[year] for year in sorted(by_year))


def calendar_of(years: Iterable[HolidayYear]) -> HolidayCalendar:
    """One calendar of years in their order, up to the first that is missing: between known years nothing is guessed."""
    every = tuple(years)
    run = [each for place, each in enumerate(every) if each.year == every[0].year + place]
    return HolidayCalendar(
        first_day=date(run[0].year, 1, 1),
        last_day=date(run[-1].year, 12, 31),
        holidays=tuple(sorted({day for each in run for pause in each.breaks for day in days_of(pause)})),
        working_days=tuple(sorted({day for each in run for day in each.working_weekend_days})),
    )


def frozen_from(calendar: HolidayCalendar, known: HolidayCalendar, day: date, days: int) -> HolidayCalendar | None:
    """So many days from this one as the calendar has them, where the known one does not say the same; else None."""
    part = _within(calendar, day, later(day, days))
    return None if part is None or part == _within(known, day, later(day, days)) else part


def _within(calendar: HolidayCalendar, first: date, last: date) -> HolidayCalendar | None:
    first, last = max(first, calendar.first_day), min(last, calendar.last_day)
    if first > last:
        return None
    return HolidayCalendar(
        first_day=first,
        last_day=last,
        holidays=tuple(day for day in calendar.holidays if first <= day <= last),
        working_days=tuple(day for day in calendar.working_days if first <= day <= last),
    )
