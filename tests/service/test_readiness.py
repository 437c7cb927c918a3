"""Readiness: what a visit needs, from its plan and from what an earlier visit missed, against the van."""

from typing import Any
from uuid import uuid4

from service.seed.company import sample_id
from tests.builders.sample_desk import DISPATCHER, ELSEWHERE, TECHNICIAN, Desk
from tests.builders.sample_plans import HZ01, LI, WANG, opened, plan, planned

CABLE, BOARD = "P-AC-011", "P-AC-017"


def need(part_code: str, pieces: int) -> dict[str, Any]:
    return {"part_code": part_code, "quantity_thousandths": pieces * 1000}


async def a_visit(desk: Desk, *parts: dict[str, Any], job_id: str | None = None, technician_id: str = LI) -> list[str]:
    """A visit of a job, planned with these parts: the ids of both."""
    job_id = job_id or (await opened(desk))["id"]
    hours = 1 if technician_id == LI else 4
    change = await planned(desk, job_id, plan(technician_id, hours, parts=list(parts)))
    return [job_id, change["visit_id"]]


async def asked(desk: Desk, job_id: str, visit_id: str, login: str = DISPATCHER) -> Any:
    return await desk.ask(login, "GET", f"/v1/jobs/{job_id}/visits/{visit_id}/readiness")


async def put(desk: Desk, location_id: str, part_code: str, pieces: int) -> None:
    body = {"id": str(uuid4()), "kind": "received", "unit": "piece", **need(part_code, pieces)}
    answer = await desk.ask(DISPATCHER, "POST", "/v1/stock/operations", json={**body, "to_location_id": location_id})
    assert answer.status_code == 201, answer.text


async def missed(desk: Desk, job_id: str, visit_id: str, *parts: dict[str, Any], login: str) -> None:
    """The visit ends without these parts."""
    times = {"happened_at": "2026-07-06T02:00:00Z", "job_id": job_id, "visit_id": visit_id}
    ending = {"outcome": "needs_revisit", "reason": "缺件", "missing_parts": list(parts)}
    bodies: list[dict[str, Any]] = [{"arrived": {}}, {"visit_ended": ending}]
    facts = [{"id": str(uuid4()), "seq": seq, **times, **body} for seq, body in enumerate(bodies, 1)]
    answer = await desk.ask(login, "POST", "/v1/sync/push", json={"facts": facts})
    assert {each["outcome"] for each in answer.json()["outcomes"]} <= {"recorded", "recorded_with_findings"}


async def test_a_visit_without_parts_is_ready(desk: Desk) -> None:
    answer = await asked(desk, *await a_visit(desk))

    assert (answer.json()["ready"], answer.json()["parts"]) == (True, [])


async def test_what_the_van_lacks_is_short_whatever_lies_in_the_depot(desk: Desk) -> None:
    visit = await a_visit(desk, need(CABLE, 2), need(BOARD, 1))
    before = {part["part_code"]: part for part in (await asked(desk, *visit)).json()["parts"]}
    await put(desk, LI, CABLE, 2)
    await put(desk, HZ01, BOARD, 1)

    found = (await asked(desk, *visit)).json()
    await put(desk, LI, BOARD, 1)
    ready = (await asked(desk, *visit)).json()["ready"]

    cable, board = found["parts"]
    assert (found["ready"], found["technician_id"], ready) == (False, LI, True)
    assert (cable["part_code"], cable["needed_thousandths"], cable["short_thousandths"]) == (CABLE, 2000, 0)
    assert cable["in_van_thousandths"] - before[CABLE]["in_van_thousandths"] == 2000
    assert (board["part_code"], board["short_thousandths"]) == (BOARD, 1000)
    assert board["in_depot_thousandths"] - before[BOARD]["in_depot_thousandths"] == 1000


async def test_what_the_first_visit_missed_the_second_has_to_bring_until_it_is_fitted(desk: Desk) -> None:
    job_id, first = await a_visit(desk, technician_id=WANG)
    await missed(desk, job_id, first, need(BOARD, 2), login=TECHNICIAN)
    _, second = await a_visit(desk, need(CABLE, 1), job_id=job_id)

    cable, board = (await asked(desk, job_id, second)).json()["parts"]

    assert (cable["part_code"], cable["missed_by_visit_id"]) == (CABLE, None)
    assert (board["part_code"], board["needed_thousandths"], board["missed_by_visit_id"]) == (BOARD, 2000, first)
    fact = {"id": str(uuid4()), "job_id": job_id, "visit_id": second, "happened_at": "2026-07-07T02:00:00Z"}
    used = {**fact, "seq": 1, "part_used": {"part_code": BOARD, "quantity_thousandths": 2000}}
    await desk.ask("HZ0112", "POST", "/v1/sync/push", json={"facts": [used]})
    assert [part["part_code"] for part in (await asked(desk, job_id, second)).json()["parts"]] == [CABLE]


async def test_it_is_told_to_whoever_sees_the_job(desk: Desk) -> None:
    job_id, visit_id = await a_visit(desk, technician_id=WANG)

    told = [await asked(desk, job_id, visit_id, login) for login in (TECHNICIAN, ELSEWHERE, "HZ0112")]
    unknown = await asked(desk, job_id, str(sample_id("member", TECHNICIAN)))

    assert [answer.status_code for answer in (*told, unknown)] == [200, 404, 404, 404]
