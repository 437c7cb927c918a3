"""K01, K02, K03, K35 to K37, counted from the records as domain 3.2 and 3.3 say it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.seed.volume.records import Order
from service.seed.volume.visit_records import Promise, Visit
from tests.volume.counted import HOUR, Item, by


def of_order(order: Order) -> Iterator[Item]:
    yield response(order)
    for visit in order.visits:
        yield from of_visit(order, visit)


def response(order: Order) -> Item:
    """A human act within 24 hours of the request; of an urgent order within one hour of being urgent."""
    urgent, since, act = order.urgent, order.requested_at, min(human_acts(order), default=None)
    for change in order.priority_changes:
        if change.now == "urgent" and not urgent:
            limit = since + 24 * HOUR
            if limit < change.at and (act is None or act > limit):
                break
            urgent, since = True, change.at
        elif change.now == "normal" and change.by_supervisor:
            urgent, since = False, order.requested_at
    kpi, deadline = ("K02", since + HOUR) if urgent else ("K01", since + 24 * HOUR)
    if act is not None and act <= deadline:
        return Item(kpi, max(act, since), 1)
    off = order.cancelled
    if off is not None and off.side == "customer" and off.at <= deadline:
        return Item(kpi, off.at, 0, excluded="customer_cancelled")
    return Item(kpi, deadline, 0)


def human_acts(order: Order) -> Iterator[datetime]:
    """Accepted, called, diagnosed from afar, or whatever only somebody does who has taken it up."""
    yield from (reply.at for reply in order.replies if reply.means != "automatic")
    for visit in order.visits:
        yield from (call.at for call in visit.calls if call.reached)
        made = visit.attendance
        if made is not None:
            moments = (made.accepted_at, made.departed_at, made.arrived_at, made.checked_in_at, made.diagnosed_at)
            yield from (at for at in moments if at is not None)
            yield from (call.at for call in made.calls if call.reached)


def held_to(visit: Visit) -> tuple[Promise, bool]:
    """The window that counts, and whether the company broke its word."""
    held, broken = visit.promises[0], False
    for promise in visit.promises[1:]:
        if promise.asked_by is None:
            continue
        if promise.at < held.start and (promise.asked_by == "customer" or promise.agreed):
            held, broken = promise, False
        elif promise.asked_by != "customer":
            broken = True
    return held, broken


def called_off_at(order: Order, visit: Visit) -> datetime | None:
    """By the customer, before anybody came."""
    if visit.attendance is not None and visit.attendance.arrived_at is not None:
        return None
    return min(
        (off.at for off in (visit.call_off, order.cancelled) if off is not None and off.side == "customer"),
        default=None,
    )


def told_at(visit: Visit) -> datetime | None:
    """When the customer heard that it would be late."""
    made = visit.attendance.calls if visit.attendance is not None else ()
    calls = [call.at for call in (*visit.calls, *made) if call.reached and call.late_until is not None]
    moves = [move.at for move in visit.promises if move.asked_by not in (None, "customer") and move.agreed]
    return min((*calls, *moves), default=None)


def of_visit(order: Order, visit: Visit) -> Iterator[Item]:
    """A visit that gave way to another counts nothing: the other one keeps the promise."""
    if visit.superseded:
        return
    held, _ = held_to(visit)
    arrival = punctuality(order, visit)
    yield arrival
    if arrival.excluded is None and arrival.numerator == 0:
        told = told_at(visit)
        yield Item("K35", held.end, int(told is not None and told < held.end))
        yield Item("K35b", held.end, int(told is not None and told <= held.end - timedelta(minutes=30)))
    moved = [promise.at for promise in visit.promises if promise.asked_by not in (None, "customer")]
    if moved:
        yield Item("K37", moved[0], 1)
    else:
        yield Item("K37", arrival.at, 0, excluded=arrival.excluded)
    yield appointment(order, visit, arrival)


def punctuality(order: Order, visit: Visit) -> Item:
    held, broken = held_to(visit)
    off = called_off_at(order, visit)
    if off is not None and off <= held.end:
        return Item("K03", off, 0, excluded="customer_cancelled")
    made = visit.attendance
    if made is None or made.arrived_at is None or broken:
        return Item("K03", held.end, 0)
    unshown = made.outcome == "no_access" and made.arrival_shown_by == "unverified"
    return Item("K03", held.end, 0) if unshown else by("K03", held.end, made.arrived_at)


def appointment(order: Order, visit: Visit, arrival: Item) -> Item:
    """First contact within 30 minutes of the dispatch, be it by whoever was to come first."""
    made = visit.attendance.calls if visit.attendance is not None else ()
    before = order.visits[visit.replaces].calls if visit.replaces is not None else ()
    contact = min((call.at for call in (*before, *visit.calls, *made) if call.reached), default=None)
    deadline = visit.promises[0].at + timedelta(minutes=30)
    if contact is None and arrival.excluded is not None and arrival.at <= deadline:
        return Item("K36", arrival.at, 0, excluded=arrival.excluded)
    return by("K36", deadline, contact)
