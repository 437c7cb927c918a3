"""What was known at a moment: later things have not happened yet, and what a phone holds back is not known."""

from datetime import datetime
from typing import TypeVar

from msgspec.structs import replace

from service.seed.volume.records import Complaint, Hold, Inspection, Order, Rating, Refund
from service.seed.volume.visit_records import Record, Visit

Kind = TypeVar("Kind", bound=Record)


def known_at(order: Order, now: datetime) -> Order:
    """The order as far as anybody had recorded it."""
    cut = {
        name: _until(getattr(order, name), now)
        for name in ("replies", "priority_changes", "follow_ups", "recoveries", "exclusions")
    }
    return replace(
        order,
        **cut,
        visits=tuple(_visit(each, now) for each in order.visits if each.planned_at <= now),
        holds=tuple(_hold(each, now) for each in _until(order.holds, now)),
        ratings=tuple(_rating(each, now) for each in _until(order.ratings, now)),
        complaints=tuple(_complaint(each, now) for each in _until(order.complaints, now)),
        inspections=tuple(_inspection(each, now) for each in _until(order.inspections, now)),
        refunds=tuple(_refund(each, now) for each in _until(order.refunds, now)),
        cancelled=order.cancelled if order.cancelled is not None and order.cancelled.at <= now else None,
        decision=order.decision if order.decision is not None and order.decision.at <= now else None,
        rating_until=order.rating_until if _past(order.rating_asked_at, now) else None,
        rating_asked_at=_past(order.rating_asked_at, now),
        report_at=_past(order.report_at, now),
        invoice_at=_past(order.invoice_at, now),
        closed_at=_past(order.closed_at, now),
    )


def _visit(visit: Visit, now: datetime) -> Visit:
    seen = visit.attendance is not None and visit.attendance.pushed_at <= now
    return replace(
        visit,
        promises=_until(visit.promises, now),
        calls=_until(visit.calls, now),
        call_off=visit.call_off if visit.call_off is not None and visit.call_off.at <= now else None,
        attendance=visit.attendance if seen else None,
    )


def _hold(hold: Hold, now: datetime) -> Hold:
    return replace(hold, released_at=_past(hold.released_at, now))


def _rating(rating: Rating, now: datetime) -> Rating:
    return replace(rating, voided_at=_past(rating.voided_at, now))


def _complaint(complaint: Complaint, now: datetime) -> Complaint:
    names = ("answered_at", "offered_at", "told_at", "rating_asked_at", "closed_at")
    return replace(complaint, **{name: _past(getattr(complaint, name), now) for name in names})


def _inspection(inspection: Inspection, now: datetime) -> Inspection:
    return replace(inspection, error_at=_past(inspection.error_at, now))


def _refund(refund: Refund, now: datetime) -> Refund:
    return replace(refund, paid_at=_past(refund.paid_at, now))


def _until(records: tuple[Kind, ...], now: datetime) -> tuple[Kind, ...]:
    return tuple(each for each in records if each.at <= now)


def _past(at: datetime | None, now: datetime) -> datetime | None:
    return at if at is not None and at <= now else None
