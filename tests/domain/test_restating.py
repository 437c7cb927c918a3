"""Which figures of a report a change restates: none that adds up as before."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from domain.facts.words import WorkType
from domain.kpis.query import Filters, GroupBy, ReportQuery, Span
from domain.kpis.restating import CountedItem, restated

HERE, THERE, ANNA, BEN = (UUID(int=number) for number in range(1, 5))
JULY = ReportQuery(first_day=date(2025, 7, 1), last_day=date(2025, 7, 31))
ITEM = CountedItem(
    kpi="K03",
    day=date(2025, 7, 9),
    outlet_id=HERE,
    technician_id=ANNA,
    product_code=None,
    fault_group=None,
    work_type=WorkType.REPAIR,
    priority="normal",
    pending=False,
    numerator=1,
    denominator=1,
    excluded=None,
    low_graded=False,
    seconds=60,
)


def told(
    report: ReportQuery, was: list[CountedItem], now: list[CountedItem], outlet_ids: tuple[UUID, ...] = ()
) -> bool:
    return bool(restated(report, outlet_ids, was, now))


@pytest.mark.parametrize(
    "changes",
    [
        {"numerator": 0},
        {"denominator": 2},
        {"excluded": "duplicate"},
        {"pending": True},
        {"low_graded": True},
        {"seconds": 61},
        {"day": date(2025, 6, 30)},
        {"day": date(2025, 8, 1)},
        {"kpi": "K04"},
    ],
)
def test_whatever_shows_in_a_figure_restates_it_and_only_it(changes: dict[str, Any]) -> None:
    now = replace(ITEM, **changes)
    assert restated(JULY, (), [ITEM], [now]) == sorted({"K03", changes.get("kpi", "K03")})
    assert restated(JULY, (), [ITEM, now], [now, ITEM]) == []


@pytest.mark.parametrize("changes", [{"technician_id": BEN}, {"outlet_id": THERE}, {"day": date(2025, 7, 10)}])
def test_who_did_it_and_when_shows_where_figures_are_set_apart_or_narrowed_by_it(changes: dict[str, Any]) -> None:
    was, now = [ITEM], [replace(ITEM, **changes)]
    assert not told(JULY, was, now)
    apart = {"technician_id": GroupBy.TECHNICIAN, "outlet_id": GroupBy.OUTLET}.get(next(iter(changes)))
    assert told(replace(JULY, group_by=apart, span=Span.DAY if apart is None else None), was, now)
    assert told(JULY, was, now, (HERE,)) == ("outlet_id" in changes)
    assert told(replace(JULY, filters=Filters(technician_id=BEN)), was, now) == ("technician_id" in changes)


def test_a_move_within_a_week_or_month_is_none() -> None:
    was, now = [ITEM], [replace(ITEM, day=date(2025, 7, 13))]
    assert [told(replace(JULY, span=span), was, now) for span in Span] == [True, False, False]
    assert told(replace(JULY, span=Span.WEEK), was, [replace(ITEM, day=date(2025, 7, 14))])


@pytest.mark.parametrize("state", [{"pending": True}, {"excluded": "duplicate"}])
def test_what_pends_or_is_left_out_shows_by_its_number_alone(state: dict[str, Any]) -> None:
    was = replace(ITEM, **state)
    assert not told(JULY, [was], [replace(was, numerator=0, seconds=None)])
    assert told(JULY, [was], [replace(was, denominator=3)])


def test_two_that_change_places_leave_the_figure_as_it_was() -> None:
    other = replace(ITEM, technician_id=BEN, numerator=0)
    swapped = [replace(ITEM, numerator=0), replace(other, numerator=1)]
    assert not told(JULY, [ITEM, other], swapped)
    assert told(replace(JULY, group_by=GroupBy.TECHNICIAN), [ITEM, other], swapped)
