"""The two clocks of a refund: five working days, fifteen calendar days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar.china import CHINA
from domain.calendar.holidays import HolidayCalendar, is_working_day
from domain.calendar.refund_clocks import RefundState, refund_clock, refund_state

FRIDAY = date(2030, 3, 1)
SEVEN_DAYS_OFF = HolidayCalendar(
    first_day=date(2030, 1, 1),
    last_day=date(2030, 12, 31),
    holidays=tuple(FRIDAY + timedelta(days=n) for n in range(1, 8)),
    working_days=(FRIDAY + timedelta(days=8),),
)
"""Made up: a break from Saturday to Friday, and the Saturday after it worked instead."""


def test_a_refund_due_on_the_friday_before_seven_days_off_is_in_time_until_thursday_after_them() -> None:
    clock = refund_clock(FRIDAY, SEVEN_DAYS_OFF)

    assert clock.in_time_until == FRIDAY + timedelta(days=13)
    assert clock.in_time_until.strftime("%A") == "Thursday"
    assert clock.lawful_until == FRIDAY + timedelta(days=15)


def test_without_the_make_up_saturday_it_would_be_a_day_later() -> None:
    plain = HolidayCalendar(
        first_day=SEVEN_DAYS_OFF.first_day,
        last_day=SEVEN_DAYS_OFF.last_day,
        holidays=SEVEN_DAYS_OFF.holidays,
        working_days=(),
    )

    assert refund_clock(FRIDAY, plain).in_time_until == FRIDAY + timedelta(days=14)


@pytest.mark.parametrize(
    ("paid_on", "today", "state"),
    [
        (None, date(2025, 3, 21), RefundState.RUNNING),
        (None, date(2025, 3, 22), RefundState.LATE),
        (None, date(2025, 3, 29), RefundState.LATE),
        (None, date(2025, 3, 30), RefundState.BREACH),
        (date(2025, 3, 14), date(2025, 12, 31), RefundState.IN_TIME),
        (date(2025, 3, 21), date(2025, 12, 31), RefundState.IN_TIME),
        (date(2025, 3, 22), date(2025, 12, 31), RefundState.LATE),
        (date(2025, 3, 30), date(2025, 12, 31), RefundState.BREACH),
    ],
)
def test_the_fifth_working_day_and_the_fifteenth_day_are_still_in_time(
    paid_on: date | None, today: date, state: RefundState
) -> None:
    assert refund_state(refund_clock(date(2025, 3, 14), CHINA), paid_on, today) is state


@given(st.dates(date(2025, 1, 1), date(2026, 12, 1)))
def test_five_working_days_lie_between_and_the_last_of_them_is_one(fell_due_on: date) -> None:
    until = refund_clock(fell_due_on, CHINA).in_time_until

    days = [fell_due_on + timedelta(days=n) for n in range(1, (until - fell_due_on).days + 1)]
    assert sum(is_working_day(CHINA, day) for day in days) == 5
    assert is_working_day(CHINA, until)


@given(st.dates(), st.dates())
def test_a_later_refund_is_never_due_earlier(one: date, other: date) -> None:
    first, second = (refund_clock(day, CHINA) for day in sorted((one, other)))

    assert first.in_time_until <= second.in_time_until
    assert first.lawful_until <= second.lawful_until
