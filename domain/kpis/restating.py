"""Which figures of a report change when jobs count differently than before."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from msgspec import Struct

from domain.kpis.query import Filters, GroupBy, ReportQuery, Span

_GROUPS = {
    GroupBy.OUTLET: "outlet_id",
    GroupBy.TECHNICIAN: "technician_id",
    GroupBy.PRODUCT: "product_code",
    GroupBy.FAULT_GROUP: "fault_group",
    GroupBy.WORK_TYPE: "work_type",
    GroupBy.PRIORITY: "priority",
}


class CountedItem(Struct, frozen=True, kw_only=True):
    """What a visit or a job counts for one KPI at some moment, and where it belongs."""

    kpi: str
    day: date
    outlet_id: UUID
    technician_id: UUID | None
    product_code: str | None
    fault_group: str | None
    work_type: str
    priority: str
    pending: bool
    numerator: int
    denominator: int
    excluded: str | None
    low_graded: bool
    seconds: int | None


Share = tuple[str, object, date | None, tuple[object, ...]]
"""KPI, group and span of a figure, and what an item adds to it."""


def restated(
    report: ReportQuery, outlet_ids: Collection[UUID], before: Iterable[CountedItem], after: Iterable[CountedItem]
) -> list[str]:
    """The KPIs of which some figure of the report, about these outlets or all, differs by this change."""
    was, now = (Counter(_shares(report, outlet_ids, items)) for items in (before, after))
    return sorted({kpi for kpi, *_ in (was - now) | (now - was)})


def _shares(report: ReportQuery, outlet_ids: Collection[UUID], items: Iterable[CountedItem]) -> Iterator[Share]:
    for item in items:
        if _is_in(report, item) and (not outlet_ids or item.outlet_id in outlet_ids):
            group = None if report.group_by is None else getattr(item, _GROUPS[report.group_by])
            yield item.kpi, group, _starts_on(item.day, report.span), _counts(item)


def _counts(item: CountedItem) -> tuple[object, ...]:
    """What an item adds to a figure; of a pending or excluded item only its number shows."""
    if item.pending or item.excluded is not None:
        return item.pending or item.excluded, item.denominator
    return item.numerator, item.denominator, item.low_graded, item.seconds


def _is_in(report: ReportQuery, item: CountedItem) -> bool:
    asked = {name: value for name in Filters.__struct_fields__ if (value := getattr(report.filters, name)) is not None}
    narrowed = all(getattr(item, name) == value for name, value in asked.items())
    return narrowed and report.first_day <= item.day <= report.last_day


def _starts_on(day: date, span: Span | None) -> date | None:
    match span:
        case None:
            return None
        case Span.DAY:
            return day
        case Span.WEEK:
            return day - timedelta(days=day.weekday())
        case Span.MONTH:
            return day.replace(day=1)
