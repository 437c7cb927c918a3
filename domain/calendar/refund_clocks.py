"""The two clocks of a refund: five working days (004 8.4.3), fifteen calendar days (penalty measures art. 8, 10; R08).

The day after the refund fell due is day 1 of both. Days are those at the outlet.
"""

import enum
from datetime import date

from msgspec import Struct

from domain.calendar.holidays import HolidayCalendar, after_holiday, is_known, is_working_day, later

WORKING_DAYS = 5
CALENDAR_DAYS = 15


class RefundState(enum.StrEnum):
    """How a refund stands. `late`: past the five working days; `breach`: past the fifteen days of the law, too."""

    RUNNING = "running"
    IN_TIME = "in_time"
    LATE = "late"
    BREACH = "breach"


class RefundClock(Struct, frozen=True, kw_only=True):
    """The last days, both included. Where `calendar_known` is false, holidays not yet entered may move them."""

    fell_due_on: date
    in_time_until: date
    lawful_until: date
    calendar_known: bool


def refund_clock(fell_due_on: date, calendar: HolidayCalendar) -> RefundClock:
    """By when a refund that fell due on this day has to be paid."""
    in_time_until = fell_due_on
    for _ in range(WORKING_DAYS):
        in_time_until = _next_working_day(in_time_until, calendar)
    lawful_until = after_holiday(calendar, later(fell_due_on, CALENDAR_DAYS))
    return RefundClock(
        fell_due_on=fell_due_on,
        in_time_until=in_time_until,
        lawful_until=lawful_until,
        calendar_known=is_known(calendar, fell_due_on, max(in_time_until, lawful_until)),
    )


def refund_state(clock: RefundClock, paid_on: date | None, today: date) -> RefundState:
    """How the refund stands today; once it is paid, for ever."""
    judged_on = paid_on or today
    if judged_on > clock.lawful_until:
        return RefundState.BREACH
    if judged_on > clock.in_time_until:
        return RefundState.LATE
    return RefundState.RUNNING if paid_on is None else RefundState.IN_TIME


def _next_working_day(day: date, calendar: HolidayCalendar) -> date:
    day = later(day, 1)
    while not is_working_day(calendar, day) and day < date.max:
        day = later(day, 1)
    return day
