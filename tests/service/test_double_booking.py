"""A technician is in one place at a time: the desk cannot book anybody twice, and a push is never blocked by it."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from service.database import Database
from service.store.jobs import bookings
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone, job_opened, visit_planned
from tests.builders.sample_desk import ADMIN, DISPATCHER, ELSEWHERE, SUPERVISOR, Desk
from tests.builders.sample_plans import LI, WANG, asked_to_plan, at, opened, plan, planned

PARALLEL = 20
LONGEST_WAIT_SECONDS = 10


async def planned_at_once(desk: Desk) -> list[Response]:
    """Twenty jobs, planned at one moment for one technician, all within the same hour."""
    jobs = [await opened(desk) for _ in range(PARALLEL)]
    return await asyncio.gather(
        *(
            asked_to_plan(desk, job["id"], plan(WANG, 1 + number / 60, 1), (DISPATCHER, SUPERVISOR)[number % 2])
            for number, job in enumerate(jobs)
        )
    )


async def overlapping(desk: Desk) -> int:
    """How many pairs of bookings share hours of one technician."""
    query = """SELECT count(*) FROM bookings a JOIN bookings b USING (org_id, technician_id)
               WHERE a.visit_id < b.visit_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"""
    return int(await desk.database.pull_pool.fetchval(query))


async def test_of_twenty_overlapping_plans_made_at_one_moment_exactly_one_succeeds(desk: Desk) -> None:
    answers = await planned_at_once(desk)

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * (PARALLEL - 1)
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"technician_booked"}
    assert await overlapping(desk) == 0


async def test_without_the_technicians_lock_the_same_plans_would_overlap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_at_once = asyncio.Barrier(2)

    async def no_lock(_db: AsyncConnection, *_: object) -> bool:
        # A plan that is begun anew finds nobody to wait with.
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await two_at_once.wait()
        return True

    monkeypatch.setattr(bookings, "lock_technician", no_lock)

    await planned_at_once(desk)

    assert await overlapping(desk) > 0


async def test_a_refusal_names_the_other_job_and_its_hours(desk: Desk) -> None:
    await planned(desk, (await opened(desk, number="HZ-8001"))["id"], plan(WANG, 1, 1.5))

    answer = await asked_to_plan(desk, (await opened(desk))["id"], plan(WANG, 2))

    (reason,) = answer.json()["errors"]
    assert (answer.status_code, reason["code"], reason["pointer"]) == (409, "double_booked", "/technician_id")
    assert "HZ-8001" in reason["message"]
    assert "2026-12-07T09:00:00+08:00" in answer.json()["detail"]
    assert "2026-12-07T10:30:00+08:00" in answer.json()["detail"]


async def test_work_may_begin_when_other_work_ends(desk: Desk) -> None:
    await planned(desk, (await opened(desk))["id"], plan(WANG, 1))
    await planned(desk, (await opened(desk))["id"], plan(WANG, 2))
    await planned(desk, (await opened(desk))["id"], plan(WANG, 0))


async def test_hours_of_work_count_and_not_the_windows_that_were_promised(desk: Desk) -> None:
    first, second = plan(WANG, 1, 1), plan(WANG, 2, 1)
    for body in (first, second):
        body |= {"window_start": at(1), "window_end": at(5)}

    await planned(desk, (await opened(desk))["id"], first)
    await planned(desk, (await opened(desk))["id"], second)


async def test_no_reason_overrides_a_double_booking(desk: Desk) -> None:
    await planned(desk, (await opened(desk))["id"], plan(WANG))

    answer = await asked_to_plan(desk, (await opened(desk))["id"], plan(WANG, override_reason="很急"))

    assert (answer.status_code, answer.json()["code"]) == (409, "technician_booked")


async def test_of_a_job_in_another_outlet_only_the_hours_are_told(desk: Desk) -> None:
    outlets = [outlet["id"] for outlet in (await desk.ask(ADMIN, "GET", "/v1/outlets")).json()["items"]]
    everywhere = {"login": "HZ0198", "name": "机动 工程师", "role": "technician", "outlet_ids": outlets}
    technician = (await desk.ask(ADMIN, "POST", "/v1/members", json=everywhere)).json()["id"]
    elsewhere = await opened(desk, ELSEWHERE, number="SZ-9001", outlet_id=await outlet_of(desk, ELSEWHERE))
    await planned(desk, elsewhere["id"], plan(technician), ELSEWHERE)
    job = await opened(desk)

    told = {login: await asked_to_plan(desk, job["id"], plan(technician), login) for login in (DISPATCHER, ADMIN)}

    assert [answer.status_code for answer in told.values()] == [409, 409]
    assert told[DISPATCHER].json()["errors"][0]["code"] == "booked_elsewhere"
    assert "SZ-9001" not in told[DISPATCHER].text
    assert "SZ-9001" in told[ADMIN].text


async def test_two_desks_that_swap_technicians_at_one_moment_do_not_wait_for_each_other(desk: Desk) -> None:
    for hour in range(4):
        one, other = await opened(desk), await opened(desk)
        first = await planned(desk, one["id"], plan(WANG, hour * 2))
        second = await planned(desk, other["id"], plan(LI, hour * 2))

        answers = await asyncio.gather(reassigned(desk, first, LI), reassigned(desk, second, WANG))

        assert {answer.status_code for answer in answers} <= {201, 409}
        assert await overlapping(desk) == 0


async def test_what_a_late_fact_revives_opens_a_case_and_blocks_no_push(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """The visit was called off and its hours given to another job; then the phone says the technician had arrived."""
    desk, phone = Phone(client, an_organisation.dispatcher), Phone(client, an_organisation.technician)
    technician = an_organisation.technician.actor.member_id
    jobs, visits = (uuid4(), uuid4()), (uuid4(), uuid4())
    for number in (0, 1):
        opening = desk.fact(jobs[number], "job_opened", job_opened(an_organisation.outlet_id))
        await desk.push(opening)
    await desk.push(desk.fact(jobs[0], "visit_planned", visit_planned(technician), visit_id=visits[0]))
    await phone.pull()
    off = {"side": "customer", "reason": "改期"}
    await desk.push(desk.fact(jobs[0], "visit_cancelled", off, visit_id=visits[0], minute=5))
    await desk.push(desk.fact(jobs[1], "visit_planned", visit_planned(technician), visit_id=visits[1], minute=6))

    pushed = await phone.push(phone.fact(jobs[0], "arrived", {}, visit_id=visits[0], minute=58))

    assert pushed["outcomes"][0]["outcome"] in {"recorded", "recorded_with_findings"}
    (case,) = (await listed(client, an_organisation.dispatcher, kind="booking"))["items"]
    assert (case["code"], case["state"]) == ("double_booked", "open")
    assert case["job_id"] in {str(job_id) for job_id in jobs}
    assert await database.pull_pool.fetchval("SELECT count(*) FROM bookings") == 2


async def test_a_double_booking_that_is_none_any_more_waits_for_nobody(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, technician_id = Phone(client, an_organisation.dispatcher), an_organisation.technician.actor.member_id
    jobs, visits = (uuid4(), uuid4()), (uuid4(), uuid4())
    for job_id, visit_id in zip(jobs, visits, strict=True):
        opened = desk.fact(job_id, "job_opened", job_opened(an_organisation.outlet_id))
        await desk.push(opened, desk.fact(job_id, "visit_planned", visit_planned(technician_id), visit_id=visit_id))
    (case,) = (await listed(client, an_organisation.dispatcher, kind="booking", state="open"))["items"]

    called_off = {"side": "customer", "reason": "改期"}
    await desk.push(desk.fact(jobs[0], "visit_cancelled", called_off, visit_id=visits[0]))

    (cleared,) = (await listed(client, an_organisation.dispatcher, kind="booking"))["items"]
    assert (cleared["id"], cleared["state"]) == (case["id"], "cleared")


async def listed(client: AsyncClient, person: Person, **filters: str) -> dict[str, Any]:
    return dict((await client.get("/v1/cases", params=filters, headers=person.headers)).json())


async def reassigned(desk: Desk, change: dict[str, Any], technician_id: str) -> Response:
    path = f"/v1/jobs/{change['job']['id']}/visits/{change['visit_id']}/reassignment"
    return await desk.ask(DISPATCHER, "POST", path, json={"technician_id": technician_id})


async def outlet_of(desk: Desk, login: str) -> str:
    return str((await desk.ask(login, "GET", "/v1/outlets")).json()["items"][0]["id"])
