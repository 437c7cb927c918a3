"""A value that is none of the allowed ones is refused with those that are, wherever it stands."""

from typing import Any
from uuid import uuid4

import pytest

from domain.cases.kinds import CaseState
from domain.facts.door.attendance import VisitOutcome
from domain.facts.words import Priority
from tests.builders.attendance import attendance_of
from tests.builders.sample_desk import ADMIN, DISPATCHER, TECHNICIAN, Desk

PERIOD = {"first_day": "2026-11-01", "last_day": "2026-11-30"}
TABLES = ["csv", "parquet", "xlsx"]


async def refused(desk: Desk, login: str, method: str, path: str, **sent: Any) -> dict[str, Any]:
    answer = await desk.ask(login, method, path, **sent)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    return dict(error)


async def test_a_query_parameter_is_told_what_fits(desk: Desk) -> None:
    error = await refused(desk, DISPATCHER, "GET", "/v1/cases?state=shut")

    assert (error["pointer"], error["code"], error["allowed"]) == ("/state", "unknown_value", [*CaseState])
    assert error["message"].endswith("允许的取值：open, decided, cleared")


async def test_a_parameter_that_may_be_repeated_is_told_what_fits(desk: Desk) -> None:
    error = await refused(desk, DISPATCHER, "GET", "/v1/jobs?status=open&status=lost")

    assert error["pointer"] == "/status/1"
    assert "in_progress" in error["allowed"]


@pytest.mark.parametrize(
    ("path", "body", "pointer", "allowed"),
    [
        (
            "/v1/exports",
            {**PERIOD, "subject": "measures", "format": "doc"},
            "/format",
            [*TABLES, "zip"],
        ),
        ("/v1/exports", {**PERIOD, "subject": "measures", "format": "zip"}, "/format", TABLES),
        ("/v1/exports", {**PERIOD, "subject": "measures", "format": "csv", "span": "week"}, "/span", None),
    ],
)
async def test_a_body_is_told_what_fits(
    desk: Desk, path: str, body: dict[str, Any], pointer: str, allowed: list[str] | None
) -> None:
    error = await refused(desk, ADMIN, "POST", path, json=body)

    assert (error["pointer"], error["allowed"] and sorted(error["allowed"])) == (pointer, allowed and sorted(allowed))


async def test_a_fact_is_told_what_fits_pushed_and_by_its_own_door(desk: Desk) -> None:
    attendance = await attendance_of(desk)
    about = {"id": str(uuid4()), "job_id": attendance.job_id, "visit_id": attendance.visit_id, "seq": 1}
    fact = {**about, "happened_at": "2026-11-22T10:00:00Z", "visit_ended": {"outcome": "vanished"}}

    pushed = (await desk.ask(TECHNICIAN, "POST", "/v1/sync/push", json={"facts": [fact]})).json()["outcomes"][0]
    said = await attendance.say("endings", {"outcome": "vanished"})

    assert pushed["answer"]["pointer"] == "/visit_ended/outcome"
    assert pushed["answer"]["detail"] == f"Invalid enum value 'vanished'; allowed: {', '.join(VisitOutcome)}"
    (error,) = said.json()["errors"]
    assert (error["pointer"], error["allowed"]) == ("/outcome", [*VisitOutcome])


async def test_a_value_that_only_this_field_takes_is_told_too(desk: Desk) -> None:
    attendance = await attendance_of(desk)

    error = await refused(
        desk,
        DISPATCHER,
        "POST",
        f"/v1/jobs/{attendance.job_id}/details",
        json={"field": "priority", "was": "normal", "now": "whenever"},
    )

    assert (error["code"], error["allowed"]) == ("unknown_value", [*Priority])
