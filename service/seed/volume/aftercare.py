"""What was done after the work: report, calls, ratings, complaints, inspections, money back, closing."""

from datetime import datetime, timedelta
from random import Random

from msgspec.structs import replace

from service.seed.volume.days import day_of as site_day
from service.seed.volume.days import minutes, moment, next_morning
from service.seed.volume.plots import Plot
from service.seed.volume.records import Complaint, FollowUp, Inspection, Order, Rating, Recovery, Refund
from service.seed.volume.visit_records import CallOff, Visit

DIMENSIONS = ("attitude", "timeliness", "skill", "fee_clarity", "tidiness")
BAD = 2


def cared_for(draw: Random, plot: Plot, order: Order) -> Order:
    """The order with all that came after the last visit."""
    last = order.visits[-1]
    if order.cancelled is not None or last.attendance is None or last.attendance.ended_at is None:
        return order
    day_after = next_morning(last.attendance.pushed_at, hour=9)
    if last.attendance.outcome not in ("solved", "no_fault_found"):
        return _ended_otherwise(plot, order, day_after)
    order = replace(order, report_at=day_after + minutes(30) if plot["report"] == "delivered" else None)
    order = replace(order, follow_ups=_follow_ups(plot, day_after))
    order = _rated(draw, plot, order, day_after)
    order = replace(order, complaints=_complaints(draw, plot, day_after))
    order = replace(order, inspections=_inspections(plot, order, day_after))
    order = _with_money(plot, order, last, day_after)
    order = replace(order, recoveries=_recoveries(plot, order))
    return replace(order, closed_at=_closed_at(plot, order, day_after))


def _ended_otherwise(plot: Plot, order: Order, day_after: datetime) -> Order:
    """Nothing was solved: the customer took the order back, or the desk closes it; one that got stuck stays open."""
    if plot["fate"] == "withdrawn":
        return replace(order, cancelled=CallOff(at=day_after + minutes(20), side="customer"))
    if plot["second"] == "stuck" or plot["closing"] == "never":
        return order
    return replace(order, closed_at=next_morning(day_after, days=2, hour=16))


def _follow_ups(plot: Plot, day_after: datetime) -> tuple[FollowUp, ...]:
    at, next_day = day_after + minutes(75), next_morning(day_after, hour=10, minute=15)
    late = next_morning(day_after, days=4, hour=10)
    return {
        "reached": (FollowUp(at=at, reached=True),),
        "second_try": (FollowUp(at=at, reached=False), FollowUp(at=next_day, reached=True)),
        "two_tries": (FollowUp(at=at, reached=False), FollowUp(at=next_day, reached=False)),
        "one_try": (FollowUp(at=at, reached=False),),
        "late": (FollowUp(at=late, reached=True),),
        "never": (),
    }[plot["follow_up"]]


def _rated(draw: Random, plot: Plot, order: Order, day_after: datetime) -> Order:
    word = plot["rating"]
    asked = day_after + minutes(40)
    until = next_morning(day_after, days=4, hour=18) if plot["rating_ask"] == "until" else None
    order = replace(order, rating_asked_at=asked, rating_until=until)
    at = day_after + timedelta(days=draw.choice([0, 0, 1, 3]), hours=2)
    if word == "silent":
        return order
    if word == "changed":
        return replace(order, ratings=(_rating(draw, plot, 2, at), _rating(draw, plot, 5, at + timedelta(hours=5))))
    if word == "too_late":
        return replace(order, ratings=(_rating(draw, plot, 1, next_morning(day_after, days=9, hour=10)),))
    if word == "voided":
        reason = draw.choice(["wrong_job", "duplicate", "test", "not_by_customer"])
        mistaken = replace(_rating(draw, plot, 1, at), voided_at=at + timedelta(hours=3), void_reason=reason)
        before = (_rating(draw, plot, 4, at - minutes(40)),) if draw.random() < 0.5 else ()
        return replace(order, ratings=(*before, mistaken))
    return replace(order, ratings=(_rating(draw, plot, int(word), at),))


def _rating(draw: Random, plot: Plot, score: int, at: datetime) -> Rating:
    told = [name for name in DIMENSIONS if draw.random() < 0.6]
    return Rating(
        at=at,
        score=score,
        dimensions=tuple((name, min(5, max(1, score + draw.randint(-1, 1)))) for name in told),
        given_on=plot["rated_on"],
        identity_denied=plot["identity"] == "denied",
    )


def _complaints(draw: Random, plot: Plot, day_after: datetime) -> tuple[Complaint, ...]:
    word, at = plot["complaint"], next_morning(day_after, days=draw.randint(0, 3), hour=10)
    if word == "none":
        return ()
    contact = {"slow_contact": timedelta(hours=26), "open": None}.get(
        word, draw.choice([timedelta(hours=2), timedelta(days=1)])
    )
    offer = {"slow_solution": timedelta(hours=50), "open": None}.get(
        word, draw.choice([timedelta(hours=30), timedelta(days=2)])
    )
    closed = None if contact is None else next_morning(at, days=3, hour=15)
    told = draw.random() < 0.8
    return (
        Complaint(
            at=at,
            answered_at=None if contact is None else at + contact,
            offered_at=None if offer is None else at + offer,
            told_at=closed - minutes(60) if closed is not None and told else None,
            rating_asked_at=closed - minutes(50) if closed is not None and draw.random() < 0.8 else None,
            closed_at=closed,
            upheld=plot["upheld"] == "yes",
        ),
    )


def _inspections(plot: Plot, order: Order, day_after: datetime) -> tuple[Inspection, ...]:
    if plot["inspection"] == "none":
        return ()
    at = next_morning(day_after, days=7 - day_after.weekday(), hour=15)
    wrong = at + minutes(30) if plot["inspection"] == "error" else None
    return (Inspection(at=at, visit=len(order.visits) - 1, passed=plot["inspection"] == "passed", error_at=wrong),)


def _with_money(plot: Plot, order: Order, last: Visit, day_after: datetime) -> Order:
    assert last.attendance is not None
    if not last.attendance.bills:
        return order
    if plot["invoice"] in ("issued", "unasked"):
        order = replace(order, invoice_at=day_after + minutes(50))
    days = {"soon": 2, "late": 12, "breach": 20}.get(plot["refund"])
    if plot["refund"] == "none" or not last.attendance.payments:
        return order
    at = day_after + minutes(90)
    paid_at = None if days is None else next_morning(at, days=days, hour=11)
    return replace(order, refunds=(Refund(at=at, fen=1_000, paid_at=paid_at),))


def _recoveries(plot: Plot, order: Order) -> tuple[Recovery, ...]:
    """For each failure that somebody noticed."""
    waits = {"made": timedelta(hours=1), "second_day": timedelta(hours=40), "late": timedelta(hours=72)}
    wait = waits.get(plot["recovery"])
    if wait is None:
        return ()
    failed = [("complaint", each.closed_at) for each in order.complaints if each.upheld]
    failed += [("low_rating", each.at) for each in order.ratings if each.score <= BAD]
    failed += [("error", each.error_at) for each in order.inspections]
    if plot["arrival"] == "very_late":
        failed.append(("late", order.visits[0].promises[0].end))
    return tuple(Recovery(at=_in_hours(at + wait), failure=failure) for failure, at in failed if at is not None)


def _in_hours(at: datetime) -> datetime:
    """Within the desk's hours: what falls into the evening is done the next morning."""
    return at if at <= moment(site_day(at), 18, 0) else next_morning(at, hour=9)


def _closed_at(plot: Plot, order: Order, day_after: datetime) -> datetime | None:
    if plot["closing"] == "never":
        return None
    if plot["closing"] == "late":
        return next_morning(day_after, days=9, hour=16)
    calls = [each.at for each in order.follow_ups]
    return moment(site_day(max([day_after, *calls])), 16)
