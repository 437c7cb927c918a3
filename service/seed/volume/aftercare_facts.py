"""What was recorded after the work: report, calls, money, ratings, complaints, inspections."""

from collections.abc import Iterator

from service.seed.volume.records import Complaint, Order, Rating
from service.seed.volume.said import (
    INSPECTOR,
    Said,
    desk_said,
    dispatcher,
    job_id,
    supervisor,
    volume_id,
)


def after_the_work(order: Order) -> Iterator[Said]:
    """Report, calls back, money, and what was heard."""
    yield from _reported(order)
    yield from _heard(order)


def _reported(order: Order) -> Iterator[Said]:
    """Report, calls back, invoice, refunds, what was made good."""
    desk = dispatcher(order)
    if order.report_at is not None:
        yield desk_said(order, desk, order.report_at, "report_delivered")
    for call in order.follow_ups:
        yield desk_said(order, desk, call.at, "followed_up", {"reached": call.reached})
    if order.invoice_at is not None:
        fen = sum(bill.total_fen for visit in order.visits if visit.attendance for bill in visit.attendance.bills)
        body = {"kind": "invoice", "number": f"FP-{order.number}", "amount_fen": fen}
        yield desk_said(order, desk, order.invoice_at, "invoice_issued", body)
    for refund in order.refunds:
        yield desk_said(order, desk, refund.at, "refund_requested", {"amount_fen": refund.fen, "reason": "多收退还"})
        if refund.paid_at is not None:
            yield desk_said(order, desk, refund.paid_at, "refunded", {"amount_fen": refund.fen})
    for recovery in order.recoveries:
        body = {"failure": recovery.failure, "action": "apology"}
        yield desk_said(order, desk, recovery.at, "recovery_made", body, tag=f"{recovery.failure}{recovery.at}")


def _heard(order: Order) -> Iterator[Said]:
    """Ratings, complaints, inspections."""
    desk = dispatcher(order)
    if order.rating_asked_at is not None:
        yield desk_said(order, desk, order.rating_asked_at, "rating_asked", {"until": order.rating_until})
    for number, rating in enumerate(order.ratings):
        yield from _rating(order, number, rating)
    for complaint in order.complaints:
        yield from _complaint(order, complaint)
    for inspection in order.inspections:
        result = {"result": "pass" if inspection.passed else "fail"}
        yield desk_said(order, INSPECTOR, inspection.at, "inspected", result, inspection.visit)
        if inspection.error_at is not None:
            error = {"kind": "poor_workmanship", "source": "inspection"}
            yield desk_said(order, INSPECTOR, inspection.error_at, "error_confirmed", error, inspection.visit)


def _rating(order: Order, number: int, rating: Rating) -> Iterator[Said]:
    body = {
        "score": rating.score,
        **dict(rating.dimensions),
        "given_on": rating.given_on,
        "identity_shown": False if rating.identity_denied else None,
    }
    given = desk_said(order, dispatcher(order), rating.at, "rated", body, tag=number)
    yield given
    if rating.voided_at is not None:
        void = {"rating_fact_id": given.fact_id, "reason": rating.void_reason}
        yield desk_said(order, supervisor(order), rating.voided_at, "rating_voided", void)


def _complaint(order: Order, complaint: Complaint) -> Iterator[Said]:
    desk, named = dispatcher(order), {"complaint_id": volume_id("complaint", f"{job_id(order)}/{complaint.at}")}
    answer = {**named, "solved": False, "answer": "已联系顾客"}
    yield desk_said(order, desk, complaint.at, "complaint_opened", {**named, "cause_code": "service"})
    if complaint.answered_at is not None:
        yield desk_said(order, desk, complaint.answered_at, "complaint_answered", answer, tag="contact")
    if complaint.offered_at is not None:
        offer = {**answer, "solution_offered": True}
        yield desk_said(order, desk, complaint.offered_at, "complaint_answered", offer, tag="offer")
    if complaint.told_at is not None:
        told = {**answer, "result_told": True}
        yield desk_said(order, desk, complaint.told_at, "complaint_answered", told, tag="result")
    if complaint.rating_asked_at is not None:
        yield desk_said(order, desk, complaint.rating_asked_at, "rating_asked", named, tag="complaint")
    if complaint.closed_at is not None:
        closed = {**named, "upheld": complaint.upheld, "reason": "已核查"}
        yield desk_said(order, supervisor(order), complaint.closed_at, "complaint_closed", closed)
