"""Every case of facts and documents, in every order of arrival, without a server: milliseconds."""

from itertools import cycle, islice
from random import Random
from typing import Any

import pytest

from openapi.vectors.runner.cases import cases, facts_of, filled, orders
from openapi.vectors.runner.compare import differences
from tests.vectors.pure import play

JOBS = cases("job")
SHUFFLES = 40
LEAST_PLAYS = 8
"""Ids are drawn anew for each play, and nothing may depend on which is the smaller one."""


@pytest.mark.parametrize("name", JOBS)
def test_a_case_comes_out_as_it_says_in_every_order_of_arrival(name: str, request: pytest.FixtureRequest) -> None:
    case = JOBS[name]
    if "disputed" in case:
        request.applymarker(pytest.mark.xfail(reason=case["disputed"], strict=True))

    for number, order in enumerate(islice(cycle(orders(case)), max(LEAST_PLAYS, sum(1 for _ in orders(case))))):
        seen, names = play(case, order)
        assert differences(filled(case["expect"], names), seen, names, as_written=number == 0) == [], order


@pytest.mark.parametrize(
    "name", [name for name, case in JOBS.items() if "orders" not in case and "disputed" not in case]
)
def test_facts_that_arrive_one_by_one_give_the_same_document(name: str) -> None:
    case, drawn = JOBS[name], Random(name)  # noqa: S311 (orders of arrival, the same in every run)

    for _ in range(SHUFFLES if len(_queues(case)) > 1 else 1):
        seen, names = play(case, _shuffled(case, drawn))
        assert differences(filled(case["expect"], names), seen, names, as_written=False) == []


def _queues(case: dict[str, Any]) -> list[list[Any]]:
    """What each device sends in turn, a fact at a time."""
    unaware = case.get("unaware", [])
    by = dict.fromkeys(push["by"] for push in unaware)
    return [
        [{**push, "facts": [fact]} for push in unaware if push["by"] == device for fact in facts_of([push])]
        for device in by
    ]


def _shuffled(case: dict[str, Any], drawn: Random) -> list[dict[str, Any]]:
    queues, order = _queues(case), []
    while any(queues):
        order.append(drawn.choice([queue for queue in queues if queue]).pop(0))
    latest = max((push["at"] for push in order), default="")
    return [{**push, "at": latest} for push in order]
