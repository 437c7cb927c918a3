"""The repair record over HTTP: refused online where it has gaps, kept offline with findings, shown in the document."""

from typing import Any

import pytest

from service.simulate.records import at_the_end
from tests.builders.attendance import CHECK_IN, FEES, REPAIR, Attendance
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, Desk
from tests.builders.sample_plans import WANG, opened, plan, planned

ITEM: dict[str, Any] = {"code": "I1", "name_zh": "项", "name_en": "Item", "required": True}
LIMITS = {"unit": "A", "low_thousandths": 1, "high_thousandths": 2}
CHOICE = {"code": "a", "name_zh": "甲", "name_en": "A"}
PLAIN: dict[str, Any] = {"answer": "tick", "limits": [], "choices": []}


@pytest.fixture
async def working(desk: Desk) -> Attendance:
    """A repair of an air conditioner, tools out."""
    job = await opened(desk, warranty="paid", product_code="LS-KF35", symptom_code="AC-S01")
    attendance = Attendance(desk, await planned(desk, job["id"], plan(WANG)))
    await attendance.said("check-ins", CHECK_IN)
    await attendance.said("diagnoses", {"cause_code": "AC-C02"})
    await attendance.said("fee-disclosures", FEES)
    agreed = (await attendance.visit())["disclosures"][0]["content_hash"]
    await attendance.said("fee-acknowledgements", {"content_hash": agreed, "method": "signature"})
    await attendance.said("work-starts")
    return attendance


def reasons(problem: dict[str, Any]) -> dict[str, str]:
    assert problem["code"] == "gate_refused"
    return {error["code"]: error["message"] for error in problem["errors"]}


@pytest.mark.parametrize(
    ("field", "code"),
    [("cause_code", "RF-C01"), ("symptom_code", "AC-S99"), ("condition_code", "Z9"), ("measure_codes", ["M03", "M99"])],
)
async def test_a_code_that_the_product_does_not_have_is_refused_online(
    working: Attendance, field: str, code: str | list[str]
) -> None:
    answer = await working.say("repair-records", {**REPAIR, field: code})

    assert answer.status_code == 409
    assert reasons(answer.json())["fault_code_unknown"].endswith(code if isinstance(code, str) else "M99")
    assert (await working.visit())["repair"] is None


async def test_what_is_missing_is_named_when_the_tools_are_to_go_in(working: Attendance) -> None:
    await working.said("repair-records", REPAIR)

    answer = await working.say("completions")

    told = reasons(answer.json())
    assert told.keys() == {"repair_record_incomplete", "safety_after_repair_open"}
    for code in ("before", "after", "operation", "running_current", "air_difference"):
        assert code in told["repair_record_incomplete"]
    assert (await working.visit())["record"]["missing_items"][:2] == ["running_current", "air_difference"]


async def test_a_reading_out_of_limits_is_recorded_online_and_waits_for_a_person(working: Attendance) -> None:
    repair = await working.repair()
    readings = [{**each, "value_thousandths": 99_000} for each in repair["readings"]]
    await working.said("repair-records", {**repair, "readings": readings})

    done = await working.said("completions")

    assert [finding["code"] for finding in done["answer"]["findings"]] == ["record_check_failed"]
    assert (await working.visit())["record"]["out_of_limits"] == [each["code"] for each in readings]


async def test_a_record_becomes_complete_on_the_way_to_goodbye(working: Attendance) -> None:
    await working.said("repair-records", await working.repair())
    missing = [(await working.visit())["record"]["missing_fields"]]
    for path, body in (
        ("completions", {}),
        ("charges", {"lines": FEES["lines"], "total_fen": 7000}),
        ("sign-offs", {"method": "signature"}),
    ):
        await working.said(path, body)
        missing.append((await working.visit())["record"]["missing_fields"])
    await working.said("guidance", {"topics": (await working.asked())["told"]})
    last = await working.said("endings", {"outcome": "solved", **at_the_end(await working.asked())})

    assert missing == [["test_result", "times", "sign_off", "fee"], ["sign_off", "fee"], ["sign_off"], []]
    record = (await working.visit())["record"]
    assert (record["complete"], record["norm_kept"], record["safety"]) == (True, True, "passed")
    assert last["answer"]["findings"] == []


@pytest.mark.parametrize(
    ("item", "pointer"),
    [
        ({"answer": "number"}, "/items/0/limits"),
        ({"answer": "tick", "limits": [LIMITS]}, "/items/0/limits"),
        ({"answer": "number", "limits": [{**LIMITS, "low_thousandths": 3}]}, "/items/0/limits/0/high_thousandths"),
        ({"answer": "choice"}, "/items/0/choices"),
        ({"answer": "photo", "choices": [CHOICE]}, "/items/0/choices"),
        ({"answer": "choice", "choices": [CHOICE, CHOICE]}, "/items/0/choices"),
    ],
)
async def test_an_item_says_as_much_as_its_answer_needs(desk: Desk, item: dict[str, Any], pointer: str) -> None:
    named = {"code": "NEW", "name_zh": "表", "name_en": "List", "purpose": "repair_record"}
    body = {**named, "work_types": [], "groups": [], "items": [{**ITEM, **PLAIN, **item}]}

    answer = await desk.ask(SUPERVISOR, "PUT", "/v1/catalogue/checklists/NEW", version=0, json=body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert (await desk.ask(DISPATCHER, "GET", "/v1/catalogue/checklists/NEW")).status_code == 404
