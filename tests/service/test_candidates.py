"""Candidates over HTTP: every technician of the outlet, each with every reason."""

from typing import Any

import pytest

from service.seed.company import sample_id
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, ELSEWHERE, Desk
from tests.builders.sample_plans import HZ01, WANG, at, opened, plan, planned
from tests.service.test_sync_cost import watched


async def candidates(desk: Desk, job: dict[str, Any], start: float = 1, end: float = 2, **more: Any) -> dict[str, Any]:
    """By badge number."""
    asked = {"starts_at": at(start), "ends_at": at(end), **more}
    answer = await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}/candidates", params=asked)
    assert answer.status_code == 200, answer.text
    return {each["login"]: each for each in answer.json()["items"]}


def codes(candidate: dict[str, Any], *, excludes: bool = True) -> set[str]:
    return {reason["code"] for reason in candidate["reasons"] if reason["excludes"] is excludes}


async def test_every_technician_of_the_outlet_is_eligible_or_excluded_with_reasons(desk: Desk) -> None:
    job = await opened(
        desk,
        skill="refrigeration",
        special_work=["refrigeration"],
        customer_id=str(sample_id("customer", "顾客 001")),
        site_id=str(sample_id("site", "顾客 001")),
    )

    found = await candidates(desk, job)

    assert list(found) == ["HZ0107", "HZ0112", "HZ0115"]
    assert [each["eligible"] for each in found.values()] == [True, False, False]
    assert codes(found["HZ0107"], excludes=False) == {"skill_matched", "certificate_valid", "free", "load", "distance"}
    assert codes(found["HZ0112"]) == {"skill_missing", "certificate_missing"}
    assert codes(found["HZ0115"]) == {"review_overdue"}
    valid = next(reason for reason in found["HZ0107"]["reasons"] if reason["code"] == "certificate_valid")
    assert valid["en"] == "Certificate for refrigeration valid until 2027-02-28"


async def test_planned_work_makes_a_technician_double_booked_and_counts_as_load(desk: Desk) -> None:
    other = await opened(desk, number="HZ-7001")
    await planned(desk, other["id"], plan(WANG, 1, 3))
    job = await opened(desk)

    overlapping = (await candidates(desk, job, 3, 5))["HZ0107"]
    touching = (await candidates(desk, job, 4, 5))["HZ0107"]
    too_much = (await candidates(desk, job, 4, 9.5))["HZ0107"]

    assert codes(overlapping) == {"double_booked"}
    assert "HZ-7001" in next(r["en"] for r in overlapping["reasons"] if r["code"] == "double_booked")
    assert (touching["eligible"], touching["load_minutes"]) == (True, 240)
    assert (codes(too_much), too_much["load_minutes"]) == ({"load_exceeded"}, 510)


async def test_the_visit_that_would_be_moved_does_not_stand_in_its_own_way(desk: Desk) -> None:
    job = await opened(desk)
    change = await planned(desk, job["id"], plan(WANG, 1, 2))

    assert codes((await candidates(desk, job, 2, 4))["HZ0107"]) == {"double_booked"}
    assert codes((await candidates(desk, job, 2, 4, visit_id=change["visit_id"]))["HZ0107"]) == set()


async def test_the_number_of_technicians_does_not_change_the_number_of_statements(desk: Desk) -> None:
    job = await opened(desk)
    with watched(desk.database) as few:
        await candidates(desk, job)
    for number in range(12):
        newcomer = {
            "login": f"HZ02{number:02}",
            "name": "西湖服务站 工程师",
            "role": "technician",
            "outlet_ids": [HZ01],
        }
        await desk.ask(ADMIN, "POST", "/v1/members", json={**newcomer, "outlet_ids": [HZ01]})
    with watched(desk.database) as many:
        found = await candidates(desk, job)

    assert len(found) == 15
    assert len(few.statements) == len(many.statements) <= 6


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"ends_at": at(1)}, "not_after_start"),
        ({"ends_at": at(26)}, "longer_than_a_day"),
        ({"starts_at": "0066-01-01T00:00:00Z"}, "absurd_time"),
        ({"starts_at": "soon"}, "malformed_time"),
        ({"visit_id": "x"}, "malformed_id"),
    ],
)
async def test_hours_that_nobody_can_have_meant_are_refused(desk: Desk, wrong: dict[str, str], code: str) -> None:
    job = await opened(desk)
    asked = {"starts_at": at(1), "ends_at": at(2), **wrong}

    answer = await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}/candidates", params=asked)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_candidates_are_for_the_jobs_own_desk(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk))['id']}/candidates"
    asked = {"starts_at": at(1), "ends_at": at(2)}

    assert (await desk.ask(ELSEWHERE, "GET", path, params=asked)).status_code == 404
    assert (await desk.ask(AUDITOR, "GET", path, params=asked)).status_code == 403
