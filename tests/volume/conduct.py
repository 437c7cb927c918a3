"""K11, K13, K23 to K27, K29, K31, K32, K38, K40: what each visit showed, and how its records came."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.seed.volume.records import Order
from service.seed.volume.visit_records import Attendance, Visit
from tests.volume.counted import DAY, Item, completed_at, completing, is_declined, made_visits, site_day, was_there

PIECES = ("piece", "pair", "set")
FIELDS = {
    "repair": ("reported", "found", "cause", "measure", "parts", "test", "times", "technician", "signature", "fee"),
    "complaint_visit": (
        "reported",
        "found",
        "cause",
        "measure",
        "parts",
        "test",
        "times",
        "technician",
        "signature",
        "fee",
    ),
    "guide": ("times_of_guidance", "technician", "signature", "fee"),
}
OTHER_FIELDS = ("measure", "parts", "test", "times", "technician", "signature", "fee")
"""What a record has to tell (K24): of a repair all, of other work what there is to tell. Warranty is always known."""


def of_order(order: Order) -> Iterator[Item]:
    for number, visit in enumerate(order.visits):
        yield from of_visit(order, number, visit)
    yield from records(order)
    last = [visit.attendance for visit in order.visits if visit.attendance is not None and was_there(visit)]
    for complaint in order.complaints:
        if last:
            yield Item("K40", complaint.at, 1, 0)


def of_visit(order: Order, number: int, visit: Visit) -> Iterator[Item]:
    made = visit.attendance
    if made is None:
        return
    yield from received(made)
    if made.checked_in_at is not None:
        yield Item("K32", made.checked_in_at, int(made.uniform and made.badge and not denied(order, made)))
    if made.spans and order.special_work:
        yield Item("K25", made.spans[0].begins, int(certified(order, visit, made)))
    if was_there(visit) and made.arrived_at is not None:
        yield Item("K31b", made.arrived_at, 0)
    yield from (Item("K31b", incident.at, 1, 0) for incident in made.incidents)
    yield from parts(made)
    inspections = [each for each in order.inspections if each.visit == number]
    if inspections:
        yield Item("K13", inspections[-1].at, int(inspections[-1].passed))
    if made.ended_at is not None and was_there(visit):
        yield Item("K13b", made.ended_at, int(bool(inspections)))
        yield Item("K27", made.ended_at, int(bool(made.guidance)))
        yield Item("K40", made.ended_at, 0)
        yield from norm(made, made.ended_at)


def norm(made: Attendance, ended_at: datetime) -> Iterator[Item]:
    """Items passed of those passed, failed, or mandatory and unanswered; visits with every mandatory one passed."""
    passed = sum(item.answer == "passed" for item in made.items)
    failed = sum(item.answer == "failed" for item in made.items)
    unanswered = sum(item.answer == "unanswered" and item.mandatory for item in made.items)
    kept = all(item.answer in ("passed", "not_applicable") for item in made.items if item.mandatory)
    yield Item("K11a", ended_at, passed, passed + failed + unanswered)
    yield Item("K11b", ended_at, int(kept))


def denied(order: Order, made: Attendance) -> bool:
    """The customer's no is about whoever checked in last."""
    checked_in = [each.attendance for each in order.visits if each.attendance and each.attendance.checked_in_at]
    return any(rating.identity_denied for rating in order.ratings) and checked_in[-1] is made


def certified(order: Order, visit: Visit, made: Attendance) -> bool:
    """Valid on the day of work, first and last day included; an overdue review ends it."""
    day = site_day(made.spans[0].begins)
    valid = {held.kind for held in visit.certificates if held.valid_from <= day <= held.valid_until}
    return valid >= set(order.special_work)


def parts(made: Attendance) -> Iterator[Item]:
    for part in made.parts:
        numbered = part.serial is not None or part.batch is not None
        told = not part.replaces or part.fate is not None
        yield Item("K23", part.at, int(numbered and told), excluded=None if part.tracked else "untracked")
        if part.replaces and part.unit in PIECES:
            yield Item("K26", part.at, int(part.fate not in (None, "waived")))
            yield Item("K38", part.at, int(part.fate is not None))


def moments(made: Attendance) -> Iterator[datetime]:
    """Everything that the phone recorded."""
    plain = (made.accepted_at, made.departed_at, made.arrived_at, made.checked_in_at, made.diagnosed_at)
    done = (made.recorded_at, made.guided_at, made.finished_at, made.ended_at)
    yield from (at for at in (*plain, *done) if at is not None)
    for quote in made.quotes:
        yield from (at for at in (quote.at, quote.agreed_at, quote.declined_at) if at is not None)
    for span in made.spans:
        yield from (span.begins, span.ends) if span.pause else (span.begins,)
    yield from (each.at for each in (*made.calls, *made.parts, *made.bills, *made.payments, *made.incidents))
    if made.signature is not None:
        yield made.signature.at


def received(made: Attendance) -> Iterator[Item]:
    """Records that came within 24 hours, and those made on a clock within five minutes of the right time.

    The right time of what came later than a day is not known.
    """
    straight = timedelta(seconds=made.clock_ahead_seconds) <= timedelta(minutes=5)
    for at in moments(made):
        in_time = made.pushed_at - at <= DAY
        certain_at = made.pushed_at if in_time else at + DAY
        yield Item("K29", certain_at, int(in_time))
        yield Item("K29b", certain_at, int(in_time and straight))


def records(order: Order) -> Iterator[Item]:
    visit, done = completing(order), completed_at(order)
    if visit is None or done is None or is_declined(order):
        return
    told = told_in(order, visit)
    asked = FIELDS.get(order.work_type, OTHER_FIELDS)
    yield Item("K24", done, int(all(told[name] for name in asked)))
    if order.work_type == "repair":
        safety = [item for item in visit.items if item.purpose == "safety_after_repair" and item.mandatory]
        yield Item("K31", done, int(all(item.answer in ("passed", "not_applicable") for item in safety)))


def told_in(order: Order, visit: Attendance) -> dict[str, bool]:
    written = visit.recorded_at is not None
    return {
        "reported": order.symptom is not None,
        "found": any(each.diagnosed_at is not None for each in made_visits(order)),
        "cause": written,
        "measure": written,
        "parts": bool(visit.parts) or (written and "M01" not in visit.measures),
        "test": visit.finished_at is not None and visit.tested,
        "times": visit.arrived_at is not None and bool(visit.spans),
        "times_of_guidance": visit.arrived_at is not None,
        "technician": visit.checked_in_at is not None,
        "signature": visit.signature is not None,
        "fee": bool(visit.bills) or order.warranty != "paid" or all(quote.total_fen == 0 for quote in visit.quotes),
    }
