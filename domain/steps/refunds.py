"""Money that goes back: asked for, or paid above the bills and returned unasked (R05, R08)."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from domain.calendar.refund_clocks import RefundClock, RefundState, refund_clock, refund_state
from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.desk import Refunded, RefundRequested
from domain.job.document import Job
from domain.job.money import Payment, RefundDue, RefundRequest
from domain.job.site_time import site_day
from domain.steps.holidays import holidays_on, with_holidays
from domain.steps.result import JobStep

LATE = {RefundState.LATE: "refund_late", RefundState.BREACH: "refund_in_breach"}


class Due(Struct, frozen=True):
    """Money that was due back without a break: since when, and when it had gone back."""

    since: datetime
    paid_at: datetime | None


def refund_requested(job: Job, fact: Fact, body: RefundRequested) -> JobStep:
    """Money is owed back (R08)."""
    asked = RefundRequest(fact_id=fact.id, at=fact.corrected_at, amount_fen=body.amount_fen, reason=body.reason)
    money = replace(job.money, refund_due_fen=job.money.refund_due_fen + body.amount_fen)
    return with_holidays(replace(job, money=money, refund_requests=(*job.refund_requests, asked)), body.holidays), []


def refunded(job: Job, fact: Fact, body: Refunded) -> JobStep:
    """Money went back: no more than was due, and within its days."""
    found: list[BrokenRule] = []
    due_fen = open_fen(job)
    if body.amount_fen > max(due_fen, 0):
        found.append(broken("refunded_above_due", refunded=body.amount_fen, due=max(due_fen, 0)))
    if due_fen > 0:
        found += _late(job, fact, clock_of(job, dues(job)[-1].since))
    refund = Payment(
        fact_id=fact.id, at=fact.corrected_at, amount_fen=body.amount_fen, method=None, reference=body.reference
    )
    return replace(job, refunds=(*job.refunds, refund)), found


def clock_of(job: Job, since: datetime) -> RefundClock:
    """The clock of a refund that fell due then."""
    day = site_day(job, since)
    return refund_clock(day, holidays_on(job, day))


def overpaid_fen(job: Job) -> int:
    """What was paid above the bills."""
    return max(0, sum([visit.paid_fen - visit.charged_fen for visit in job.visits]))


def open_fen(job: Job) -> int:
    """What is still to go back; negative when more went back than was due."""
    due_fen = max(overpaid_fen(job), sum([asked.amount_fen for asked in job.refund_requests]))
    return due_fen - refunded_fen(job)


def refunded_fen(job: Job) -> int:
    """What went back."""
    return sum([refund.amount_fen for refund in job.refunds])


def refund_due(job: Job) -> RefundDue | None:
    """The refund that is still due, with its last days."""
    amount_fen = open_fen(job)
    if amount_fen <= 0:
        return None
    since = dues(job)[-1].since
    clock = clock_of(job, since)
    return RefundDue(
        amount_fen=amount_fen,
        fell_due_at=since,
        in_time_until=clock.in_time_until,
        lawful_until=clock.lawful_until,
        calendar_known=clock.calendar_known,
    )


def dues(job: Job) -> list[Due]:
    """Every stretch in which money was due back. What a later bill used up never was: it was paid before its bill."""
    paid_fen = asked_fen = refunded_fen = 0
    found: list[Due] = []
    since: datetime | None = None
    for at, _, paid, asked, back in sorted(_movements(job)):
        paid_fen, asked_fen, refunded_fen = paid_fen + paid, asked_fen + asked, refunded_fen + back
        is_due = max(paid_fen, asked_fen, 0) > refunded_fen
        if since is not None and not is_due and back > 0:
            found.append(Due(since, at))
        since = (since or at) if is_due else None
    return found if since is None else [*found, Due(since, None)]


def _movements(job: Job) -> list[tuple[datetime, str, int, int, int]]:
    """When, an order within one moment, what came in above the bills, what was asked back, what went back."""
    bills = [(bill.at, bill.fact_id.hex, -bill.total_fen, 0, 0) for visit in job.visits for bill in visit.bills]
    payments = [(paid.at, paid.fact_id.hex, paid.amount_fen, 0, 0) for v in job.visits for paid in v.payments]
    asked = [(asked.at, asked.fact_id.hex, 0, asked.amount_fen, 0) for asked in job.refund_requests]
    return [*bills, *payments, *asked, *[(each.at, each.fact_id.hex, 0, 0, each.amount_fen) for each in job.refunds]]


def _late(job: Job, fact: Fact, clock: RefundClock) -> list[BrokenRule]:
    """Nothing is late by a calendar that is not known."""
    day = site_day(job, fact.corrected_at)
    code = LATE.get(refund_state(clock, day, day)) if clock.calendar_known else None
    last_day = clock.lawful_until if code == "refund_in_breach" else clock.in_time_until
    return [] if code is None else [broken(code, last_day=last_day.isoformat())]
