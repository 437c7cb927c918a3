"""Since when a refund is due, and until when (R08): from what was paid, billed, asked back and given back."""

from datetime import date

import pytest
from msgspec import Struct
from msgspec.structs import replace

from domain.facts import desk, door
from domain.facts.requirements import FrozenHolidays
from domain.job.money import RefundDue
from tests.domain.bodies import bill, line
from tests.domain.builders import DESK, VISIT, A, Said, clock, job_of, opened, planned, said


def paid(fen: int, at: str) -> Said:
    return said(A, door.Paid(amount_fen=fen, method=door.PaymentMethod.CASH), at, visit=VISIT)


def billed(fen: int, at: str) -> Said:
    return said(A, bill(line(fen)), at, visit=VISIT)


def by_desk(body: Struct, at: str) -> Said:
    return said(DESK, body, at)


def asked(fen: int, at: str) -> Said:
    return by_desk(desk.RefundRequested(amount_fen=fen, reason="投诉"), at)


def back(fen: int, at: str) -> Said:
    return by_desk(desk.Refunded(amount_fen=fen), at)


def due(*lines: Said, zone: str = "Asia/Shanghai") -> RefundDue | None:
    return job_of(opened(time_zone=zone), planned(), *lines).refund


PREPAID = (paid(500, "09:00"), billed(500, "09:10"))


@pytest.mark.parametrize(
    ("lines", "since", "amount_fen"),
    [
        ((billed(500, "09:00"), paid(700, "09:10")), "09:10", 200),
        ((*PREPAID, paid(200, "09:20"), paid(100, "09:30")), "09:20", 300),
        ((*PREPAID, asked(200, "10:00"), asked(100, "11:00")), "10:00", 300),
        ((*PREPAID, paid(200, "09:20"), asked(200, "10:00")), "09:20", 200),
        ((*PREPAID, asked(200, "10:00"), back(200, "11:00"), asked(100, "12:00")), "12:00", 100),
        ((*PREPAID, asked(200, "10:00"), back(50, "11:00")), "10:00", 150),
    ],
)
def test_a_refund_is_due_since_something_was_due_without_a_break(
    lines: tuple[Said, ...], since: str, amount_fen: int
) -> None:
    refund = due(*lines)

    assert refund is not None
    assert (refund.fell_due_at, refund.amount_fen) == (clock(since), amount_fen)


@pytest.mark.parametrize("lines", [PREPAID, (*PREPAID, asked(200, "10:00"), back(200, "11:00"))])
def test_nothing_is_due_once_bill_and_money_agree(lines: tuple[Said, ...]) -> None:
    assert due(*lines) is None


def test_both_last_days_count_from_the_day_at_the_site() -> None:
    late = (billed(500, "15:00"), paid(700, "16:30"))
    here, there = due(*late), due(*late, zone="Europe/Berlin")

    assert here is not None
    assert there is not None
    assert (there.in_time_until, there.lawful_until) == (date(2025, 7, 8), date(2025, 7, 16))
    assert (here.in_time_until, here.lawful_until, here.calendar_known) == (date(2025, 7, 9), date(2025, 7, 17), True)


def test_where_no_holidays_are_announced_the_days_may_still_move() -> None:
    refund = due(billed(500, "2031-07-01T09:00"), paid(700, "2031-07-01T09:10"))

    assert refund is not None
    assert not refund.calendar_known


TOLD = FrozenHolidays(
    first_day=date(2031, 6, 20), last_day=date(2031, 9, 30), holidays=(date(2031, 7, 2), date(2031, 7, 3))
)


@pytest.mark.parametrize(
    "lines",
    [
        (planned(holidays=TOLD), billed(500, "2031-07-01T09:00"), paid(700, "2031-07-01T09:10")),
        (by_desk(desk.RefundRequested(amount_fen=200, reason="多收", holidays=TOLD), "2031-07-01T09:00"),),
        (planned(holidays=replace(TOLD, holidays=())), planned(holidays=TOLD), asked(200, "2031-07-01T09:00")),
    ],
)
def test_holidays_told_with_a_plan_or_a_request_move_the_days_and_make_them_known(lines: tuple[Said, ...]) -> None:
    refund = job_of(opened(), *lines).refund

    assert refund is not None
    assert (refund.in_time_until, refund.lawful_until) == (date(2031, 7, 10), date(2031, 7, 16))
    assert refund.calendar_known


def test_a_refund_is_found_late_by_the_holidays_that_were_told_and_the_plan_does_not_repeat_them() -> None:
    lines = (billed(500, "2031-07-01T09:00"), paid(700, "2031-07-01T09:10"), back(200, "2031-07-12T09:00"))
    job = job_of(opened(), planned(holidays=TOLD), *lines)

    assert "refund_late" in {each.code for each in job.findings}
    assert job.holidays == (TOLD,)
    assert job.visits[0].plan is not None
    assert job.visits[0].plan.holidays is None


def test_holidays_told_of_other_days_say_nothing_of_this_one() -> None:
    far = replace(TOLD, first_day=date(2031, 7, 2))
    refund = job_of(opened(), planned(holidays=far), asked(200, "2031-07-01T09:00")).refund

    assert refund is not None
    assert not refund.calendar_known


def test_nothing_is_found_late_by_a_calendar_that_is_not_known() -> None:
    lines = (billed(500, "2031-07-01T09:00"), paid(700, "2031-07-01T09:10"), back(200, "2031-09-01T09:00"))
    job = job_of(opened(), planned(), *lines)

    assert {"refund_late", "refund_in_breach"}.isdisjoint(each.code for each in job.findings)
