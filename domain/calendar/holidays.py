"""Which days are holidays and which are working days: weekends, statutory holidays, and the days that make up for them.

The State Council announces each year's holidays in the autumn before; nothing computes them.
"""

from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct

_SATURDAY = 5

Days = Annotated[tuple[date, ...], Meta(max_length=2000)]


class HolidayCalendar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was announced for the days from `first_day` to `last_day`, both included.

    `working_days` are the Saturdays and Sundays that make up for a holiday.
    """

    first_day: date
    last_day: date
    holidays: Days
    working_days: Days


def is_known(calendar: HolidayCalendar, first: date, last: date) -> bool:
    """Whether all these days are announced; guessing at others would be inventing holidays."""
    return calendar.first_day <= first and last <= calendar.last_day


def is_working_day(calendar: HolidayCalendar, day: date) -> bool:
    """工作日: no holiday, and no weekend unless that day makes up for one."""
    if day in calendar.holidays:
        return False
    return not is_weekend(day) or day in calendar.working_days


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= _SATURDAY


def after_holiday(calendar: HolidayCalendar, day: date) -> date:
    """The day itself, or the first one after the holiday that it belongs to (Civil Code art. 203)."""
    while day in calendar.holidays and day < date.max:
        day = later(day, 1)
    return day


def later(day: date, days: int) -> date:
    """So many days on, and never beyond the last day that there is."""
    return day + timedelta(days=min(days, (date.max - day).days))
