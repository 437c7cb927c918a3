"""Visit actions: one strict fact each, for a technician's app that is online."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest

from domain.facts.kinds import DOOR_KINDS
from service.desk.visit_actions import VISIT_ACTIONS
from service.http.endpoint import Operation
from service.routes import visit_actions
from service.simulate.records import at_the_end
from tests.builders.attendance import CHECK_IN, FEES, PASS, Attendance, attendance_of
from tests.builders.sample_desk import DISPATCHER, Desk
from tests.builders.sample_plans import LI, plan, planned


@pytest.fixture
async def attendance(desk: Desk) -> Attendance:
    """A paid repair, planned for HZ0107."""
    return await attendance_of(desk)


async def test_a_whole_visit_is_recorded_action_by_action(attendance: Attendance) -> None:
    for path in ("acceptances", "departures", "arrivals"):
        await attendance.said(path)
    await attendance.said("check-ins", CHECK_IN)
    await attendance.said("diagnoses", {"cause_code": "AC-C02"})
    await attendance.said("fee-disclosures", FEES)
    content_hash = (await attendance.visit())["disclosures"][0]["content_hash"]
    work: list[tuple[str, dict[str, Any]]] = [
        ("fee-acknowledgements", {"content_hash": content_hash, "method": "signature"}),
        ("work-starts", {}),
        ("pauses", {"reason": "parts"}),
        ("resumptions", {}),
        ("repair-records", await attendance.repair()),
        ("guidance", {"topics": ["filter"]}),
        ("completions", {}),
        ("charges", {"lines": FEES["lines"], "total_fen": 7000}),
        ("payments", {"amount_fen": 7000, "method": "cash"}),
        ("sign-offs", {"method": "signature"}),
    ]
    for path, body in work:
        answer = await attendance.said(path, body)
        assert answer["answer"]["findings"] == [], path
    last = await attendance.said("endings", {"outcome": "solved", **at_the_end(await attendance.asked())})

    visit = await attendance.visit()
    assert (visit["status"], last["version"], last["answer"]["log_number"]) == ("ended", 19, 19)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"unit_price_fen": 7001, "amount_fen": 7001}, "price_above_list"),
        ({"code": "F-GHOST"}, "price_code_unknown"),
        ({"quantity_thousandths": -1000, "amount_fen": -7000}, "line_does_not_add_up"),
    ],
)
async def test_fees_above_or_beside_the_list_are_refused(
    attendance: Attendance, changes: dict[str, Any], code: str
) -> None:
    line = {**FEES["lines"][0], **changes}

    answer = await attendance.say("fee-disclosures", {**FEES, "lines": [line], "total_fen": line["amount_fen"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "gate_refused")
    assert code in {error["code"] for error in answer.json()["errors"]}
    assert (await attendance.visit())["disclosures"] == []


async def test_work_before_the_fees_are_acknowledged_is_refused_with_every_reason(attendance: Attendance) -> None:
    before = await attendance.visit()

    answer = await attendance.say("work-starts")

    assert (answer.status_code, answer.json()["code"]) == (409, "gate_refused")
    assert {error["code"] for error in answer.json()["errors"]} == {
        "work_before_check_in",
        "work_without_acknowledgement",
    }
    assert await attendance.visit() == before


async def test_a_step_sent_again_under_its_id_gets_its_first_answer(attendance: Attendance) -> None:
    body = {"id": str(uuid4()), "happened_at": "2026-11-01T09:00:00Z", "seq": 7}

    first = await attendance.said("acceptances", body)
    await attendance.said("departures")
    again = await attendance.said("acceptances", body)
    other = await attendance.say("arrivals", body)

    assert (again["answer"], again["version"]) == (first["answer"], 4)
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")


async def test_the_moment_is_now_unless_the_app_says_otherwise(attendance: Attendance) -> None:
    now = await attendance.said("acceptances")
    told = await attendance.said("departures", {"happened_at": "2026-11-01T09:00:00Z"})
    log = await attendance.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{attendance.job_id}/facts")

    assert (now["answer"]["time_grade"], told["answer"]["time_grade"]) == ("server", "clamped")
    assert log.json()["items"][-1]["happened_at"] == "2026-11-01T09:00:00Z"


async def test_only_the_visits_own_technician_may_act_on_it(attendance: Attendance) -> None:
    second = plan(LI, 3)
    await planned(attendance.desk, attendance.job_id, second)

    for login, expected in (("HZ0112", (403, "not_your_visit")), ("HZ0115", (404, "not_found"))):
        answer = await attendance.say("acceptances", login=login)
        assert (answer.status_code, answer.json()["code"]) == expected
    assert (await attendance.say("acceptances", login=DISPATCHER)).status_code == 403


async def test_a_visit_that_is_not_there_is_not_found(attendance: Attendance) -> None:
    attendance.visit_id = str(uuid4())
    assert (await attendance.say("acceptances")).status_code == 404
    attendance.visit_id = "first"
    assert (await attendance.say("acceptances")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "pointer", "code"),
    [
        ("check-ins", {"uniform": PASS}, "/badge", "missing"),
        ("check-ins", {**CHECK_IN, "photo_digests": ["abc"]}, "/photo_digests/0", "bad_format"),
        ("acceptances", {"happened_at": "1970-01-01T00:00:00Z"}, "/happened_at", "absurd_time"),
        ("acceptances", {"happened_at": "2026-11-01T09:00:00"}, "/happened_at", "offset_missing"),
        ("acceptances", {"base_version": -1}, "/base_version", "out_of_range"),
        ("acceptances", {"reason": "x"}, "/reason", "unknown_field"),
        ("declines", {"reason": "a\0b"}, "/reason", "holds_nul"),
        ("payments", {"amount_fen": 1.5, "method": "cash"}, "/amount_fen", "wrong_type"),
        ("endings", {"outcome": "done"}, "/outcome", "unknown_value"),
    ],
)
async def test_what_does_not_fit_the_kind_is_refused_field_by_field(
    attendance: Attendance, path: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await attendance.say(path, body)

    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)


async def test_a_base_version_of_the_future_is_harmless(attendance: Attendance) -> None:
    assert (await attendance.said("acceptances", {"base_version": 2**53}))["version"] == 3


def test_every_kind_that_is_recorded_at_the_door_has_an_action() -> None:
    assert visit_actions.RECORDABLE >= DOOR_KINDS


@pytest.mark.parametrize(
    ("declared", "operation"),
    list(zip(VISIT_ACTIONS, visit_actions.OPERATIONS, strict=True)),
    ids=[declared.operation for declared in VISIT_ACTIONS],
)
def test_each_action_takes_the_fields_of_its_kind_and_its_example_fits(declared: Any, operation: Operation) -> None:
    assert issubclass(operation.body, type(declared.example))
    assert operation.id == declared.operation
    assert msgspec.json.decode(msgspec.json.encode(operation.example), type=operation.body) == operation.example
