"""The scenario is what domain 6 asks for, the same every time; and whoever counts it knows nothing of the service."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

from service.seed.volume.days import day_of
from service.seed.volume.records import Scenario
from service.seed.volume.scenario import scenario

COUNTING = ("conduct", "counted", "money", "oracle", "promises", "repairs", "voices")
RECORDS = ("service.seed.volume.records", "service.seed.volume.visit_records")


@cache
def half_year() -> Scenario:
    return scenario()


def test_the_half_year_has_the_shares_that_it_is_to_have() -> None:
    orders = half_year().orders
    work = Counter(order.work_type for order in orders)
    again = [order for order in orders if len([visit for visit in order.visits if not visit.superseded]) > 1]

    assert (len(orders), (half_year().last_day - half_year().first_day).days + 1) == (4_000, 180)
    assert [_percent(work[name]) for name in ("repair", "install")] == [70, 15]
    assert _percent(work["maintain"] + work["clean"]) == 10
    assert _percent(work["guide"] + work["complaint_visit"]) == 5
    assert _percent(sum(order.warranty != "paid" for order in orders)) == 55
    assert _percent(sum(order.urgent for order in orders)) == 6
    assert 10 <= _percent(len(again)) <= 13


def test_three_outlets_and_24_technicians_are_busiest_in_july() -> None:
    orders = half_year().orders
    months = Counter(day_of(order.requested_at).month for order in orders)

    assert {order.outlet for order in orders} == {"HZ01", "SZ01", "JX01"}
    assert len({visit.technician for order in orders for visit in order.visits}) == 24
    assert max(months, key=lambda month: months[month]) == 7


def test_one_seed_gives_one_scenario_and_another_seed_another() -> None:
    assert scenario(jobs=100) == scenario(jobs=100)
    assert scenario(jobs=100) != scenario(jobs=100, seed=7)


def test_no_record_is_of_a_time_that_had_not_come() -> None:
    planted = half_year()
    pushed = [visit.attendance.pushed_at for order in planted.orders for visit in order.visits if visit.attendance]

    assert max(pushed) <= planted.now
    assert max(order.requested_at for order in planted.orders) <= planted.now


def test_the_independent_count_reads_the_records_and_nothing_else_of_the_service() -> None:
    for name in COUNTING:
        tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text())
        asked = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        own = {module for module in asked if module.startswith(("domain", "sync", "service")) and module not in RECORDS}
        assert not own, name


def _percent(count: int) -> int:
    return round(count * 100 / 4_000)
