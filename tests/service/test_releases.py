"""One call lets out all that waits for a job, in order and once; what cannot enter the log stays, and is named."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response

from domain.people.actor import Role
from service.database import Database
from service.store.tables import cases, quarantine
from tests.builders.fleet import a_person, assert_folded, both, day, stored
from tests.builders.organisations import Organisation, Person, add_outlet, add_person
from tests.builders.phone import Phone, job_opened, visit_planned

REASON = {"reason": "数据恢复后核对无误"}
LOST = ["job_unknown", "not_your_visit", "not_your_job"]


class Lost:
    """A job that no server knows, and the day that a phone recorded on it."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation) -> None:
        self.client, self.database, self.organisation = client, database, organisation
        self.desk, self.phone = both(client, organisation)
        self.job_id, self.visit_id = uuid4(), uuid4()
        self.facts = day(self.phone, self.job_id, self.visit_id)

    async def open_again(self) -> None:
        headers, technician = self.organisation.dispatcher.headers, self.phone.person.actor.member_id
        wanted = {**job_opened(self.organisation.outlet_id), "id": str(self.job_id)}
        opened = await self.client.post("/v1/jobs", json=wanted, headers=headers)
        begin = datetime.now(UTC) + timedelta(hours=1)
        plan = {**visit_planned(technician), "id": str(self.visit_id), "override_reason": "恢复数据"}
        for name, hours in (("window_start", 0), ("window_end", 2), ("work_start", 0), ("work_end", 1)):
            plan[name] = (begin + timedelta(hours=hours)).isoformat()
        planned = await self.client.post(f"/v1/jobs/{self.job_id}/visits", json=plan, headers=headers)
        assert (opened.status_code, planned.status_code) == (201, 201), (opened.text, planned.text)

    async def release(self, person: Person | None = None, **more: Any) -> Response:
        headers = (person or self.organisation.dispatcher).headers
        return await self.client.post(f"/v1/jobs/{self.job_id}/releases", json={**REASON, **more}, headers=headers)

    async def log(self) -> list[dict[str, Any]]:
        path = f"/v1/jobs/{self.job_id}/facts"
        answer = await self.client.get(path, params={"limit": 200}, headers=self.organisation.dispatcher.headers)
        return list(answer.json()["items"])

    async def states(self) -> set[str]:
        return {row["state"] for row in await stored(self.database, quarantine)}


@pytest.fixture
def lost(client: AsyncClient, database: Database, an_organisation: Organisation) -> Lost:
    return Lost(client, database, an_organisation)


async def test_all_that_waits_for_a_job_that_was_lost_enters_its_log_in_order(lost: Lost, database: Database) -> None:
    halves = lost.facts[: len(lost.facts) // 2], lost.facts[len(lost.facts) // 2 :]
    told = [outcome for half in halves for outcome in (await lost.phone.push(*half))["outcomes"]]
    assert {each["answer"]["code"] for each in told} == {"job_unknown"}
    await lost.open_again()

    answer = await lost.release(codes=LOST)

    assert answer.status_code == 200, answer.text
    body, log = answer.json(), await lost.log()
    assert [each["fact_id"] for each in body["released"]] == [fact["id"] for fact in lost.facts]
    assert [entry["record"] for entry in log[2:]] == lost.facts
    assert [each["log_number"] for each in body["released"]] == [entry["log_number"] for entry in log[2:]]
    assert (body["kept"], body["more"], await lost.states()) == ([], False, {"released"})
    assert {row["state"] for row in await stored(database, cases, cases.c.kind == "quarantine")} == {"decided"}
    assert {entry["author_id"] for entry in log[2:]} == {str(lost.phone.person.actor.member_id)}
    again = (await lost.phone.push(*lost.facts))["outcomes"]
    assert [each["answer"] for each in again] == [each["answer"] for each in told]
    await assert_folded(database, lost.organisation.org_id, lost.job_id)


async def test_a_job_whose_opening_waits_too_is_opened_by_it(lost: Lost, database: Database) -> None:
    """A phone was handed over before it had sent what was opened and done at the door, all by one clock."""
    opened = lost.phone.fact(lost.job_id, "job_opened", job_opened(lost.organisation.outlet_id))
    colleague = Phone(lost.client, await a_person(database, lost.organisation, Role.TECHNICIAN, "HZ0112"))
    made_on = str(lost.phone.person.actor.device_id)
    await colleague.push(*lost.facts, made_on=made_on, device_clock=None)
    await colleague.push(opened, made_on=made_on, device_clock=None)

    answer = await lost.release()

    assert len(answer.json()["released"]) == len(lost.facts) + 1, answer.text
    assert (await lost.log())[0]["kind"] == "job_opened"
    await assert_folded(database, lost.organisation.org_id, lost.job_id)


async def test_what_cannot_enter_the_log_stays_and_stops_nothing_else(lost: Lost) -> None:
    note = lost.phone.fact(lost.job_id, "note_added", {"text": "一"})
    unreadable = lost.phone.fact(lost.job_id, "teleported", {"to": "door"})
    await lost.phone.push(note, unreadable)
    await lost.phone.push({**note, "note_added": {"text": "二"}})
    await lost.phone.push(*lost.facts)
    await lost.open_again()

    body = (await lost.release()).json()

    assert [each["fact_id"] for each in body["released"]] == [note["id"], *(fact["id"] for fact in lost.facts)]
    kept = [(each["fact_id"], each["code"]) for each in body["kept"]]
    assert sorted(kept) == sorted([(unreadable["id"], "still_unreadable"), (note["id"], "fact_id_taken")])
    assert (await lost.states()) == {"held", "released"}
    once_more = (await lost.release()).json()
    assert (once_more["released"], len(once_more["kept"])) == ([], 2)


async def test_only_what_was_set_aside_for_the_named_reasons_is_let_out(lost: Lost) -> None:
    await lost.open_again()
    await lost.phone.pull()
    cancelled = lost.phone.fact(lost.job_id, "job_cancelled", {"side": "technician", "reason": "不修了"})
    (outcome,) = (await lost.phone.push(cancelled))["outcomes"]

    body = (await lost.release(codes=LOST)).json()

    assert (outcome["outcome"], outcome["answer"]["code"] in LOST) == ("quarantined", False)
    assert (body["released"], body["kept"]) == ([], [])
    assert [each["fact_id"] for each in (await lost.release()).json()["released"]] == [cancelled["id"]]


async def test_nothing_is_let_into_a_job_that_is_not_there_or_not_seen(lost: Lost, database: Database) -> None:
    organisation, elsewhere = lost.organisation, uuid4()
    async with database.transaction() as db:
        await add_outlet(db, organisation.org_id, elsewhere, code="SZ01", name="姑苏服务站")
        stranger = await add_person(db, organisation.org_id, elsewhere, Role.DISPATCHER, "SZ01-D", "姑苏服务站 调度")
    await lost.phone.push(*lost.facts)
    nowhere = await lost.release()
    await lost.open_again()

    unseen = await lost.release(stranger)

    assert [(each.status_code, each.json()["code"]) for each in (nowhere, unseen)] == [(404, "not_found")] * 2
    assert await lost.states() == {"held"}
    forbidden = await lost.release(lost.phone.person)
    assert forbidden.status_code == 403


async def test_a_desk_opens_no_job_of_another_outlet_by_releasing(lost: Lost, database: Database) -> None:
    organisation, elsewhere = lost.organisation, UUID(int=uuid4().int)
    async with database.transaction() as db:
        await add_outlet(db, organisation.org_id, elsewhere, code="SZ01", name="姑苏服务站")
        stranger = await add_person(db, organisation.org_id, elsewhere, Role.DISPATCHER, "SZ01-D", "姑苏服务站 调度")
    opened = lost.phone.fact(lost.job_id, "job_opened", job_opened(organisation.outlet_id))
    colleague = Phone(lost.client, await a_person(database, organisation, Role.TECHNICIAN, "HZ0112"))
    await colleague.push(opened, made_on=str(lost.phone.person.actor.device_id))

    assert (await lost.release(stranger)).status_code == 404
    assert len((await lost.release()).json()["released"]) == 1


async def test_released_at_one_moment_each_fact_is_in_the_log_once(lost: Lost) -> None:
    await lost.phone.push(*lost.facts)
    await lost.open_again()

    answers = await asyncio.gather(*(lost.release() for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    assert sorted(len(answer.json()["released"]) for answer in answers) == [0, 0, 0, len(lost.facts)]
    assert [entry["id"] for entry in (await lost.log())[2:]] == [fact["id"] for fact in lost.facts]


@pytest.mark.parametrize(("seen", "finding"), [(2, "worked_after_reassignment"), (0, "work_done_by_other")])
async def test_a_colleagues_step_moves_the_visit_that_it_names(lost: Lost, seen: int, finding: str) -> None:
    """Made after the plan it leaves the visit with whom it is planned for; made before, the visit is its author's."""
    colleague = Phone(lost.client, await a_person(lost.database, lost.organisation, Role.TECHNICIAN, "HZ0112"))
    await lost.open_again()
    step = colleague.fact(lost.job_id, "arrived", {}, visit_id=lost.visit_id, minute=60)
    if seen:
        step |= {"happened_at": datetime.now(UTC).isoformat(), "base_version": seen}
    held = await colleague.push(step)
    assert held["outcomes"][0]["answer"]["code"] in LOST

    assert (await lost.release()).status_code == 200

    headers, planned, came = lost.organisation.dispatcher.headers, lost.phone.person, colleague.person
    job = (await lost.client.get(f"/v1/jobs/{lost.job_id}", headers=headers)).json()
    (visit,) = job["visits"]
    whose = (planned if seen else came).actor.member_id
    assert (visit["status"], visit["technician_id"]) == ("arrived", str(whose))
    assert finding in {each["code"] for each in job["findings"]}
    assert (await lost.log())[-1]["author_id"] == str(came.actor.member_id)
