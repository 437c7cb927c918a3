"""What one thing counts for a KPI, and what a period adds up to: numerator, denominator, exclusions, pending."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from service.seed.volume.records import Order
from service.seed.volume.visit_records import Attendance, Visit

SITE_TIME = timezone(timedelta(hours=8))
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Item:
    """Counts in the period of `at`; until `certain_at` it is pending."""

    kpi: str
    at: datetime
    numerator: int
    denominator: int = 1
    excluded: str | None = None
    certain_at: datetime | None = None

    @property
    def day(self) -> date:
        return site_day(self.at)


@dataclass(frozen=True)
class Figure:
    """What a report says of one KPI."""

    numerator: int = 0
    denominator: int = 0
    pending: int = 0
    excluded: frozenset[tuple[str, int]] = frozenset()


def figures(items: Iterable[Item], now: datetime, first: date, last: date) -> dict[str, Figure]:
    """By KPI, what was counted of these days as it stood at this moment."""
    found: dict[str, Figure] = {}
    left_out: dict[str, Counter[str]] = {}
    for item in items:
        known = found.setdefault(item.kpi, Figure())
        if not first <= item.day <= last:
            continue
        if (item.certain_at or item.at) > now:
            found[item.kpi] = replace(known, pending=known.pending + item.denominator)
        elif item.excluded is not None:
            left_out.setdefault(item.kpi, Counter())[item.excluded] += item.denominator
        else:
            found[item.kpi] = replace(
                known,
                numerator=known.numerator + item.numerator,
                denominator=known.denominator + item.denominator,
            )
    return {
        kpi: replace(each, excluded=frozenset((+left_out.get(kpi, Counter())).items())) for kpi, each in found.items()
    }


def site_day(at: datetime) -> date:
    return at.astimezone(SITE_TIME).date()


def first_moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SITE_TIME).astimezone(UTC)


def by(kpi: str, deadline: datetime, done_at: datetime | None) -> Item:
    """Done by its deadline, the deadline itself included; not done is a failure at the deadline (3.1 rule 1)."""
    in_time = done_at is not None and done_at <= deadline
    return Item(kpi, min(done_at or deadline, deadline), int(in_time))


def seconds(since: datetime, until: datetime) -> int:
    return max(0, int((until - since) / timedelta(seconds=1)))


def was_there(visit: Visit) -> bool:
    """Whether the technician came and was let in."""
    made = visit.attendance
    return made is not None and made.arrived_at is not None and made.outcome != "no_access"


def made_visits(order: Order) -> list[Attendance]:
    """What was recorded of attended visits, the earliest arrival first."""
    made = [visit.attendance for visit in order.visits if visit.attendance is not None and was_there(visit)]
    return sorted(made, key=lambda each: each.arrived_at or datetime.max.replace(tzinfo=UTC))


def completing(order: Order) -> Attendance | None:
    """The visit that did it: solved, no fault to be found, or the quote refused."""
    ends = ("solved", "no_fault_found", "customer_declined")
    done = [each for each in made_visits(order) if each.ended_at is not None and each.outcome in ends]
    return min(done, key=lambda each: str(each.ended_at), default=None)


def is_declined(order: Order) -> bool:
    done = completing(order)
    return done is not None and done.outcome == "customer_declined"


def is_solved(order: Order) -> bool:
    """Tested and the customer did not object, or signed; no fault found, and that was accepted (K04)."""
    done = completing(order)
    if done is None or done.outcome == "customer_declined":
        return False
    method = None if done.signature is None else done.signature.method
    if method == "refused":
        return False
    tested = done.finished_at is not None and done.tested and not done.test_failed
    return method == "signature" or tested or done.outcome == "no_fault_found"


def completed_at(order: Order) -> datetime | None:
    done = completing(order)
    return None if done is None else done.ended_at


def over_at(order: Order) -> datetime | None:
    """When the order was over, one way or another."""
    off = None if order.cancelled is None else order.cancelled.at
    return completed_at(order) or order.closed_at or off
