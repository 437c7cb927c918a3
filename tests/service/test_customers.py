"""Customers: found by what people say on the phone, and seen by whoever works for them."""

import asyncio
import re
from typing import Any
from uuid import uuid4

import pytest

from service.seed.company import sample_id
from tests.builders.sample_desk import DISPATCHER, ELSEWHERE, Desk, every_page
from tests.service.test_sync_cost import watched

HZ01, SZ01 = sample_id("outlet", "HZ01"), sample_id("outlet", "SZ01")


async def names_found(desk: Desk, search: str, login: str = DISPATCHER) -> list[str]:
    return [customer["name"] for customer in await every_page(desk, login, "/v1/customers", search=search)]


@pytest.mark.parametrize("search", ["客 003", "100-1000-0003", "10010000003", "1000 0003", "示例路 3 号"])
async def test_a_customer_is_found_by_part_of_name_phone_or_address(desk: Desk, search: str) -> None:
    assert await names_found(desk, search) == ["顾客 003"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "' OR 1=1 --"])
async def test_signs_of_the_query_language_stand_for_themselves(desk: Desk, search: str) -> None:
    assert await names_found(desk, search) == []


async def test_a_search_ends_at_the_outlet(desk: Desk) -> None:
    assert len(await names_found(desk, "顾客")) == 10
    assert len(await names_found(desk, "顾客", ELSEWHERE)) == 6
    assert await names_found(desk, "顾客 011") == []
    assert len(await names_found(desk, "顾客", "admin")) == 20


async def test_a_search_looks_through_the_addresses_once_not_for_each_customer(desk: Desk) -> None:
    with watched(desk.database) as seen:
        assert await names_found(desk, "查无此人", "admin") == []
    query, values = next(each for each in seen.statements if "sites.address" in each[0])
    (plan,) = await desk.database.pull_pool.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", *values)

    assert re.findall(r'"Relation Name": "sites".*?"Actual Loops": (\d+)', plan[0], re.DOTALL) == ["1"]


async def test_no_customer_is_missed_or_repeated_while_others_are_added(desk: Desk) -> None:
    before = {customer["id"] for customer in await every_page(desk, DISPATCHER, "/v1/customers")}
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2}

    while True:
        page = (await desk.ask(DISPATCHER, "GET", "/v1/customers", params=asked)).json()
        seen += [customer["id"] for customer in page["items"]]
        await asyncio.gather(*(add_customer(desk, f"顾客 {len(seen)}{number}") for number in range(2)))
        if not page["has_more"] or len(seen) > 100:
            break
        asked["cursor"] = page["next_cursor"]

    assert len(seen) == len(set(seen))
    assert before <= set(seen)


async def test_a_cursor_belongs_to_its_filters(desk: Desk) -> None:
    first = await desk.ask(DISPATCHER, "GET", "/v1/customers", params={"limit": 1, "search": "顾客"})

    asked = {"search": "顾客 0", "cursor": first.json()["next_cursor"]}
    answer = await desk.ask(DISPATCHER, "GET", "/v1/customers", params=asked)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "foreign_cursor")


async def test_another_outlets_customer_can_neither_be_made_nor_taken(desk: Desk) -> None:
    own = await add_customer(desk, "顾客 101")
    elsewhere = {"name": "顾客 101", "outlet_id": str(SZ01)}

    created = await desk.ask(DISPATCHER, "POST", "/v1/customers", json=elsewhere)
    moved = await desk.ask(DISPATCHER, "PUT", f"/v1/customers/{own['id']}", version=1, json=elsewhere)

    for answer in (created, moved):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/outlet_id")


async def test_an_outlet_out_of_sight_is_told_apart_from_none_by_nobody(desk: Desk) -> None:
    answers = [
        await desk.ask(DISPATCHER, "POST", "/v1/customers", json={"name": "顾客 101", "outlet_id": str(outlet_id)})
        for outlet_id in (SZ01, uuid4())
    ]

    assert answers[0].json()["errors"] == answers[1].json()["errors"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "too_short"),
        ("name", "顾" * 201, "too_long"),
        ("name", "顾\0客", "holds_nul"),
        ("phone", "call me", "bad_format"),
        ("phone", "１００", "bad_format"),
        ("note", "x" * 2001, "too_long"),
        ("language", "fr", "unknown_value"),
        ("outlet_id", "HZ01", "malformed_id"),
        ("id", 7, "wrong_type"),
    ],
)
async def test_a_value_that_does_not_fit_is_named(desk: Desk, field: str, value: object, code: str) -> None:
    body = {"name": "顾客 101", "outlet_id": str(HZ01), field: value}

    answer = await desk.ask(DISPATCHER, "POST", "/v1/customers", json=body)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(f"/{field}", code)]


async def add_customer(desk: Desk, name: str) -> dict[str, Any]:
    answer = await desk.ask(DISPATCHER, "POST", "/v1/customers", json={"name": name, "outlet_id": str(HZ01)})
    return dict(answer.json())
