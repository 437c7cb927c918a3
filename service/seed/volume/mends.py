"""What is set by hand on an order of the half year, so that it lies on a boundary."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from msgspec.structs import replace

from service.seed.volume import goods
from service.seed.volume.crew import Rota
from service.seed.volume.days import SITE_TIME, moment
from service.seed.volume.records import Exclusion, Order, Refund, Reply, WarrantyDecision
from service.seed.volume.visit_records import Attendance, CallOff, Line, Promise, Quote, Span, Visit

Mend = Callable[[Order], Order]


def answered_after(seconds: int) -> Mend:
    """First processed so long after the request; whatever else the desk did comes later anyway."""

    def mend(order: Order) -> Order:
        reply = Reply(at=order.requested_at + timedelta(seconds=seconds), means="called")
        return replace(order, replies=(reply,))

    return mend


def gas_smell(order: Order) -> Order:
    """Answered after 58 minutes, made safe, and nothing charged."""
    order = replace(answered_after(58 * 60)(order), warranty="paid")
    return _with_attendance(
        order, lambda made: replace(made, make_safe=True, quotes=(), bills=(), payments=(), measures=("M09",))
    )


def moved_by_technician(order: Order) -> Order:
    visit = order.visits[0]
    first, moved = visit.promises
    return replace(
        order, visits=(replace(visit, promises=(first, replace(moved, asked_by="technician", agreed=False))),)
    )


def added_item(order: Order) -> Order:
    """In the middle of the work something is added, told, and agreed to."""

    def mend(made: Attendance) -> Attendance:
        (quote,), (span,), (bill,) = made.quotes, made.spans, made.bills
        middle = span.begins + (span.ends - span.begins) / 2
        lines = (*quote.lines, Line(code="F-HEIGHT", kind="height", fen=15_000, list_fen=15_000))
        told, agreed_at = middle + timedelta(minutes=1), middle + timedelta(minutes=3)
        added = Quote(at=told, lines=lines, list_shown=True, finish_by=quote.finish_by, agreed_at=agreed_at)
        spans = (
            Span(begins=span.begins, ends=middle, pause="customer"),
            Span(begins=middle + timedelta(minutes=4), ends=span.ends),
        )
        paid = replace(made.payments[0], fen=sum(line.fen for line in lines))
        return replace(made, quotes=(quote, added), spans=spans, bills=(replace(bill, lines=lines),), payments=(paid,))

    return _with_attendance(order, mend)


def added_unseen(order: Order) -> Order:
    """The same, but the list of prices was shown for the first part only."""

    def mend(made: Attendance) -> Attendance:
        *first, last = made.quotes
        return replace(made, quotes=(*first, replace(last, list_shown=False)))

    return _with_attendance(added_item(order), mend)


def forgiven(order: Order) -> Order:
    """Work begins before the fees are agreed to; a supervisor, on the phone, lets it go on and be charged."""
    made = order.visits[0].attendance
    assert made is not None
    return replace(order, waived_at=made.spans[0].begins + timedelta(minutes=1))


def put_off(order: Order) -> Order:
    """An hour later than promised, without asking; somebody came within the first window all the same."""
    visit = order.visits[0]
    (first,) = visit.promises
    hour = timedelta(hours=1)
    later = Promise(
        at=first.at + timedelta(minutes=20), start=first.start + hour, end=first.end + hour, asked_by="company"
    )
    return replace(order, visits=(replace(visit, promises=(first, later)),))


def closed_after(seconds: int) -> Mend:
    """Archived seven days after the work, and so many seconds."""

    def mend(order: Order) -> Order:
        made = order.visits[-1].attendance
        assert made is not None
        assert made.ended_at is not None
        return replace(order, closed_at=made.ended_at + timedelta(days=7, seconds=seconds))

    return mend


def pushed_a_day_after_arrival(order: Order) -> Order:
    """What was recorded before the arrival came too late, the arrival itself just in time."""

    def mend(made: Attendance) -> Attendance:
        assert made.arrived_at is not None
        return replace(made, pushed_at=made.arrived_at + timedelta(days=1))

    return _with_attendance(order, mend)


def storm(*, approved: bool) -> Mend:
    """Left out for a storm, by a supervisor or by somebody who may not."""

    def mend(order: Order) -> Order:
        at = order.visits[0].promises[0].end + timedelta(hours=1)
        return replace(order, exclusions=(Exclusion(at=at, reason="force_majeure", approved=approved),))

    return mend


def misuse(*, shown: bool) -> Mend:
    """The desk says that it was used wrongly, with a photo or without."""

    def mend(order: Order) -> Order:
        said = WarrantyDecision(at=order.recorded_at + timedelta(minutes=2), covered=False, shown=shown, misuse=True)
        return replace(order, decision=said)

    return mend


def by(login: str, special: tuple[str, ...], day: date) -> Mend:
    """This technician comes on this day, for this special work."""

    def mend(order: Order) -> Order:
        visit, held = order.visits[0], Rota().technician(login).certificates
        asked = goods.asked_of(order.work_type, goods.group_of(order.product), special)
        order = replace(order, special_work=special, visits=(replace(visit, technician=login, certificates=held),))
        assert visit.promises[0].start.astimezone(SITE_TIME).date() == day, "planned for the day after the request"
        return _with_attendance(order, lambda made: replace(made, items=goods.items(asked, {})))

    return mend


def synced_twice(order: Order) -> Order:
    return _with_attendance(order, lambda made: replace(made, pushed_twice=True))


def refund(due_at: datetime, paid_at: datetime) -> Mend:
    def mend(order: Order) -> Order:
        return replace(order, refunds=(Refund(at=due_at, fen=1_000, paid_at=paid_at),))

    return mend


def taken_back(side: str, seconds: int) -> Mend:
    """Cancelled so long after the request, before anybody did anything."""

    def mend(order: Order) -> Order:
        return replace(order, cancelled=CallOff(at=order.requested_at + timedelta(seconds=seconds), side=side))

    return mend


def requested_at(day: date, hour: int, minute: int) -> Mend:
    """Asked for at this time; nothing came of it yet."""

    def mend(order: Order) -> Order:
        at = moment(day, hour, minute)
        return replace(order, requested_at=at, recorded_at=at + timedelta(seconds=20))

    return mend


def _with_attendance(order: Order, mend: Callable[[Attendance], Attendance]) -> Order:
    """The order with its last visit made in another way."""
    last: Visit = order.visits[-1]
    assert last.attendance is not None
    return replace(order, visits=(*order.visits[:-1], replace(last, attendance=mend(last.attendance))))
