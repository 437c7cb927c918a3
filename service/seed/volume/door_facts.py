"""What a technician's phone recorded of an attendance."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import convert

from domain.facts.door import FeesDisclosed
from domain.steps.fees import content_hash
from service.seed.volume import goods
from service.seed.volume.records import Order
from service.seed.volume.said import Said, visit_id, volume_id
from service.seed.volume.visit_records import Attendance, Bill, Fitted, Item, Line, Payment, Quote, Visit

Step = tuple[datetime, str, dict[str, Any]]
KIT = ("K01", "K02", "K03", "K04", "K05")
RESULTS = {"failed": ("fail", None), "not_applicable": ("not_applicable", "顾客家中无此项")}
FEE_WORDS = {"visit": "上门费", "labour": "人工费", "part": "配件费", "cleaning": "清洗费"}


def of_door(order: Order) -> Iterator[Said]:
    """Every visit's records, in the order in which they happened."""
    for number, visit in enumerate(order.visits):
        if visit.attendance is None:
            continue
        steps = sorted(_steps(order, visit, visit.attendance), key=lambda step: step[0])
        for index, (at, kind, body) in enumerate(steps):
            yield Said(
                login=visit.technician,
                at=at,
                handed_over_at=visit.attendance.pushed_at,
                clock_ahead_seconds=visit.attendance.clock_ahead_seconds,
                order=order,
                fact_id=volume_id("fact", f"{order.number}/{number}/{index}"),
                visit_id=visit_id(order, number),
                kind=kind,
                body=body,
                twice=visit.attendance.pushed_twice,
            )


def _steps(order: Order, visit: Visit, made: Attendance) -> Iterator[Step]:
    yield from _plain_steps(made)
    for call in made.calls:
        yield call.at, "customer_contacted", {"reached": call.reached, "late_until": call.late_until}
    if made.checked_in_at is not None:
        yield made.checked_in_at, "checked_in", _check_in(visit, made)
    for quote in made.quotes:
        yield from _quoted(order, quote)
    yield from _worked(order, made)
    for part in made.parts:
        yield part.at, "part_used", _part(order, part)
    for bill in made.bills:
        yield bill.at, "charged", _bill(order, bill)
    for payment in made.payments:
        yield payment.at, "paid", _payment(payment)
    for incident in made.incidents:
        yield incident.at, "incident_reported", {"kind": incident.kind, "serious": False}
    if made.signature is not None:
        signed = {"method": made.signature.method, "reason": made.signature.reason}
        yield made.signature.at, "signed_off", signed
    if made.ended_at is not None:
        yield made.ended_at, "visit_ended", _end(made)


def _plain_steps(made: Attendance) -> Iterator[Step]:
    if made.accepted_at is not None:
        yield made.accepted_at, "visit_accepted", {}
    if made.departed_at is not None:
        yield made.departed_at, "departed", {}
    if made.arrived_at is not None:
        yield made.arrived_at, "arrived", {"evidence": made.arrival_shown_by}
    if made.diagnosed_at is not None:
        yield made.diagnosed_at, "diagnosed", {}
    if made.guided_at is not None:
        yield made.guided_at, "guidance_given", {"topics": made.guidance}


def _check_in(visit: Visit, made: Attendance) -> dict[str, Any]:
    return {
        "uniform": {"code": "uniform", "result": "pass" if made.uniform else "fail"},
        "badge": {"code": "badge", "result": "pass" if made.badge else "fail"},
        "badge_number": visit.technician,
        "kit_items": [{"code": code, "result": "pass"} for code in KIT],
    }


def _quoted(order: Order, quote: Quote) -> Iterator[Step]:
    told = {
        "lines": _lines(order, quote.lines),
        "total_fen": quote.total_fen,
        "price_list_shown": quote.list_shown,
        "expected_finish_at": quote.finish_by,
    }
    yield quote.at, "fees_disclosed", told
    named = content_hash(convert({**told, "expected_finish_at": None}, FeesDisclosed))
    if quote.agreed_at is not None:
        yield quote.agreed_at, "fees_acknowledged", {"content_hash": named, "method": "signature"}
    if quote.declined_at is not None:
        yield quote.declined_at, "fees_declined", {"content_hash": named, "reason": "价格"}


def _lines(order: Order, lines: Sequence[Line]) -> list[dict[str, Any]]:
    covered = order.warranty != "paid"
    return [
        {
            "line_id": str(number),
            "kind": line.kind,
            "code": line.code,
            "description": FEE_WORDS.get(line.kind, line.code),
            "quantity_thousandths": 1000,
            "unit_price_fen": line.fen,
            "amount_fen": line.fen,
            "warranty": "covered_whole" if covered else "paid",
        }
        for number, line in enumerate(lines, 1)
    ]


def _worked(order: Order, made: Attendance) -> Iterator[Step]:
    asked = goods.asked_of(order.work_type, goods.group_of(order.product), order.special_work)
    checks = [{"code": code, "result": "pass"} for code in asked.safety_checks]
    for number, span in enumerate(made.spans):
        begun = {"make_safe": made.make_safe, "safety_checks": checks}
        yield span.begins, *(("work_resumed", {}) if number else ("work_started", begun))
        if span.pause is not None:
            yield span.ends, "work_paused", {"reason": span.pause}
    if made.recorded_at is not None:
        yield made.recorded_at, "repair_recorded", _repair(order, made)
    if made.finished_at is not None:
        test = {"tested": made.tested, "test_result": "fail" if made.test_failed else None}
        yield made.finished_at, "work_finished", test


def _repair(order: Order, made: Attendance) -> dict[str, Any]:
    passed, checks = _answers([each for each in made.items if each.purpose == "safety_after_repair"])
    is_repair = order.symptom is not None and made.outcome == "solved"
    return {
        "symptom_code": order.symptom,
        "cause_code": goods.cause(goods.group_of(order.product)) if is_repair else "X-C93",
        "measure_codes": made.measures,
        "result": made.outcome,
        "passed": passed,
        "checks": checks,
    }


def _end(made: Attendance) -> dict[str, Any]:
    written = made.recorded_at is not None
    left = [each for each in made.items if not (written and each.purpose == "safety_after_repair")]
    passed, checks = _answers(left)
    return {
        "outcome": made.outcome,
        "passed": passed,
        "checks": checks,
        "missing_parts": [{"part_code": code, "quantity_thousandths": needed} for code, needed in made.short],
        "waited_minutes": 15,
        "contact_attempts": 2,
    }


def _answers(items: Iterable[Item]) -> tuple[list[str], list[dict[str, Any]]]:
    found = list(items)
    passed = [each.code for each in found if each.answer == "passed"]
    checks = [
        {"code": each.code, "result": RESULTS[each.answer][0], "reason": RESULTS[each.answer][1]}
        for each in found
        if each.answer in RESULTS
    ]
    return passed, checks


def _part(order: Order, part: Fitted) -> dict[str, Any]:
    covered = order.warranty != "paid"
    return {
        "part_code": part.code,
        "quantity_thousandths": part.thousandths,
        "unit": part.unit,
        "warranty": "covered_whole" if covered else "paid",
        "unit_price_fen": part.price_fen,
        "serial_in": part.serial,
        "batch": part.batch,
        "old_part": (part.fate or "none") if part.replaces else "nothing_replaced",
    }


def _bill(order: Order, bill: Bill) -> dict[str, Any]:
    return {
        "lines": _lines(order, bill.lines),
        "total_fen": bill.total_fen,
        "settlement_shown": bill.settlement_shown,
        "invoice_asked": bill.invoice_asked,
    }


def _payment(payment: Payment) -> dict[str, Any]:
    return {"amount_fen": payment.fen, "method": "online", "receipt_given": payment.receipt}
