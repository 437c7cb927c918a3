"""One-time codes over HTTP: made once, told once, and what is said with a wrong one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.builders.sample_desk import DISPATCHER, ELSEWHERE, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned

LINE = {"line_id": "1", "kind": "labour", "code": "F-LABOUR-MEDIUM", "description": "人工", "reason": "加急"}


def fees(fen: int, code: str | None) -> dict[str, Any]:
    line = {**LINE, "quantity_thousandths": 1000, "unit_price_fen": fen, "amount_fen": fen, "supervisor_code": code}
    return {"lines": [line], "total_fen": fen, "price_list_code": "FS-2025-07", "price_list_shown": True}


class Visit:
    """A visit of the sample company's technician."""

    def __init__(self, desk: Desk, job_id: str, visit_id: str) -> None:
        self.desk, self.job_id = desk, job_id
        self.address = f"/v1/jobs/{job_id}/visits/{visit_id}"

    async def code(self, path: str, login: str, **body: Any) -> str:
        answer = await self.desk.ask(login, "POST", f"/v1/jobs/{self.job_id}/{path}", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    async def say(self, path: str, body: dict[str, Any]) -> tuple[int, list[str]]:
        answer = await self.desk.ask(TECHNICIAN, "POST", f"{self.address}/{path}", json=body)
        return answer.status_code, [each["code"] for each in answer.json().get("errors", [])]

    async def job(self) -> dict[str, Any]:
        return dict((await self.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{self.job_id}")).json())


@pytest.fixture
async def visit(desk: Desk) -> Visit:
    job = await opened(desk)
    visit = await planned(desk, job["id"], plan(WANG))
    return Visit(desk, job["id"], visit["visit_id"])


async def test_above_the_list_a_code_holds_that_a_supervisor_made_for_the_job_and_no_other(visit: Visit) -> None:
    assert await visit.say("fee-disclosures", fees(99_000, None)) == (409, ["price_above_list"])
    assert await visit.say("fee-disclosures", fees(99_000, "S-1")) == (409, ["supervisor_code_unknown"])

    code = await visit.code("price-codes", SUPERVISOR, reason="高层外墙作业")

    assert await visit.say("fee-disclosures", fees(99_000, code.lower())) == (201, [])
    assert await visit.say("fee-disclosures", fees(98_000, code)) == (409, ["supervisor_code_reused"])
    assert (await visit.job())["findings"] == []


async def test_off_the_net_a_wrong_code_is_a_finding_that_blocks_charging(visit: Visit) -> None:
    fact = {"id": "00000000-0000-4000-8000-00000000c0de", "job_id": visit.job_id, "visit_id": visit.address[-36:]}
    fact |= {"happened_at": datetime.now(UTC).isoformat(), "base_version": (await visit.job())["version"]}
    said = {**fact, "fees_disclosed": fees(99_000, "S-1")}

    answer = await visit.desk.ask(TECHNICIAN, "POST", "/v1/sync/push", json={"facts": [said]})

    assert answer.json()["outcomes"][0]["outcome"] == "recorded_with_findings"
    found = {each["code"]: each["blocks"] for each in (await visit.job())["findings"]}
    assert found["supervisor_code_unknown"] == "charging"


async def test_a_customer_agrees_by_the_code_that_was_sent_to_them(visit: Visit) -> None:
    assert await visit.say("fee-disclosures", fees(13_000, None)) == (201, [])
    shown = (await visit.job())["visits"][0]["disclosures"][0]["content_hash"]
    said = {"content_hash": shown, "method": "one_time_code", "reference": "SMS-1"}
    assert await visit.say("fee-acknowledgements", said) == (409, ["acknowledgement_code_unknown"])

    code = await visit.code("customer-codes", DISPATCHER)

    assert await visit.say("fee-acknowledgements", {**said, "code": code}) == (201, [])
    assert (await visit.job())["visits"][0]["acknowledged_fen"] == 13_000


@pytest.mark.parametrize(
    ("login", "path", "body", "status"),
    [
        (DISPATCHER, "price-codes", {"reason": "a"}, 403),
        (TECHNICIAN, "price-codes", {"reason": "a"}, 403),
        (TECHNICIAN, "customer-codes", {}, 403),
        (ELSEWHERE, "customer-codes", {}, 404),
        (SUPERVISOR, "price-codes", {"reason": ""}, 422),
        (SUPERVISOR, "price-codes", {"reason": "a", "valid_minutes": 0}, 422),
    ],
)
async def test_a_code_is_refused_to_who_may_not_make_it_and_without_a_reason(
    visit: Visit, login: str, path: str, body: dict[str, Any], status: int
) -> None:
    answer = await visit.desk.ask(login, "POST", f"/v1/jobs/{visit.job_id}/{path}", json=body)

    assert answer.status_code == status, answer.text


async def test_the_code_stands_nowhere_but_in_the_answer(visit: Visit) -> None:
    code = await visit.code("price-codes", SUPERVISOR, reason="高层外墙作业")

    log = await visit.desk.ask(SUPERVISOR, "GET", f"/v1/jobs/{visit.job_id}/facts")

    assert "price_code_issued" in log.text
    assert code not in log.text
    assert code.replace("-", "") not in log.text
