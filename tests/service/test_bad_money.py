"""Money and parts as nobody should say them: a stable code online, a finding off the net, and nothing is lost."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.builders.attendance import FEES, LINE, Attendance, attendance_of, disclosed
from tests.builders.sample_desk import DISPATCHER, TECHNICIAN, Desk

KINDS = {
    "fee-disclosures": "fees_disclosed",
    "fee-acknowledgements": "fees_acknowledged",
    "part-usages": "part_used",
}
HASH = "0" * 64


def fees(**changes: Any) -> tuple[str, dict[str, Any]]:
    line = {**LINE, "unit_price_fen": 7000, "amount_fen": 7000, **changes}
    return "fee-disclosures", {**FEES, "lines": [line], "total_fen": line["amount_fen"]}


def agreed(**body: Any) -> tuple[str, dict[str, Any]]:
    return "fee-acknowledgements", body


def part(part_code: str = "P-AC-018", unit: str = "metre", **more: Any) -> tuple[str, dict[str, Any]]:
    return "part-usages", {"part_code": part_code, "unit": unit, "batch": "B-1", **more}


BAD: dict[str, tuple[tuple[str, dict[str, Any]], str]] = {
    "above the list without a supervisor": (fees(unit_price_fen=7001, amount_fen=7001), "price_above_list"),
    "a supervisor's code that nobody issued": (
        fees(unit_price_fen=7001, amount_fen=7001, supervisor_code="S-1", reason="加急"),
        "supervisor_code_unknown",
    ),
    "less than nothing": (fees(quantity_thousandths=-1000, amount_fen=-7000), "line_does_not_add_up"),
    "more than anybody needs": (fees(quantity_thousandths=1_001_000), "line_does_not_add_up"),
    "a code that the list has not": (fees(code="F-GHOST"), "price_code_unknown"),
    "a list that another has replaced": (
        ("fee-disclosures", {**FEES, "price_list_code": "FS-2025-03"}),
        "price_list_differs",
    ),
    "dollars": (("fee-disclosures", {**FEES, "currency": "USD"}), "foreign_currency"),
    "a hash of other fees": (agreed(content_hash=HASH, method="signature"), "acknowledgement_unmatched"),
    "a part taken away": (part(quantity_thousandths=-1000), "part_quantity_impossible"),
    "absurdly many parts": (part(quantity_thousandths=5_000_000), "part_quantity_impossible"),
    "half a piece": (part("P-AC-011", "piece", quantity_thousandths=500), "part_quantity_impossible"),
    "a part that nobody knows": (part("P-GHOST"), "part_code_unknown"),
}
each_bad = pytest.mark.parametrize(("said", "code"), BAD.values(), ids=list(BAD))


@pytest.fixture
async def attendance(desk: Desk) -> Attendance:
    """Fees are told, and nobody has agreed yet."""
    found = await attendance_of(desk)
    await disclosed(found)
    return found


@each_bad
async def test_online_it_is_refused_by_a_stable_code_and_changes_nothing(
    attendance: Attendance, said: tuple[str, dict[str, Any]], code: str
) -> None:
    before = await attendance.visit()

    answer = await attendance.say(*said)

    assert (answer.status_code, answer.json()["code"]) == (409, "gate_refused")
    assert code in {each["code"] for each in answer.json()["errors"]}
    assert await attendance.visit() == before


@each_bad
async def test_off_the_net_it_is_a_finding_and_every_byte_stays(
    attendance: Attendance, said: tuple[str, dict[str, Any]], code: str
) -> None:
    job = await job_of(attendance)
    fact = {"id": str(uuid4()), "job_id": attendance.job_id, "visit_id": attendance.visit_id}
    fact |= {"happened_at": datetime.now(UTC).isoformat(), "base_version": job["version"], KINDS[said[0]]: said[1]}

    pushed = await attendance.desk.ask(TECHNICIAN, "POST", "/v1/sync/push", json={"facts": [fact]})

    assert pushed.json()["outcomes"][0]["outcome"] == "recorded_with_findings", pushed.text
    found = {each["code"]: each["fact_ids"] for each in (await job_of(attendance))["findings"]}
    assert fact["id"] in found[code]
    path = f"/v1/jobs/{attendance.job_id}/facts"
    log = (await attendance.desk.ask(DISPATCHER, "GET", path, params={"limit": 200})).json()["items"]
    assert log[-1]["record"] == fact


async def test_a_code_that_agreed_to_other_fees_already_is_refused_online_and_a_finding_off_the_net(
    attendance: Attendance,
) -> None:
    path = f"/v1/jobs/{attendance.job_id}/customer-codes"
    code = (await attendance.desk.ask(DISPATCHER, "POST", path, json={})).json()["code"]
    told = {"method": "one_time_code", "reference": "SMS-1", "code": code}
    first = (await attendance.visit())["disclosures"][-1]["content_hash"]
    await attendance.said(*agreed(**told, content_hash=first))
    await attendance.said(*fees(description="人工 复检"))
    second = (await attendance.visit())["disclosures"][-1]["content_hash"]
    kind, again = agreed(**told, content_hash=second)

    online = await attendance.say(kind, again)
    pushed = await push(attendance, kind, again)

    assert [each["code"] for each in online.json()["errors"]] == ["acknowledgement_reused"]
    assert pushed["outcome"] == "recorded_with_findings"
    assert "acknowledgement_reused" in {each["code"] for each in (await job_of(attendance))["findings"]}


async def test_a_serial_number_that_was_fitted_elsewhere_is_refused_online_and_a_case_of_both_jobs_off_the_net(
    attendance: Attendance,
) -> None:
    kind, piece = part("P-AC-014", "piece", serial_in="S-9")
    await attendance.said(kind, {**piece, "id": str(uuid4())})
    other = await attendance_of(attendance.desk, hours=4)
    said = {**piece, "id": str(uuid4())}

    online = await other.say(kind, said)
    asked = await push(other, kind, piece, strict=True)
    pushed = await push(other, kind, piece)

    assert (online.status_code, online.json()["code"]) == (409, "serial_elsewhere")
    assert (asked["outcome"], asked["answer"]["code"], asked["answer"]["findings"]) == (
        "refused",
        "serial_elsewhere",
        [],
    )
    assert pushed["outcome"].startswith("recorded")
    assert [each["body"]["serial_in"] for each in (await other.visit())["parts"]] == ["S-9"]
    cases = await attendance.desk.ask(DISPATCHER, "GET", "/v1/cases", params={"kind": "serial"})
    assert {each["job_id"] for each in cases.json()["items"]} == {attendance.job_id, other.job_id}


async def test_a_piece_that_was_recorded_is_answered_the_same_again(attendance: Attendance) -> None:
    kind, piece = part("P-AC-014", "piece", serial_in="S-9")
    said = {**piece, "id": str(uuid4())}
    first = await attendance.said(kind, said)
    await push(await attendance_of(attendance.desk, hours=4), kind, piece)

    assert (await attendance.said(kind, said))["answer"] == first["answer"]


async def test_a_piece_may_be_told_again_of_the_job_that_it_was_fitted_in(attendance: Attendance) -> None:
    kind, piece = part("P-AC-014", "piece", serial_in="S-9")
    await attendance.said(kind, {**piece, "id": str(uuid4())})
    assert (await push(attendance, kind, piece, strict=True))["outcome"].startswith("recorded")


async def push(attendance: Attendance, kind: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Recorded off the net and pushed later: what became of it."""
    fact = {"id": str(uuid4()), "job_id": attendance.job_id, "visit_id": attendance.visit_id}
    fact |= {"happened_at": datetime.now(UTC).isoformat(), "base_version": (await job_of(attendance))["version"]}
    fact = {**fact, KINDS[kind]: body, **more}
    pushed = await attendance.desk.ask(TECHNICIAN, "POST", "/v1/sync/push", json={"facts": [fact]})
    return dict(pushed.json()["outcomes"][0])


async def job_of(attendance: Attendance) -> dict[str, Any]:
    return dict((await attendance.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{attendance.job_id}")).json())
