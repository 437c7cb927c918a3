"""Years of holidays that an organisation enters: quotes, terms and refunds go by them, phones get them."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from tests.builders.sample_desk import ADMIN, DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned

PATH = "/v1/catalogue/holiday-years"
BREAK = {"name_zh": "元旦", "name_en": "New Year", "first_day": "2027-01-01", "last_day": "2027-01-03"}
YEAR: dict[str, Any] = {
    "code": "2027",
    "name_zh": "2027 年节假日",
    "name_en": "Holidays of 2027",
    "notice": "关于2027年部分节假日安排的通知",
    "breaks": [BREAK],
    "working_weekend_days": ["2027-01-09"],
}


async def entered(desk: Desk, login: str = ADMIN, version: int = 0, **changes: Any) -> Response:
    year = {**YEAR, **changes}
    return await desk.ask(login, "PUT", f"{PATH}/{year['code']}", version=version, json=year)


async def test_a_year_that_was_entered_is_known_to_terms_and_travels_with_the_catalogue(desk: Desk) -> None:
    question = {"product_code": "BC-R480", "purchase": {"invoiced_on": "2026-01-02"}, "reported_on": "2026-11-01"}
    before = (await desk.ask(DISPATCHER, "POST", "/v1/warranty/decisions", json=question)).json()

    assert (await entered(desk)).status_code == 200

    after = (await desk.ask(DISPATCHER, "POST", "/v1/warranty/decisions", json=question)).json()
    whole = (await desk.ask(TECHNICIAN, "GET", "/v1/catalogue")).json()
    assert (before["whole_term"]["ends_on"], after["whole_term"]["ends_on"]) == ("2027-01-02", "2027-01-04")
    assert [each["code"] for each in whole["holiday_years"]] == ["2025", "2026", "2027"]
    assert (await desk.ask(DISPATCHER, "GET", f"{PATH}/2027")).json() == {"version": 1, "item": YEAR}
    assert [each["item"]["code"] for each in (await desk.ask(DISPATCHER, "GET", PATH)).json()["items"]] == ["2027"]


async def test_a_visit_planned_afterwards_freezes_what_is_more_than_built_in_and_its_refunds_go_by_it(
    desk: Desk,
) -> None:
    jobs = list[str]()
    for _ in range(2):
        job = await opened(desk)
        await planned(desk, job["id"], plan(WANG, hours=1 + 3 * len(jobs)))
        jobs.append(job["id"])
        await entered(desk)

    refunds = []
    for job_id in jobs:
        fact = {"id": str(uuid4()), "job_id": job_id, "happened_at": datetime.now(UTC).isoformat()}
        asked = {"refund_requested": {"amount_fen": 100, "reason": "多收"}}
        await desk.ask(DISPATCHER, "POST", "/v1/sync/push", json={"facts": [{**fact, **asked}]})
        refunds.append((await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job_id}")).json())

    assert [len(job["holidays"]) for job in refunds] == [0, 1]
    (told,) = refunds[1]["holidays"]
    assert (told["first_day"], told["last_day"]) == ("2026-12-07", "2027-04-06")
    assert (told["holidays"], told["working_days"]) == (["2027-01-01", "2027-01-02", "2027-01-03"], ["2027-01-09"])


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"code": "2029", "breaks": [{**BREAK, "first_day": "2029-01-01", "last_day": "2029-01-01"}]}, "/code"),
        ({"breaks": [{**BREAK, "last_day": "2026-12-31"}]}, "/breaks/0/last_day"),
        ({"working_weekend_days": ["2027-01-02"]}, "/working_weekend_days"),
        ({"breaks": []}, "/breaks"),
    ],
)
async def test_a_year_that_cannot_be_meant_is_refused(desk: Desk, changes: dict[str, Any], pointer: str) -> None:
    more: dict[str, Any] = {"working_weekend_days": []} if "code" in changes else {}

    answer = await entered(desk, **{**more, **changes})

    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]


async def test_only_administrators_enter_years_and_a_stale_change_is_refused(desk: Desk) -> None:
    assert (await entered(desk, SUPERVISOR)).status_code == 403
    assert (await entered(desk)).status_code == 200
    assert (await entered(desk, notice="更正")).status_code == 412
    assert (await entered(desk, version=1, notice="更正")).json()["version"] == 2
