"""Warranty decisions over HTTP: for explicit dates, for an asset with its jobs, within what the asker may see."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from httpx import Response
from sqlalchemy import func, select

from domain.outlets import OutletContent
from service.seed.company import sample_id
from service.simulate.records import recorded
from service.store.tables import facts
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, ELSEWHERE, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned, visit_in

PASS = {"code": "x", "result": "pass"}
CHECK_IN = {"uniform": PASS, "badge": PASS, "kit_items": [{"code": f"K0{n}", "result": "pass"} for n in range(1, 6)]}
REPAIR = {"cause_code": "AC-C02", "measure_codes": ["M03"], "result": "solved", "symptom_code": "AC-S01"}

ASSET = str(sample_id("asset", "LS-KF35-0011"))
SITE = str(sample_id("site", "顾客 001"))
COMPRESSOR = {"line_id": "1", "kind": "part", "part_code": "P-AC-017"}
LABOUR = {"line_id": "2", "kind": "labour"}
EXPLICIT: dict[str, Any] = {
    "product_code": "BC-R480",
    "purchase": {"invoiced_on": "2024-03-10"},
    "reported_on": "2025-07-01",
}


async def asked(desk: Desk, login: str = DISPATCHER, **body: Any) -> Response:
    return await desk.ask(login, "POST", "/v1/warranty/decisions", json=body)


async def answered(desk: Desk, login: str = DISPATCHER, **body: Any) -> dict[str, Any]:
    answer = await asked(desk, login, **body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def decisions(answer: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {line["line_id"]: (line["decision"], line["basis"]["rule"]) for line in answer["lines"]}


async def a_new_asset(desk: Desk, **more: Any) -> str:
    """An appliance of the first household, sold a hundred days ago."""
    body = {"site_id": SITE, "product_code": "LS-KF35", "invoiced_on": days_ago(100), **more}
    answer = await desk.ask(DISPATCHER, "POST", "/v1/assets", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def repaired(desk: Desk, asset_id: str, hours: float, *, part_code: str | None = None) -> str:
    """A job about the asset, done on the day of its report."""
    job = await opened(desk, asset_id=asset_id, site_id=SITE, warranty="covered_whole")
    change = await planned(desk, job["id"], plan(WANG, hours))
    address = f"/v1/jobs/{job['id']}/visits/{change['visit_id']}"
    said = [("arrivals", {}), ("check-ins", CHECK_IN), ("work-starts", {})]
    said += [("part-usages", {"part_code": part_code, "warranty": "covered_whole"})] if part_code else []
    record = {**REPAIR, **recorded(visit_in(change["job"], change["visit_id"])["plan"]["requirements"])}
    for path, body in [*said, ("repair-records", record), ("completions", {})]:
        answer = await desk.ask(TECHNICIAN, "POST", f"{address}/{path}", json=body)
        assert answer.status_code == 201, (path, answer.text)
    return str(job["id"])


def days_ago(days: int) -> str:
    return (datetime.now(ZoneInfo("Asia/Shanghai")).date() - timedelta(days=days)).isoformat()


async def test_the_catalogue_knows_the_terms_and_which_part_is_a_main_part(desk: Desk) -> None:
    line = {"line_id": "1", "kind": "part", "part_code": "P-RF-024"}

    answer = await answered(desk, **EXPLICIT, lines=[line, LABOUR])

    assert decisions(answer) == {"1": ("covered_main_part", "R21"), "2": ("paid", "R20")}
    assert answer["whole_term"]["ends_on"] == "2025-03-10"
    assert answer["main_part_term"]["ends_on"] == "2027-03-10"
    assert answer["lines"][1]["basis"]["en"] == "Reported on 2025-07-01, after the term from 2024-03-10 to 2025-03-10"
    assert answer["lines"][1]["basis"]["zh"] == "保修期 2024-03-10 至 2025-03-10，报修日 2025-07-01 已过期"


async def test_a_decision_is_computed_and_nothing_is_recorded(desk: Desk) -> None:
    await answered(desk, asset_id=ASSET, reported_on="2026-07-06", lines=[COMPRESSOR, LABOUR])

    async with desk.database.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(facts)) == 0


async def test_the_jobs_of_an_asset_are_its_earlier_repairs(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    first = await repaired(desk, asset_id, 1, part_code="P-AC-011")

    answer = await answered(desk, asset_id=asset_id, reported_on=days_ago(0), lines=[LABOUR])

    assert [(each["job_id"], each["faults"]) for each in answer["repairs"]] == [(first, ["AC-S01", "AC-C02"])]
    assert answer["repairs"][0]["parts"] == [
        {"part_code": "P-AC-011", "component": "capacitor", "is_new": True, "warranty_days": 180}
    ]
    assert decisions(answer) == {"2": ("covered_whole", "R21")}
    assert answer["alarms"] == []


async def test_the_third_quality_fault_in_the_term_raises_the_exchange_alarm(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    repairs = [await repaired(desk, asset_id, 1), await repaired(desk, asset_id, 3)]
    third = await opened(desk, asset_id=asset_id, site_id=SITE, symptom_code="AC-S01")

    answer = await answered(desk, job_id=third["id"], lines=[LABOUR])

    assert [(each["code"], each["rule"], each["job_ids"]) for each in answer["alarms"]] == [
        ("exchange_after_repairs", "R26", repairs)
    ]
    assert [each["remedy"] for each in answer["choices"]] == ["return", "exchange", "repair"]
    assert answer["reported_on"] == days_ago(0)


async def test_a_job_long_under_way_warns_of_its_clock(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    reported_at = (datetime.now(ZoneInfo("Asia/Shanghai")) - timedelta(days=20)).isoformat()
    job = await opened(desk, asset_id=asset_id, site_id=SITE, reported_at=reported_at)

    answer = await answered(desk, job_id=job["id"], lines=[LABOUR])

    assert [(each["code"], each["day"], each["job_id"]) for each in answer["clocks"]] == [
        ("repair_clock_warning", 20, job["id"])
    ]
    assert answer["reported_on"] == days_ago(20)


async def test_the_day_of_installation_proves_the_purchase_where_no_invoice_is_known(desk: Desk) -> None:
    asset_id = await a_new_asset(desk, invoiced_on=None, installed_on=days_ago(50))

    answer = await answered(desk, asset_id=asset_id, reported_on=days_ago(0), lines=[LABOUR])

    assert answer["start"] == {"day": days_ago(50), "proof": "other_proof"}
    assert decisions(answer) == {"2": ("covered_whole", "R21")}


async def test_an_appliance_given_in_exchange_has_a_term_of_its_own_from_that_day(desk: Desk) -> None:
    asset_id = await a_new_asset(desk, invoiced_on=days_ago(2000), exchanged_on=days_ago(100))

    answer = await answered(desk, asset_id=asset_id, reported_on=days_ago(0), lines=[LABOUR])

    assert answer["start"] == {"day": days_ago(100), "proof": "exchange"}
    assert decisions(answer) == {"2": ("covered_whole", "R21")}


async def promising(desk: Desk, **days: int) -> Response:
    """The outlet of the first household promises so many days after a repair."""
    address = f"/v1/outlets/{sample_id('outlet', 'HZ01')}"
    outlet = (await desk.ask(ADMIN, "GET", address)).json()
    kept = {name: outlet[name] for name in OutletContent.__struct_fields__}
    return await desk.ask(ADMIN, "PUT", address, json={**kept, **days}, version=outlet["version"])


async def test_how_long_a_repair_is_answered_for_is_the_outlet_s_to_say(desk: Desk) -> None:
    asset_id = await a_new_asset(desk, invoiced_on=days_ago(3000))
    job = await opened(desk, asset_id=asset_id, site_id=SITE)
    part = {"line_id": "1", "kind": "part", "component": "capacitor"}
    repair = {
        "reported_on": days_ago(120),
        "finished_on": days_ago(120),
        "faults": ["AC-C02"],
        "parts": [{"part_code": "P-1", "component": "capacitor"}],
    }
    question: dict[str, Any] = {
        "reported_on": days_ago(0),
        "faults": ["AC-C02"],
        "lines": [part, LABOUR],
        "repairs": [repair],
    }

    async def covered(**about: Any) -> list[str]:
        answer = await answered(desk, **question, **about)
        return [line["line_id"] for line in answer["lines"] if line["decision"] == "covered_repair_guarantee"]

    assert await covered(asset_id=asset_id) == ["1"]
    assert (await promising(desk, labour_guarantee_days=120, part_guarantee_days=119)).status_code == 200
    assert await covered(asset_id=asset_id) == await covered(job_id=job["id"]) == ["1", "2"]
    assert (await promising(desk, labour_guarantee_days=119, part_guarantee_days=119)).status_code == 200
    assert await covered(asset_id=asset_id) == await covered(job_id=job["id"]) == []
    assert await covered(asset_id=asset_id, guarantee={"labour_days": 119, "part_days": 120}) == ["1"]


async def test_no_outlet_promises_less_than_the_thirty_days_of_the_law(desk: Desk) -> None:
    answer = await promising(desk, labour_guarantee_days=29, part_guarantee_days=30)

    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/labour_guarantee_days"]


async def test_an_exclusion_without_evidence_leaves_the_line_covered(desk: Desk) -> None:
    claimed = {"code": "misuse", "reason": "机内进水", "customer_told": True}
    body = {**EXPLICIT, "reported_on": "2024-07-01", "lines": [LABOUR]}
    photo = {"evidence_digests": ["5d" * 32]}

    bare = await answered(desk, **body, exclusions=[claimed])
    shown = await answered(desk, **body, exclusions=[{**claimed, **photo}])

    assert decisions(bare) == {"2": ("covered_whole", "R21")}
    assert (bare["exclusions"][0]["stands"], bare["exclusions"][0]["lacking"]) == (False, ["evidence"])
    assert decisions(shown) == {"2": ("paid", "R22")}
    assert [each["code"] for each in shown["notices"]] == ["burden_of_proof"]


async def test_what_the_catalogue_says_of_a_product_decides_who_has_to_prove_and_who_bears_the_visit(
    desk: Desk,
) -> None:
    visit = {"line_id": "1", "kind": "visit"}
    excluded = {"code": "misuse", "reason": "机内进水", "customer_told": True, "evidence_digests": ["5d" * 32]}
    sold: dict[str, Any] = {"purchase": {"invoiced_on": "2025-03-10"}, "reported_on": "2025-07-01"}
    body: dict[str, Any] = {**sold, "exclusions": [excluded]}

    durable = await answered(desk, **body, product_code="BC-R480")
    other = await answered(desk, **body, product_code="HZ-H90")
    free = await answered(desk, **sold, product_code="HZ-H90", lines=[visit])
    asked_for = await answered(desk, **sold, product_code="HZ-H90", lines=[visit], home_service=False)

    assert [each["code"] for each in durable["notices"]] == ["burden_of_proof"]
    assert other["notices"] == []
    assert decisions(free)["1"][0] == "covered_whole"
    assert decisions(asked_for)["1"][0] == "paid"


@pytest.mark.parametrize(
    ("product_code", "code", "refund_fen"),
    [("BC-T55", "depreciation_counted", 359910), ("BC-R480", "rate_unknown", None)],
)
async def test_depreciation_is_counted_where_the_catalogue_has_a_rate_and_refused_elsewhere(
    desk: Desk, product_code: str, code: str, refund_fen: int | None
) -> None:
    sold: dict[str, Any] = {"purchase": {"invoiced_on": "2025-03-01"}, "reported_on": "2025-06-01"}

    answer = await answered(desk, product_code=product_code, price_fen=399900, returned_on="2025-06-09", **sold)

    assert answer["depreciation"]["basis"]["code"] == code
    assert answer["depreciation"]["refund_fen"] == refund_fen


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/product_code", "missing"),
        ({"product_code": "BC-R480"}, "/reported_on", "missing"),
        ({**EXPLICIT, "product_code": "XX-1"}, "/product_code", "unknown_reference"),
        ({**EXPLICIT, "lines": [{**LABOUR, "part_code": "P-XX-1"}]}, "/lines/0/part_code", "unknown_reference"),
        ({**EXPLICIT, "lines": [LABOUR, LABOUR]}, "/lines", "given_twice"),
        (
            {**EXPLICIT, "lines": [LABOUR], "exclusions": [{"code": "misuse", "line_ids": ["9"]}]},
            "/exclusions/0/line_ids",
            "unknown_reference",
        ),
        ({**EXPLICIT, "exclusions": [{"code": "bad_luck"}]}, "/exclusions/0/code", "unknown_value"),
        ({**EXPLICIT, "goodwill": [{"reason": ""}]}, "/goodwill/0/reason", "too_short"),
        ({**EXPLICIT, "purchase": {"invoiced_on": "2025-02-30"}}, "/purchase/invoiced_on", "malformed_time"),
    ],
)
async def test_a_question_that_does_not_fit_is_told_where(
    desk: Desk, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await asked(desk, **body)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_who_may_not_see_the_asset_is_told_that_there_is_none(desk: Desk) -> None:
    question = {"asset_id": ASSET, "reported_on": "2026-07-06"}

    assert (await asked(desk, ELSEWHERE, **question)).status_code == 404
    assert (await asked(desk, TECHNICIAN, **question)).status_code == 404
    assert (await asked(desk, DISPATCHER, **question)).status_code == 200
    assert (await asked(desk, DISPATCHER, job_id=str(uuid4()))).status_code == 404


async def test_a_technician_asks_about_the_jobs_that_they_hold(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    job = await opened(desk, asset_id=asset_id, site_id=SITE)
    assert (await asked(desk, TECHNICIAN, job_id=job["id"])).status_code == 404

    await planned(desk, job["id"], plan(WANG))

    answer = await answered(desk, TECHNICIAN, job_id=job["id"], lines=[COMPRESSOR])
    assert answer["asset_id"] == asset_id
    assert decisions(answer) == {"1": ("covered_whole", "R21")}


async def test_auditors_decide_nothing(desk: Desk) -> None:
    assert (await asked(desk, AUDITOR, **EXPLICIT)).status_code == 403
