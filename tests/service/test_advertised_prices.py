"""What a price list says was advertised, frozen with the plan, and what of the bill is above it (R19)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from httpx import Response

from tests.builders.attendance import Attendance, charged
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import MORNING, WANG, opened, plan, planned

ITEM = "F-LABOUR-SMALL"
BEGINS = datetime.now(UTC) + timedelta(days=2)
THE_DAY_AFTER = (BEGINS + timedelta(days=1) - MORNING).total_seconds() / 3600


async def advertised(desk: Desk, *prices: dict[str, Any]) -> Response:
    """The list of July once more, from the day after tomorrow, with these advertised prices."""
    stored = (await desk.ask(DISPATCHER, "GET", "/v1/catalogue/price-lists/FS-2025-07")).json()["item"]
    body = {**stored, "code": "FS-AD", "valid_from": BEGINS.date().isoformat(), "advertised": list(prices)}
    return await desk.ask(SUPERVISOR, "PUT", "/v1/catalogue/price-lists/FS-AD", version=0, json=body)


async def test_a_bill_above_what_was_advertised_is_a_finding(desk: Desk) -> None:
    assert (await advertised(desk, {"code": ITEM, "price_fen": 6999})).status_code == 200
    job = await opened(desk, warranty="paid")
    attendance = Attendance(desk, await planned(desk, job["id"], plan(WANG, THE_DAY_AFTER)))

    await charged(attendance)

    findings = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}")).json()["findings"]
    assert [(each["rule"], each["blocks"]) for each in findings if each["code"] == "charged_above_advertised"] == [
        ("R19", "nothing")
    ]


async def test_only_what_has_a_price_is_advertised_and_each_item_once(desk: Desk) -> None:
    unknown = await advertised(desk, {"code": ITEM, "price_fen": 0}, {"code": "F-GHOST", "price_fen": 1})
    twice = await advertised(desk, {"code": ITEM, "price_fen": 0}, {"code": ITEM, "price_fen": 1})
    of_a_part = await advertised(desk, {"code": "P-AC-011", "price_fen": 2500})

    assert [(each["pointer"], each["code"]) for each in unknown.json()["errors"]] == [
        ("/advertised/1/code", "unknown_reference")
    ]
    assert (twice.status_code, [each["pointer"] for each in twice.json()["errors"]]) == (422, ["/advertised"])
    assert of_a_part.status_code == 200


async def test_a_quote_asks_no_more_than_was_advertised_unless_somebody_says_why(desk: Desk) -> None:
    assert (await advertised(desk, {"code": ITEM, "price_fen": 6000})).status_code == 200
    at = (BEGINS + timedelta(days=1)).isoformat()
    asked = {"occasion": "work_accepted", "diagnosis": False, "area": "city", "quoted_at": at, "begins_at": at}
    amounts = []
    for more in ({}, {"reason": "外机在六楼外墙"}):
        body = {**asked, "lines": [{"line_id": "1", "code": ITEM, **more}]}
        found = (await desk.ask(TECHNICIAN, "POST", "/v1/quotes", json=body)).json()
        assert found["price_list_code"] == "FS-AD"
        (line,) = (each for each in found["lines"] if each["line_id"] == "1")
        amounts.append((line["amount_fen"], line["reason"]))

    assert amounts == [(6000, "不高于宣传价"), (7000, "外机在六楼外墙")]
