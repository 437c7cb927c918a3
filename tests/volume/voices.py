"""K14 to K20, K28: what customers said, whether the loop was closed, and whether failures were made good."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.seed.volume.records import Order, Rating
from tests.volume import money, promises
from tests.volume.counted import DAY, HOUR, Item, by, completed_at, completing, is_declined, made_visits

DIMENSIONS = {"K15a": "attitude", "K15b": "timeliness", "K15c": "skill", "K15d": "fee_clarity", "K15e": "tidiness"}


def of_order(order: Order) -> Iterator[Item]:
    yield from ratings(order)
    yield from loop(order)
    if made_visits(order):
        yield from complaints(order)
    for kind, at in failures(order):
        made = [each.at for each in order.recoveries if each.failure == kind and at <= each.at]
        yield by("K28", at + 48 * HOUR, min(made, default=None))


def rating_deadline(order: Order) -> datetime | None:
    done = completed_at(order)
    return order.rating_until or (None if done is None else done + 7 * DAY)


def in_time(order: Order) -> list[Rating]:
    deadline = rating_deadline(order)
    return [each for each in order.ratings if deadline is None or each.at <= deadline]


def counted_rating(order: Order) -> Rating | None:
    """One for each order: the last before the deadline that nobody took out."""
    return max((each for each in in_time(order) if each.voided_at is None), key=lambda each: each.at, default=None)


def ratings(order: Order) -> Iterator[Item]:
    for voided in in_time(order):
        if voided.voided_at is not None:
            yield Item("K14", voided.voided_at, 0, excluded=f"voided_{voided.void_reason}")
    rating, deadline = counted_rating(order), rating_deadline(order)
    if rating is not None:
        yield Item("K14", rating.at, int(rating.score >= 4))
        yield Item("K14b", rating.at, int(rating.given_on == "technician"))
        yield Item("K15", rating.at, rating.score - 1, 4)
        told = dict(rating.dimensions)
        yield from (Item(kpi, rating.at, told[name] - 1, 4) for kpi, name in DIMENSIONS.items() if name in told)
    if completed_at(order) is not None and deadline is not None:
        yield Item("K16", deadline, int(rating is not None))


def loop(order: Order) -> Iterator[Item]:
    done = completed_at(order)
    if done is None:
        return
    calls = sorted(order.follow_ups, key=lambda call: call.at)
    reached = [call.at for call in calls if call.reached]
    yield by("K20", done + 3 * DAY, min((call.at for call in calls), default=None))
    yield by("K20b", done + 3 * DAY, min(reached, default=None))
    yield by("K17", done + 7 * DAY, closed_loop(order, [call.at for call in calls], reached))


def closed_loop(order: Order, tried: list[datetime], reached: list[datetime]) -> datetime | None:
    """When the last step was done: report, signature, money, call back (or two tries), archived."""
    visit, done = completing(order), completed_at(order)
    assert visit is not None
    signature = visit.signature
    signed = signature is not None and (signature.method == "signature" or bool(signature.reason))
    signed_at = done if is_declined(order) else signature.at if signed and signature is not None else None
    owes = any(bill.total_fen for each in made_visits(order) for bill in each.bills)
    called = min([*reached, *tried[1:2]], default=None)
    steps = (
        order.report_at,
        signed_at,
        money.settled_at(order) if owes else done,
        called,
        order.closed_at,
    )
    found = [at for at in steps if at is not None]
    return max(found) if len(found) == len(steps) else None


def complaints(order: Order) -> Iterator[Item]:
    for complaint in order.complaints:
        heard = [at for at in (complaint.answered_at, complaint.offered_at, complaint.told_at) if at is not None]
        yield by("K18", complaint.at + 24 * HOUR, min(heard, default=None))
        yield by("K19", complaint.at + 48 * HOUR, complaint.offered_at)
        if complaint.closed_at is not None:
            told = complaint.told_at is not None and complaint.rating_asked_at is not None
            yield Item("K19b", complaint.closed_at, int(told))


def failures(order: Order) -> Iterator[tuple[str, datetime]]:
    """Late by more than 30 minutes without notice, or never there; an error, a rating of 1 or 2, a complaint upheld."""
    for visit in order.visits:
        if not visit.superseded:
            held, _ = promises.held_to(visit)
            told, off = promises.told_at(visit), promises.called_off_at(order, visit)
            tolerated = held.end + timedelta(minutes=30)
            came = None if visit.attendance is None else visit.attendance.arrived_at
            late = (came is None or came > tolerated) and not (off is not None and off <= tolerated)
            if late and not (told is not None and told < held.end):
                yield "late", tolerated
    yield from (("error", each.error_at) for each in order.inspections if each.error_at is not None)
    rating = counted_rating(order)
    if rating is not None and rating.score <= 2:
        yield "low_rating", rating.at
    for complaint in order.complaints:
        if complaint.upheld and complaint.closed_at is not None and made_visits(order):
            yield "complaint", complaint.closed_at
