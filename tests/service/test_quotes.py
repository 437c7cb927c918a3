"""Quotes over HTTP: what a job adds to a question, which list counts, and every problem with its code."""

from typing import Any

import msgspec
import pytest

from domain.calendar.china import CHINA
from domain.calendar.holiday_years import HolidayYear, calendar_of
from domain.catalogue import Part, PriceList
from domain.quoting.quote import quote
from domain.quoting.request import QuoteRequest, Tariff
from service.seed.company import sample_id
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, ELSEWHERE, TECHNICIAN, Desk
from tests.builders.sample_plans import HZ01, WANG, opened, plan, planned
from tests.domain.quotes import CASES, PRICES, quoted, told

JULY = "2025-07-08T02:00:00Z"
BARE = {"occasion": "work_accepted", "diagnosis": False, "quoted_at": JULY, "begins_at": JULY}
HOUSEHOLD = {
    "customer_id": str(sample_id("customer", "顾客 001")),
    "site_id": str(sample_id("site", "顾客 001")),
}


async def answered(desk: Desk, login: str = TECHNICIAN, **asked: Any) -> dict[str, Any]:
    answer = await desk.ask(login, "POST", "/v1/quotes", json={**BARE, **asked})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def refused(desk: Desk, login: str = TECHNICIAN, **asked: Any) -> tuple[int, str, list[tuple[str, str]]]:
    answer = await desk.ask(login, "POST", "/v1/quotes", json={**BARE, **asked})
    problem = answer.json()
    return answer.status_code, problem["code"], [(each["pointer"], each["code"]) for each in problem["errors"]]


async def billed(desk: Desk, job_id: str, visit_id: str, *kinds: str) -> None:
    """The visit's technician charges a fee of each kind."""
    told = [
        {
            "line_id": kind,
            "kind": kind,
            "code": f"F-{kind}",
            "description": "x",
            "quantity_thousandths": 1000,
            "unit_price_fen": 5000,
            "amount_fen": 5000,
        }
        for kind in kinds
    ]
    ids = {"id": str(sample_id("fact", visit_id)), "job_id": job_id, "visit_id": visit_id}
    fact = {**ids, "happened_at": JULY, "charged": {"lines": told, "total_fen": 5000 * len(kinds)}}
    answer = await desk.ask(TECHNICIAN, "POST", "/v1/sync/push", json={"facts": [fact]})
    assert answer.json()["outcomes"][0]["outcome"].startswith("recorded"), answer.text


async def test_every_published_case_comes_out_the_same_online(desk: Desk) -> None:
    """But for lists other than the company's, and for promises, which only a visit's plan makes."""
    chosen = {name: case for name, case in CASES.items() if case["prices"] == "sample"}
    chosen = {name: case for name, case in chosen.items() if "list_promised" not in case["request"]}

    for name, case in chosen.items():
        named = {"price_list_code": case["list"]} if "list" in case else {}
        answer = await desk.ask(TECHNICIAN, "POST", "/v1/quotes", json={**case["request"], **named})
        body, expected = answer.json(), case["expect"]
        if "problems" in expected:
            assert (answer.status_code, body["code"]) == (422, "quote_refused"), name
            assert [{"pointer": e["pointer"], "code": e["code"]} for e in body["errors"]] == expected["problems"], name
        else:
            assert (answer.status_code, body["total_fen"]) == (200, expected["total_fen"]), name
            assert [line["amount_fen"] for line in body["lines"]] == [line["amount_fen"] for line in expected["lines"]]
    assert len(chosen) > 70


async def test_the_answer_holds_the_whole_question_so_that_a_phone_computes_the_same(desk: Desk) -> None:
    body = await answered(desk, area="city", distance_metres=23_400, lines=[{"line_id": "1", "code": "P-AC-011"}])

    found = quoted(body["request"], body["price_list_code"])

    assert msgspec.json.decode(msgspec.json.encode(found)) == {
        key: value for key, value in body.items() if key != "request"
    }
    assert msgspec.convert(body["request"], QuoteRequest).distance_metres == 23_400
    assert PRICES.calendar == CHINA


async def test_a_job_brings_area_distance_and_time_zone_unless_they_are_said(desk: Desk) -> None:
    site = (await desk.ask(DISPATCHER, "GET", f"/v1/sites/{HOUSEHOLD['site_id']}")).json()
    job = await opened(desk, **HOUSEHOLD)
    await planned(desk, job["id"], plan(WANG))

    body = await answered(desk, job_id=job["id"], lines=[{"line_id": "1", "code": "F-LABOUR-SMALL"}])
    said = await answered(desk, job_id=job["id"], area="county", distance_metres=12_000)

    asked = body["request"]
    assert (asked["area"], asked["distance_metres"], asked["time_zone"]) == (
        "city",
        site["distance_km"] * 1_000,
        "Asia/Shanghai",
    )
    assert [line["code"] for line in said["lines"]] == ["F-VISIT-COUNTY", "F-DISTANCE-COUNTY"]


async def test_lines_that_name_no_appliance_are_about_the_jobs_own(desk: Desk) -> None:
    assets = (await desk.ask(DISPATCHER, "GET", "/v1/assets", params={"limit": 1})).json()["items"]
    site = (await desk.ask(DISPATCHER, "GET", f"/v1/sites/{assets[0]['site_id']}")).json()
    job = await opened(desk, customer_id=site["customer_id"], site_id=site["id"], asset_id=assets[0]["id"])
    lines = [
        {"line_id": "1", "code": "F-LABOUR-SMALL", "appliance": assets[0]["id"]},
        {"line_id": "2", "code": "F-LABOUR-SMALL"},
        {"line_id": "3", "code": "F-LABOUR-SMALL", "appliance": "another"},
    ]

    body = await answered(desk, DISPATCHER, job_id=job["id"], lines=lines)

    labour = {line["line_id"]: line["amount_fen"] for line in body["lines"] if line["kind"] == "labour"}
    assert labour == {"1": 7_000, "2": 3_500, "3": 7_000}


async def test_what_an_earlier_visit_charged_is_not_charged_again(desk: Desk) -> None:
    job = await opened(desk)
    first = await planned(desk, job["id"], plan(WANG, 1))
    second = await planned(desk, job["id"], plan(WANG, 5))
    await billed(desk, job["id"], first["visit_id"], "visit")

    again = await answered(desk, job_id=job["id"], visit_id=second["visit_id"])
    same = await answered(desk, job_id=job["id"], visit_id=first["visit_id"])

    assert [(line["amount_fen"], line["reason"]) for line in again["lines"]] == [(0, "本次报修已收过，不再收取")]
    assert same["total_fen"] == 5_000


async def test_the_list_that_a_visit_was_planned_with_holds(desk: Desk) -> None:
    job = await opened(desk)
    visit = await planned(desk, job["id"], plan(WANG, price_list_code="FS-2025-03"))
    lines = [{"line_id": "1", "code": "F-LABOUR-MEDIUM"}]

    promised = await answered(desk, job_id=job["id"], visit_id=visit["visit_id"], lines=lines)
    in_force = await answered(desk, job_id=job["id"], lines=lines)
    named = await refused(
        desk,
        job_id=job["id"],
        visit_id=visit["visit_id"],
        price_list_code="FS-2025-07",
        quoted_at="2025-06-01T02:00:00Z",
    )

    assert (promised["price_list_code"], promised["total_fen"]) == ("FS-2025-03", 17_000)
    assert (in_force["price_list_code"], in_force["total_fen"]) == ("FS-2025-07", 18_000)
    assert named == (422, "quote_refused", [("/quoted_at", "list_not_yet_valid")])


async def test_now_and_the_list_in_force_are_what_is_not_said(desk: Desk) -> None:
    asked = {"occasion": "before_diagnosis", "diagnosis": True, "outlet_id": HZ01}

    answer = await desk.ask(DISPATCHER, "POST", "/v1/quotes", json=asked)

    body = answer.json()
    assert body["price_list_code"] == "FS-2025-07"
    assert body["request"]["quoted_at"] == body["request"]["begins_at"]
    assert [line["kind"] for line in body["lines"]][:2] == ["visit", "diagnosis"]


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({}, "/area", "missing"),
        ({"area": "city", "price_list_code": "FS-NONE"}, "/price_list_code", "unknown_reference"),
        ({"area": "city", "quoted_at": "2024-01-01T00:00:00Z"}, "/price_list_code", "unknown_reference"),
        ({"area": "city", "visit_id": HZ01}, "/job_id", "missing"),
        ({"area": "city", "quoted_at": "0066-01-01T00:00:00Z"}, "/quoted_at", "absurd_time"),
        ({"area": "city", "lines": [{"line_id": "1", "code": "x", "price": 1}]}, "/lines/0/price", "unknown_field"),
        ({"area": "city", "distance_metres": 1.5}, "/distance_metres", "wrong_type"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(desk: Desk, wrong: Any, pointer: str, code: str) -> None:
    assert await refused(desk, **wrong) == (422, "invalid_body", [(pointer, code)])


async def test_a_quote_is_in_the_language_asked_for_else_in_the_readers(desk: Desk) -> None:
    headers = {**await desk.headers(TECHNICIAN), "Accept-Language": "en"}
    body = {**BARE, "area": "city", "lines": [{"line_id": "1", "code": "F-LABOUR-SMALL"}]}
    told = []
    for more, sent in (({}, headers), ({"language": "zh"}, headers), ({}, await desk.headers(TECHNICIAN))):
        answer = (await desk.client.post("/v1/quotes", json={**body, **more}, headers=sent)).json()
        told.append((answer["request"]["language"], answer["lines"][0]["description"]))

    assert told == [("en", "Visit, city"), ("zh", "上门费(市区)"), ("zh", "上门费(市区)")]


async def test_problems_are_told_in_the_readers_language(desk: Desk) -> None:
    asked = {**BARE, "area": "city", "currency": "USD"}

    answer = await desk.ask(TECHNICIAN, "POST", "/v1/quotes", json=asked, headers={"Accept-Language": "en"})

    assert answer.json()["errors"][0]["message"] == "USD was asked for, the price list is in CNY"


async def test_quotes_are_for_who_charges_and_for_jobs_that_they_see(desk: Desk) -> None:
    job = await opened(desk)

    for login, status in ((AUDITOR, 403), (ELSEWHERE, 404), (TECHNICIAN, 404), (DISPATCHER, 200), (ADMIN, 200)):
        answer = await desk.ask(login, "POST", "/v1/quotes", json={**BARE, "job_id": job["id"]})
        assert (login, answer.status_code) == (login, status)


async def test_what_a_phone_holds_is_enough_to_quote_offline_as_the_server_does(desk: Desk) -> None:
    """As openapi/vectors/quotes/README.md tells what goes where."""
    change = await planned(desk, (await opened(desk, **HOUSEHOLD))["id"], plan(WANG))
    job, visit = change["job"], change["job"]["visits"][0]
    when = {"quoted_at": "2026-10-01T13:00:00Z", "begins_at": "2026-10-01T13:00:00Z"}
    line = {"line_id": "1", "code": "F-LABOUR-SMALL"}
    bundle, site = [await read(desk, path) for path in ("catalogue", f"sites/{job['site_id']}")]
    outlet = next(each for each in (await read(desk, "outlets"))["items"] if each["id"] == job["outlet_id"])

    request = {
        "occasion": "work_accepted",
        "diagnosis": False,
        **when,
        "list_promised": True,
        **{name: job[name] for name in ("outlet_id", "work_type", "time_zone")},
        "area": outlet["area"],
        "distance_metres": 1000 * site["distance_km"],
        "lines": [{**line, "appliance": job["asset_id"]}],
    }
    held = Tariff(
        price_list=next(
            msgspec.convert(each, PriceList)
            for each in bundle["price_lists"]
            if each["code"] == visit["plan"]["price_list_code"]
        ),
        superseded_on=None,
        parts=msgspec.convert(bundle["parts"], tuple[Part, ...]),
        calendar=calendar_of(msgspec.convert(bundle["holiday_years"], tuple[HolidayYear, ...])),
    )
    offline = told(quote(msgspec.convert(request, QuoteRequest), held))

    online = await answered(desk, **when, job_id=job["id"], visit_id=visit["id"], lines=[line])
    assert {"visit", "labour", "night"} == {each["kind"] for each in online["lines"]}
    assert [{name: each[name] for name in each if name != "rules"} for each in offline["lines"]] == online["lines"]
    assert offline["total_fen"] == online["total_fen"]


async def read(desk: Desk, path: str) -> dict[str, Any]:
    return dict((await desk.ask(TECHNICIAN, "GET", f"/v1/{path}")).json())
