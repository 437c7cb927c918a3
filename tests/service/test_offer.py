"""After the data went back, phones bring what it lost: every fact is there again, once."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import delete

from domain.people.actor import Role
from service.database import Database
from service.epochs.watching import open_epoch
from service.store.sync.epochs import Reason
from service.store.tables import facts
from tests.builders.fleet import a_person, assert_folded, day, fact, outcomes, planned_job, stored
from tests.builders.healing import Backup, HealingPhone, backed_up, held_fact, put_back
from tests.builders.organisations import Organisation, Person, add_organisation
from tests.folded import number_of_facts
from tests.service.sessions import code_of

RELEASE = {"choice": "release", "reason": "数据恢复后重新上报"}


async def go_back(database: Database, backup: Backup) -> None:
    """An older state is put back, and the operator says so."""
    await put_back(database, backup)
    await open_epoch(database, Reason.OPERATOR)


def both(client: AsyncClient, organisation: Organisation) -> tuple[HealingPhone, HealingPhone]:
    return HealingPhone(client, organisation.dispatcher), HealingPhone(client, organisation.technician)


def held(job: dict[str, Any]) -> tuple[int, str]:
    """How many facts the job has, and how far its visit is."""
    return number_of_facts(job), job["visits"][0]["status"]


async def logged(database: Database, job_id: UUID) -> list[str]:
    return sorted(str(row["id"]) for row in await stored(database, facts, facts.c.job_id == job_id))


async def test_what_was_lost_is_asked_for_and_pushed_again_and_there_once(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.sync()
    facts_of_day = day(phone, job_id, visit_id)
    await phone.push(*facts_of_day[:2])
    backup = await backed_up(database)
    await phone.push(*facts_of_day[2:])
    await phone.sync()
    before = phone.jobs[str(job_id)]

    await go_back(database, backup)
    assert await phone.offer() == [each["id"] for each in facts_of_day[2:]]
    healed = await phone.sync()

    assert phone.resets == ["first", "epoch"]
    assert len(healed) == 3
    assert set(healed) <= {"recorded", "recorded_with_findings"}
    assert await logged(database, job_id) == sorted({*desk.acknowledged, *phone.acknowledged})
    await assert_folded(database, an_organisation.org_id, job_id)
    after = phone.jobs[str(job_id)]
    assert held(after) == held(before)
    assert await phone.offer() == []
    assert set(outcomes(await phone.push(*facts_of_day))) == {"duplicate"}


async def test_facts_that_know_of_a_lost_future_find_their_place(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """Their base version lies beyond the log: they come after all that is there, and fold as on any other day."""
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    backup = await backed_up(database)
    await desk.push(*(desk.fact(job_id, "note_added", {"text": str(number)}) for number in range(20)))
    await phone.sync()
    worked = day(phone, job_id, visit_id)
    assert {each["base_version"] for each in worked} == {22}
    await phone.push(*worked)

    await go_back(database, backup)
    assert set(await phone.sync()) <= {"recorded", "recorded_with_findings"}
    assert number_of_facts(phone.jobs[str(job_id)]) == 7
    assert phone.jobs[str(job_id)]["visits"][0]["status"] == "working"
    await desk.sync()
    await phone.sync()

    assert phone.jobs == desk.jobs
    assert number_of_facts(phone.jobs[str(job_id)]) == 27
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_facts_of_a_job_that_was_lost_itself_wait_until_the_desk_brings_it(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    backup = await backed_up(database)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.sync()
    await phone.push(*day(phone, job_id, visit_id))
    await phone.sync()
    before = phone.jobs[str(job_id)]

    await go_back(database, backup)
    assert await phone.sync() == ["quarantined"] * 5
    assert phone.jobs == {}
    assert await phone.offer() == [], "what waits for a person is not lost"
    assert await desk.sync() == ["recorded", "recorded"]
    assert await phone.offer() == []
    await release_all(client, an_organisation.dispatcher)
    await phone.sync()

    after = phone.jobs[str(job_id)]
    assert held(after) == held(before)
    assert await logged(database, job_id) == sorted({*desk.acknowledged, *phone.acknowledged})
    await assert_folded(database, an_organisation.org_id, job_id)


async def release_all(client: AsyncClient, person: Person) -> None:
    waiting = await client.get("/v1/cases", params={"kind": "quarantine"}, headers=person.headers)
    for case in waiting.json()["items"]:
        assert case["code"] == "job_unknown"
        answer = await client.post(f"/v1/cases/{case['id']}/decision", json=RELEASE, headers=person.headers)
        assert answer.status_code == 200, answer.text


async def test_a_job_opened_anew_at_the_desk_under_its_id_takes_what_waits_for_it(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """A desk without a memory of its own types the job and the visit again, with the ids that the phone has."""
    desk, phone = both(client, an_organisation)
    backup = await backed_up(database)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.sync()
    await phone.push(*day(phone, job_id, visit_id))
    plan = phone.jobs[str(job_id)]["visits"][0]["plan"]
    await go_back(database, backup)
    await phone.sync()
    headers = an_organisation.dispatcher.headers
    opening = {"outlet_id": str(an_organisation.outlet_id), "work_type": "repair", "symptom": "不制冷"}

    opened = await client.post("/v1/jobs", json={"id": str(job_id), **opening}, headers=headers)
    window = {name: plan[name] for name in ("window_start", "window_end", "work_start", "work_end")}
    who = {"technician_id": str(an_organisation.technician.actor.member_id), "override_reason": "恢复"}
    planned = await client.post(
        f"/v1/jobs/{job_id}/visits", json={"id": str(visit_id), **who, **window}, headers=headers
    )
    assert (opened.status_code, planned.status_code) == (201, 201), planned.text
    await release_all(client, an_organisation.dispatcher)
    await phone.sync()

    assert [visit["status"] for visit in phone.jobs[str(job_id)]["visits"]] == ["working"]
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_what_is_in_the_log_or_waits_for_a_person_is_not_lost(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    said = [fact(job_id), fact(uuid4()), fact(job_id, "tea_served", {})]
    assert outcomes(await phone.push(*said)) == ["recorded", "quarantined", "unreadable"]
    never = [str(uuid4()) for _ in range(3)]

    offered = [never[2], said[0]["id"], never[0], said[1]["id"], said[2]["id"], never[1]]
    assert await phone.offer(*offered) == [never[2], never[0], never[1]]
    assert await desk.offer() == []


async def test_what_was_recorded_wins_its_id_back_from_what_only_waits(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """A phone set back gives an id twice; after a restore the second content comes first, and is set aside."""
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    backup = await backed_up(database)
    first = fact(job_id)
    assert outcomes(await phone.push(first)) == ["recorded"]
    await go_back(database, backup)
    second = {**first, "job_id": str(uuid4()), "note_added": {"text": "另一台手机的记录"}}
    assert outcomes(await phone.push(second)) == ["quarantined"]

    assert await phone.offer_held([{"id": first["id"]}]) == [], "the id alone says nothing of the content"
    assert await phone.offer_held([held_fact(first), held_fact(second)]) == [first["id"]]
    answer = await phone.push(first, second)

    assert (outcomes(answer), answer["device_trouble"]) == (["recorded", "duplicate"], "fact_id_reused")
    assert first["id"] in await logged(database, job_id)
    (case,) = (await client.get("/v1/cases", params={"kind": "quarantine"}, headers=desk.person.headers)).json()[
        "items"
    ]
    assert case["code"] == "job_unknown"
    shown = (await client.get(f"/v1/cases/{case['id']}", headers=desk.person.headers)).json()
    assert ("另一台手机的记录" in shown["held"]["record"], shown["suggested_choice"]) == (True, "discard")
    released = await client.post(f"/v1/cases/{case['id']}/decision", json=RELEASE, headers=desk.person.headers)
    assert (released.status_code, code_of(released)) == (409, "cannot_release")
    assert await phone.offer_held([held_fact(first), held_fact(second)]) == []


async def test_what_was_recorded_comes_back_beside_what_took_its_id(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    backup = await backed_up(database)
    first = fact(job_id)
    await phone.push(first)
    await go_back(database, backup)
    await phone.push({**first, "note_added": {"text": "另一台手机的记录"}})

    assert await phone.offer_held([held_fact(first)]) == [first["id"]]
    said = (await phone.push(first))["outcomes"][0]

    assert (said["outcome"], said["answer"]["code"]) == ("quarantined", "fact_id_reused")
    assert await phone.offer_held([held_fact(first)]) == []


async def test_somebody_elses_fact_looks_like_one_that_never_was(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    elsewhere, _ = both(client, await add_organisation(database, "YL"))
    await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    held = fact(uuid4())
    await desk.push(held)
    never = str(uuid4())
    theirs = [*desk.acknowledged, never]

    assert held["id"] in theirs
    assert await phone.offer(*theirs) == theirs
    assert await elsewhere.offer(*theirs) == theirs


async def test_a_phone_that_was_enrolled_anew_brings_what_the_old_one_said(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """The enrolment may be among what was lost: the person counts, not the device."""
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    kept, gone = fact(job_id), fact(job_id)
    await phone.push(kept, gone)
    async with database.transaction() as db:
        await db.execute(delete(facts).where(facts.c.id == UUID(gone["id"])))

    anew = HealingPhone(client, await another_phone(client, an_organisation))

    assert await anew.offer(kept["id"], gone["id"]) == [gone["id"]]


async def another_phone(client: AsyncClient, organisation: Organisation) -> Person:
    technician = organisation.technician
    asked = {"member_id": str(technician.actor.member_id)}
    code = await client.post("/v1/enrolment-codes", json=asked, headers=organisation.dispatcher.headers)
    device = {"device_id": str(uuid4()), "device_name": "手机", "platform": "android", "app_version": "1.0.0"}
    body = {"organisation": "XL", "code": code.json()["code"], **device}
    session = await client.post("/v1/enrolments", json=body)
    assert session.status_code == 201, session.text
    return Person(technician.actor, session.json()["access_token"])


async def test_an_offer_has_bounds_and_keeps_its_order(client: AsyncClient, an_organisation: Organisation) -> None:
    phone = both(client, an_organisation)[1]
    ids = [str(uuid4()) for _ in range(5000)]
    held = [{"id": each, "digest": "0" * 64} for each in ids]

    assert await phone.offer_held(held) == ids
    assert (await ask(client, an_organisation.technician, {"ids": ids})).json() == {"lost": ids}
    assert (await ask(client, an_organisation.technician, {"held": []})).json() == {"lost": []}
    for more in ({"ids": [*ids, ids[0]]}, {"held": [*held, held[0]]}, {"held": [{"id": ids[0], "digest": "0"}]}):
        refused = await ask(client, an_organisation.technician, more)
        assert (refused.status_code, code_of(refused)) == (422, "invalid_body")


@pytest.mark.parametrize("role", list(Role))
async def test_whoever_may_push_may_offer(
    client: AsyncClient, database: Database, an_organisation: Organisation, role: Role
) -> None:
    person = await a_person(database, an_organisation, role, "OTHER")
    offered = await ask(client, person, {"ids": []})
    pushed = await client.post("/v1/sync/push", json={"facts": []}, headers=person.headers)
    assert offered.status_code == pushed.status_code


async def ask(client: AsyncClient, person: Person, body: dict[str, Any]) -> Any:
    return await client.post("/v1/sync/offer", json=body, headers=person.headers)
