"""Whether somebody came when it was promised, and whether the customer heard of it in time (K03, K35, K36, K37)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from domain.facts.door.attendance import ArrivalEvidence, VisitOutcome
from domain.facts.words import Side
from domain.job.statuses import VisitStatus
from domain.job.visit import Visit
from domain.measures.course import Course, later, seconds_between
from domain.measures.measure import Tally
from domain.measures.promises import Window

APPOINTMENT_LIMIT = timedelta(minutes=30)
GOOD_NOTICE = timedelta(minutes=30)
ARRIVALS = ("arrived", "checked_in")


def of_visit(course: Course, visit: Visit) -> Iterator[Tally]:
    """What window and calls count. A visit that gave way counts nothing: its promise went on in the other."""
    if not course.promised(visit) or visit.status is VisitStatus.SUPERSEDED:
        return
    promised, broken = promise(course, visit)
    arrival = _arrival(course, visit, promised, broken=broken)
    if arrival is None:
        return
    yield arrival
    if arrival.excluded is None and not arrival.numerator:
        yield from _notice(course, visit, promised)
    yield _moved(course, visit, arrival)
    yield _contact(course, visit, arrival)


def promise(course: Course, visit: Visit) -> tuple[Window, bool]:
    """The window that the visit is held to, and whether the company moved it without the customer's leave.

    A new one counts where the customer asked or agreed before the window began (K03).
    """
    first, *moves = course.promised(visit)
    promised, broken = first, False
    for window in moves:
        if (window.moved_by is Side.CUSTOMER or window.customer_agreed) and window.at < promised.start:
            promised, broken = window, False
        else:
            broken = broken or window.moved_by is not Side.CUSTOMER
    return promised, broken


def is_told(course: Course, visit: Visit) -> bool:
    """Whether the customer heard, before the promised window ended, that it would be late."""
    promised, _ = promise(course, visit)
    told = _told_at(course, visit)
    return told is not None and told < promised.end


def is_awaited(course: Course, visit: Visit, until: datetime) -> bool:
    """Whether the customer could still expect the visit then: not called off, and nobody came in its place."""
    off = _called_off(course, visit)
    called_off = off is not None and off <= until
    gave_way = visit.status is VisitStatus.SUPERSEDED or _kept_by_another(course, visit, until)
    return not called_off and (visit.arrived_at is not None or not gave_way)


def _told_at(course: Course, visit: Visit) -> datetime | None:
    """A call that says so, or a new window that the customer agreed to."""
    calls = [each.at for each in visit.contacts if each.reached and each.late_until is not None]
    later_ones = course.promised(visit)[1:]
    moves = [each.at for each in later_ones if each.customer_agreed and each.moved_by is not Side.CUSTOMER]
    return min((*calls, *moves), default=None)


def _arrival(course: Course, visit: Visit, promised: Window, *, broken: bool) -> Tally | None:
    """On time is no later than the window's end; not to come counts as missed, a closed door where it is shown."""
    called_off = _called_off(course, visit)
    if called_off is not None and called_off <= promised.end:
        return Tally("K03", called_off, 0, excluded="customer_cancelled")
    if visit.arrived_at is None and _kept_by_another(course, visit, promised.end):
        return None
    low = course.low_graded(visit, *ARRIVALS)
    if visit.arrived_at is None or broken or _is_unshown(visit):
        return Tally("K03", promised.end, 0, low_graded=low)
    if visit.arrived_at <= promised.end:
        return Tally("K03", visit.arrived_at, 1, low_graded=low)
    return Tally("K03", promised.end, 0, low_graded=low, seconds=seconds_between(promised.end, visit.arrived_at))


def _called_off(course: Course, visit: Visit) -> datetime | None:
    """When the customer called it off, before anybody came."""
    if visit.arrived_at is not None:
        return None
    offs = (visit.call_off, course.job.cancellation)
    return min((each.at for each in offs if each is not None and each.side == Side.CUSTOMER), default=None)


def _kept_by_another(course: Course, visit: Visit, until: datetime) -> bool:
    """Whether somebody else came instead of a visit that was declined or called off."""
    if visit.status not in (VisitStatus.DECLINED, VisitStatus.CANCELLED):
        return False
    others = [each.arrived_at for each in course.job.visits if each.id != visit.id]
    return any(at is not None and at <= until for at in others)


def _is_unshown(visit: Visit) -> bool:
    absent = visit.outcome is VisitOutcome.NO_ACCESS
    return absent and visit.arrival_evidence in (None, ArrivalEvidence.UNVERIFIED)


def _notice(course: Course, visit: Visit, promised: Window) -> Iterator[Tally]:
    """Of a late visit: whether the customer heard of it before the window ended, and 30 minutes before."""
    told = _told_at(course, visit)
    yield Tally("K35", promised.end, int(told is not None and told < promised.end))
    yield Tally("K35b", promised.end, int(told is not None and told <= promised.end - GOOD_NOTICE))


def _moved(course: Course, visit: Visit, arrival: Tally) -> Tally:
    moves = [each.at for each in course.promised(visit)[1:] if each.moved_by is not Side.CUSTOMER]
    if moves:
        return Tally("K37", moves[0], 1)
    return replace(arrival, kpi="K37", numerator=0, low_graded=False, seconds=None)


def _contact(course: Course, visit: Visit, arrival: Tally) -> Tally:
    """How long until the customer was reached after the dispatch, be it by a visit that gave way to this one."""
    dispatched, reached = course.promised(visit)[0].at, min(_contacts(course, visit), default=None)
    deadline = later(dispatched, APPOINTMENT_LIMIT)
    if reached is not None:
        seconds = seconds_between(dispatched, reached)
        return Tally("K36", max(dispatched, min(reached, deadline)), int(reached <= deadline), seconds=seconds)
    if arrival.excluded is not None and arrival.at <= deadline:
        return Tally("K36", arrival.at, 0, excluded=arrival.excluded)
    return Tally("K36", deadline, 0)


def _contacts(course: Course, visit: Visit) -> Iterator[datetime]:
    """When the customer was first reached about this visit, and about those whose promise it keeps."""
    known = {each.id: each for each in course.job.visits}
    current: Visit | None = visit
    while current is not None:
        known.pop(current.id, None)
        if current.contacted_at is not None:
            yield current.contacted_at
        replaced = None if current.plan is None else current.plan.replaces_visit_id
        current = None if replaced is None else known.get(replaced)
