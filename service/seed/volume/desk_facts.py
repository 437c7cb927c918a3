"""What the desk recorded of an order: the request, plans, calls, and everything after the work."""

import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import uuid5

import msgspec

from service.seed.company import sample_id
from service.seed.volume import goods
from service.seed.volume.aftercare_facts import after_the_work
from service.seed.volume.days import day_of
from service.seed.volume.records import Order
from service.seed.volume.said import (
    CALL_CENTRE,
    Said,
    desk_said,
    dispatcher,
    job_id,
    supervisor,
    visit_id,
    volume_id,
)
from service.seed.volume.visit_records import Promise, Visit

Body = dict[str, Any]


def of_desk(order: Order) -> Iterator[Said]:
    """Everything that was not recorded at the door."""
    yield desk_said(order, dispatcher(order), order.recorded_at, "job_opened", _opened(order))
    yield from _taken_up(order)
    for number, visit in enumerate(order.visits):
        yield from _planned(order, number, visit)
    yield from _standing(order)
    yield from after_the_work(order)


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
        yield desk_said(order, who, reply.at, "request_answered", body, tag=f"{reply.imported}{reply.at}")
    for change in order.priority_changes:
        who = supervisor(order) if change.by_supervisor else dispatcher(order)
        was = "normal" if change.now == "urgent" else "urgent"
        body = {"field": "priority", "was": was, "now": change.now, "reason": "情况有变"}
        yield desk_said(order, who, change.at, "details_amended", body)
    if order.decision is not None:
        yield desk_said(order, dispatcher(order), order.decision.at, "warranty_decided", _decision(order))


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
    yield desk_said(order, dispatcher(order), own[0].at, "visit_planned", _plan(order, visit, own[0]), number)
    for promise in own[1:]:
        moved = {**_times(promise), "asked_by": promise.asked_by, "customer_agreed": promise.agreed}
        yield desk_said(order, dispatcher(order), promise.at, "visit_replanned", moved, number)
    for call in visit.calls:
        body = {"reached": call.reached, "late_until": call.late_until}
        yield desk_said(order, dispatcher(order), call.at, "customer_contacted", body, number)
    if visit.call_off is not None:
        off = {"side": visit.call_off.side, "reason": "取消上门"}
        yield desk_said(order, dispatcher(order), visit.call_off.at, "visit_cancelled", off, number)


def _times(promise: Promise) -> Body:
    window = {"window_start": promise.start, "window_end": promise.end}
    return {**window, "work_start": promise.start, "work_end": promise.end}


def _plan(order: Order, visit: Visit, promise: Promise) -> Body:
    group, prices = (
        goods.group_of(order.product),
        # Of the day on which somebody comes in the end: a visit that was moved is told and charged by that day's list.
        goods.price_list(day_of(visit.promises[-1].start), order.work_type, order.outlet),
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
        yield desk_said(order, desk, hold.at, "job_held", {"reason": hold.reason})
        if hold.released_at is not None:
            yield desk_said(order, desk, hold.released_at, "job_released")
    for exclusion in order.exclusions:
        who = supervisor(order) if exclusion.approved else desk
        body = {"reason": exclusion.reason, "note": "已核实" if exclusion.approved else None}
        yield desk_said(order, who, exclusion.at, "job_excluded", body)
    if order.cancelled is not None:
        off = {"side": order.cancelled.side, "reason": "取消工单"}
        yield desk_said(order, desk, order.cancelled.at, "job_cancelled", off)
    if order.waived_at is not None:
        case_id = uuid5(job_id(order), f"work_without_acknowledgement:{visit_id(order, 0)}")
        waived = {"case_id": case_id, "choice": "waive", "reason": "顾客在电话中同意"}
        yield desk_said(order, supervisor(order), order.waived_at, "case_decided", waived)
    if order.closed_at is not None:
        yield desk_said(order, desk, order.closed_at, "job_closed", {"reason": "归档"})
