"""What the desk recorded of an order: the request, plans, calls, and everything after the work."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from service.seed.company import sample_id
from service.seed.volume import goods
from service.seed.volume.days import day_of, moment
from service.seed.volume.records import Complaint, Order, Promise, Rating, Visit
from service.seed.volume.said import (
    CALL_CENTRE,
    INSPECTOR,
    Said,
    dispatcher,
    job_id,
    supervisor,
    visit_id,
    volume_id,
)

Body = dict[str, Any]
EVENINGS = {"dispatch": (18, 30), "supervisor": (18, 40), INSPECTOR: (18, 50), CALL_CENTRE: (18, 55)}
"""When each desk has written down its day: what others build on comes first."""


def of_desk(order: Order) -> Iterator[Said]:
    """Everything that was not recorded at the door."""
    yield _said(order, dispatcher(order), order.recorded_at, "job_opened", _opened(order))
    yield from _taken_up(order)
    for number, visit in enumerate(order.visits):
        yield from _planned(order, number, visit)
    yield from _standing(order)
    yield from _after(order)
    yield from _heard(order)


def _said(
    order: Order,
    login: str,
    at: datetime,
    kind: str,
    body: Body | None = None,
    visit: int | None = None,
    tag: object = "",
) -> Said:
    hour, minute = EVENINGS[login.partition(".")[0]]
    return Said(
        login=login,
        at=at,
        handed_over_at=moment(day_of(at), hour, minute),
        clock_ahead_seconds=0,
        order=order,
        fact_id=volume_id("fact", f"{order.number}/{kind}/{visit}/{tag or at.isoformat()}"),
        visit_id=None if visit is None else visit_id(order, visit),
        kind=kind,
        body=body or {},
    )


def _opened(order: Order) -> Body:
    return {
        "outlet_id": sample_id("outlet", order.outlet),
        "customer_id": volume_id("customer", order.asset),
        "site_id": volume_id("site", order.asset),
        "asset_id": volume_id("asset", order.asset),
        "number": order.number,
        "product_code": order.product,
        "work_type": order.work_type,
        "priority": "urgent" if order.urgent else "normal",
        "symptom_code": order.symptom,
        "reported_at": order.requested_at,
        "special_work": order.special_work,
        "warranty": order.warranty,
    }


def _taken_up(order: Order) -> Iterator[Said]:
    for reply in order.replies:
        who = CALL_CENTRE if reply.imported else dispatcher(order)
        body = {"means": reply.means, "solved": reply.solved, "answered_at": reply.at}
        yield _said(order, who, reply.at, "request_answered", body, tag=f"{reply.imported}{reply.at}")
    for change in order.priority_changes:
        who = supervisor(order) if change.by_supervisor else dispatcher(order)
        was = "normal" if change.now == "urgent" else "urgent"
        body = {"field": "priority", "was": was, "now": change.now, "reason": "情况有变"}
        yield _said(order, who, change.at, "details_amended", body)
    if order.decision is not None:
        yield _said(order, dispatcher(order), order.decision.at, "warranty_decided", _decision(order))


def _decision(order: Order) -> Body:
    decision = order.decision
    assert decision is not None
    proof = hashlib.sha256(order.asset.encode()).hexdigest()
    return {
        "decision": "covered_whole" if decision.covered else "paid",
        "basis": "保修期内" if decision.covered else "使用不当" if decision.misuse else "已过保修期",
        "exclusion_code": "misuse" if decision.misuse else None,
        "evidence_digests": [proof] if decision.shown else [],
        "customer_told": decision.shown,
    }


def _planned(order: Order, number: int, visit: Visit) -> Iterator[Said]:
    own = visit.promises if visit.replaces is None else visit.promises[1:]
    yield _said(order, dispatcher(order), own[0].at, "visit_planned", _plan(order, visit, own[0]), number)
    for promise in own[1:]:
        moved = {**_times(promise), "asked_by": promise.asked_by, "customer_agreed": promise.agreed}
        yield _said(order, dispatcher(order), promise.at, "visit_replanned", moved, number)
    for call in visit.calls:
        body = {"reached": call.reached, "late_until": call.late_until}
        yield _said(order, dispatcher(order), call.at, "customer_contacted", body, number)
    if visit.call_off is not None:
        off = {"side": visit.call_off.side, "reason": "取消上门"}
        yield _said(order, dispatcher(order), visit.call_off.at, "visit_cancelled", off, number)


def _times(promise: Promise) -> Body:
    window = {"window_start": promise.start, "window_end": promise.end}
    return {**window, "work_start": promise.start, "work_end": promise.end}


def _plan(order: Order, visit: Visit, promise: Promise) -> Body:
    group, prices = (
        goods.group_of(order.product),
        goods.price_list(day_of(promise.start), order.work_type, order.outlet),
    )
    return {
        "technician_id": sample_id("member", visit.technician),
        **_times(promise),
        "replaces_visit_id": None if visit.replaces is None else visit_id(order, visit.replaces),
        **goods.frozen_of(order.work_type, group, order.special_work, prices.code),
        "certificates": [
            {**msgspec.structs.asdict(each), "valid_from": f"{each.valid_from}", "valid_until": f"{each.valid_until}"}
            for each in visit.certificates
        ],
        "price_list_code": prices.code,
        "declined_diagnosis_percent": 30,
        "further_visits_planned": visit.several_planned,
    }


def _standing(order: Order) -> Iterator[Said]:
    """Holds, exclusions, the end."""
    desk = dispatcher(order)
    for hold in order.holds:
        yield _said(order, desk, hold.at, "job_held", {"reason": hold.reason})
        if hold.released_at is not None:
            yield _said(order, desk, hold.released_at, "job_released")
    for exclusion in order.exclusions:
        who = supervisor(order) if exclusion.approved else desk
        body = {"reason": exclusion.reason, "note": "已核实" if exclusion.approved else None}
        yield _said(order, who, exclusion.at, "job_excluded", body)
    if order.cancelled is not None:
        off = {"side": order.cancelled.side, "reason": "取消工单"}
        yield _said(order, desk, order.cancelled.at, "job_cancelled", off)
    if order.closed_at is not None:
        yield _said(order, desk, order.closed_at, "job_closed", {"reason": "归档"})


def _after(order: Order) -> Iterator[Said]:
    """Report, calls back, invoice, refunds, what was made good."""
    desk = dispatcher(order)
    if order.report_at is not None:
        yield _said(order, desk, order.report_at, "report_delivered")
    for call in order.follow_ups:
        yield _said(order, desk, call.at, "followed_up", {"reached": call.reached})
    if order.invoice_at is not None:
        fen = sum(bill.total_fen for visit in order.visits if visit.attendance for bill in visit.attendance.bills)
        body = {"kind": "invoice", "number": f"FP-{order.number}", "amount_fen": fen}
        yield _said(order, desk, order.invoice_at, "invoice_issued", body)
    for refund in order.refunds:
        yield _said(order, desk, refund.at, "refund_requested", {"amount_fen": refund.fen, "reason": "多收退还"})
        if refund.paid_at is not None:
            yield _said(order, desk, refund.paid_at, "refunded", {"amount_fen": refund.fen})
    for recovery in order.recoveries:
        body = {"failure": recovery.failure, "action": "apology"}
        yield _said(order, desk, recovery.at, "recovery_made", body, tag=f"{recovery.failure}{recovery.at}")


def _heard(order: Order) -> Iterator[Said]:
    """Ratings, complaints, inspections."""
    desk = dispatcher(order)
    if order.rating_asked_at is not None:
        yield _said(order, desk, order.rating_asked_at, "rating_asked", {"until": order.rating_until})
    for number, rating in enumerate(order.ratings):
        yield from _rating(order, number, rating)
    for complaint in order.complaints:
        yield from _complaint(order, complaint)
    for inspection in order.inspections:
        result = {"result": "pass" if inspection.passed else "fail"}
        yield _said(order, INSPECTOR, inspection.at, "inspected", result, inspection.visit)
        if inspection.error_at is not None:
            error = {"kind": "poor_workmanship", "source": "inspection"}
            yield _said(order, INSPECTOR, inspection.error_at, "error_confirmed", error, inspection.visit)


def _rating(order: Order, number: int, rating: Rating) -> Iterator[Said]:
    body = {
        "score": rating.score,
        **dict(rating.dimensions),
        "given_on": rating.given_on,
        "identity_shown": False if rating.identity_denied else None,
    }
    given = _said(order, dispatcher(order), rating.at, "rated", body, tag=number)
    yield given
    if rating.voided_at is not None:
        void = {"rating_fact_id": given.fact_id, "reason": rating.void_reason}
        yield _said(order, supervisor(order), rating.voided_at, "rating_voided", void)


def _complaint(order: Order, complaint: Complaint) -> Iterator[Said]:
    desk, named = dispatcher(order), {"complaint_id": volume_id("complaint", f"{job_id(order)}/{complaint.at}")}
    answer = {**named, "solved": False, "answer": "已联系顾客"}
    yield _said(order, desk, complaint.at, "complaint_opened", {**named, "cause_code": "service"})
    if complaint.answered_at is not None:
        yield _said(order, desk, complaint.answered_at, "complaint_answered", answer, tag="contact")
    if complaint.offered_at is not None:
        offer = {**answer, "solution_offered": True}
        yield _said(order, desk, complaint.offered_at, "complaint_answered", offer, tag="offer")
    if complaint.told_at is not None:
        told = {**answer, "result_told": True}
        yield _said(order, desk, complaint.told_at, "complaint_answered", told, tag="result")
    if complaint.rating_asked_at is not None:
        yield _said(order, desk, complaint.rating_asked_at, "rating_asked", named, tag="complaint")
    if complaint.closed_at is not None:
        closed = {**named, "upheld": complaint.upheld, "reason": "已核查"}
        yield _said(order, supervisor(order), complaint.closed_at, "complaint_closed", closed)
