"""The ledger of stock: recorded once, never more taken than there is, seen by whom it concerns."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from service.seed.company import sample_id
from tests.builders.sample_desk import AUDITOR, DISPATCHER, ELSEWHERE, TECHNICIAN, Desk, every_page

DEPOT, OTHER_DEPOT = (str(sample_id("outlet", code)) for code in ("HZ01", "SZ01"))
VAN, FELLOWS_VAN, OTHER_VAN = (str(sample_id("member", login)) for login in ("HZ0107", "HZ0112", "SZ0203"))
PART, TRACKED = "P-AC-013", "P-AC-017"


def operation(kind: str, pieces: float = 1, **more: Any) -> dict[str, Any]:
    """An operation between the depot and the van of West Lake outlet, or at the depot."""
    ends = {
        "received": {"to_location_id": DEPOT},
        "issued": {"from_location_id": DEPOT, "to_location_id": VAN},
        "returned": {"from_location_id": VAN, "to_location_id": DEPOT},
        "counted": {"to_location_id": DEPOT, "reason": "月末盘点"},
        "scrapped": {"from_location_id": DEPOT, "reason": "受潮"},
        "old_part_returned": {"from_location_id": VAN, "to_location_id": DEPOT},
    }[kind]
    of = {"part_code": PART, "quantity_thousandths": int(pieces * 1000), "unit": "piece"}
    return {"id": str(uuid4()), "kind": kind, **of, **ends, **more}


async def record(desk: Desk, body: dict[str, Any], login: str = DISPATCHER) -> Response:
    return await desk.ask(login, "POST", "/v1/stock/operations", json=body)


async def recorded(desk: Desk, *bodies: dict[str, Any]) -> None:
    for body in bodies:
        answer = await record(desk, body)
        assert answer.status_code == 201, answer.text


async def balances(desk: Desk, login: str = DISPATCHER, **query: str) -> dict[tuple[str, str], int]:
    """By location and part, in pieces."""
    found = await every_page(desk, login, "/v1/stock/balances", **query)
    return {(line["location_id"], line["part_code"]): line["quantity_thousandths"] for line in found}


async def test_what_lies_where_is_what_went_in_and_out(desk: Desk) -> None:
    before = await balances(desk, part_code=PART)

    await recorded(
        desk,
        operation("received", 10),
        operation("issued", 4),
        operation("returned", 1),
        operation("scrapped", 2),
        operation("counted", -1),
        operation("old_part_returned", 1, serial_number="OLD-1"),
    )

    after = await balances(desk, part_code=PART)
    assert {place: after[place] - before.get(place, 0) for place in ((DEPOT, PART), (VAN, PART))} == {
        (DEPOT, PART): 4000,
        (VAN, PART): 3000,
    }


async def test_the_same_operation_again_is_the_same_line_and_other_content_is_refused(desk: Desk) -> None:
    body = operation("received", 3, batch="B-1")

    answers = await asyncio.gather(*(record(desk, body) for _ in range(4)))
    changed = await record(desk, {**body, "quantity_thousandths": 4000})

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert (changed.status_code, changed.json()["code"]) == (409, "already_exists")
    assert len(await every_page(desk, DISPATCHER, "/v1/stock/operations", batch="B-1")) == 1


BAD: list[tuple[dict[str, Any], int, str, str]] = [
    ({"part_code": "P-XX-999"}, 422, "/part_code", "unknown_reference"),
    ({"quantity_thousandths": -1000}, 422, "/quantity_thousandths", "out_of_range"),
    ({"quantity_thousandths": 0}, 422, "/quantity_thousandths", "out_of_range"),
    ({"quantity_thousandths": 10**12}, 422, "/quantity_thousandths", "out_of_range"),
    ({"quantity_thousandths": 1.5}, 422, "/quantity_thousandths", "wrong_type"),
    ({"unit": "metre"}, 422, "/unit", "wrong_unit"),
    ({"unit": "box"}, 422, "/unit", "unknown_value"),
    ({"serial_number": "S-1", "quantity_thousandths": 2000}, 422, "/quantity_thousandths", "not_one_piece"),
    ({"from_location_id": DEPOT}, 422, "/from_location_id", "wrong_location"),
    ({"to_location_id": None}, 422, "/to_location_id", "missing"),
    ({"to_location_id": str(sample_id("member", DISPATCHER))}, 422, "/to_location_id", "wrong_location"),
    ({"kind": "counted", "reason": " "}, 422, "/reason", "missing"),
    ({"kind": "used"}, 422, "/kind", "unknown_value"),
]


@pytest.mark.parametrize(("change", "status", "pointer", "code"), BAD)
async def test_what_does_not_fit_is_refused_by_name(
    desk: Desk, change: dict[str, Any], status: int, pointer: str, code: str
) -> None:
    answer = await record(desk, {**operation("received"), **change})

    assert answer.status_code == status, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("location_id", [OTHER_DEPOT, OTHER_VAN, "0197a000-0000-7000-8000-00000000dead"])
async def test_a_location_of_another_outlet_is_not_found_like_one_that_does_not_exist(
    desk: Desk, location_id: str
) -> None:
    answer = await record(desk, operation("received", to_location_id=location_id))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_of_ten_issues_of_the_last_piece_made_at_one_moment_exactly_one_succeeds(desk: Desk) -> None:
    here = (await balances(desk, part_code=PART, location_id=DEPOT)).get((DEPOT, PART), 0)
    await recorded(desk, operation("received", 1))

    answers = await asyncio.gather(*(record(desk, operation("issued", here / 1000 + 1)) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"stock_short"}
    assert (await balances(desk, part_code=PART))[DEPOT, PART] == 0


async def test_a_piece_is_taken_from_where_the_ledger_knows_it_to_be(desk: Desk) -> None:
    piece: dict[str, Any] = {"part_code": TRACKED, "serial_number": "TCB-77"}
    await recorded(desk, operation("received", 5, part_code=TRACKED), operation("received", **piece))
    await recorded(desk, operation("issued", **piece))

    again = await record(desk, operation("issued", **piece))
    twice = await record(desk, operation("received", **piece))
    unnamed = await record(desk, operation("issued", part_code=TRACKED, serial_number="TCB-78"))

    assert [answer.json().get("code") for answer in (again, twice)] == ["serial_elsewhere", "serial_elsewhere"]
    assert unnamed.status_code == 201
    lines = await every_page(desk, DISPATCHER, "/v1/stock/operations", serial_number="TCB-77")
    assert [line["kind"] for line in lines] == ["issued", "received"]


async def test_a_technician_returns_and_counts_in_their_own_van_and_nothing_else(desk: Desk) -> None:
    await recorded(desk, operation("received", 9), operation("issued", 5))
    own = [operation("returned", 1), operation("counted", -1, to_location_id=VAN)]
    others = [operation("issued", 1), operation("received", 1, to_location_id=VAN), operation("counted", 1)]

    told = [await record(desk, body, TECHNICIAN) for body in (*own, *others)]
    fellows = await record(desk, operation("returned", from_location_id=FELLOWS_VAN), TECHNICIAN)
    read_only = await record(desk, operation("received"), AUDITOR)

    assert [answer.status_code for answer in (*told, fellows, read_only)] == [201, 201, 403, 403, 403, 404, 403]


async def test_each_sees_the_stock_of_their_own_outlets(desk: Desk) -> None:
    await recorded(
        desk, operation("received", 9), operation("issued", 2), operation("received", to_location_id=FELLOWS_VAN)
    )

    seen = {
        login: set(await balances(desk, login, part_code=PART))
        for login in (DISPATCHER, TECHNICIAN, ELSEWHERE, AUDITOR)
    }
    lines = await every_page(desk, ELSEWHERE, "/v1/stock/operations", location_id=DEPOT)

    here = {(DEPOT, PART), (VAN, PART), (FELLOWS_VAN, PART)}
    assert here <= seen[DISPATCHER] <= seen[AUDITOR]
    assert seen[TECHNICIAN] == {(DEPOT, PART), (VAN, PART)}
    assert not here & seen[ELSEWHERE]
    assert lines == []
