"""A phone that was revoked or handed over delivers what it had not sent: nothing is lost, nobody is spoken for."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import update

from domain.people.actor import Role
from service.database import Database
from service.store.tables import devices, facts, members, quarantine
from tests.builders.fleet import a_person, assert_folded, both, codes, day, fact, outcomes, planned_job, stored
from tests.builders.organisations import Organisation, Person, add_organisation
from tests.builders.phone import Phone

RELEASE = {"choice": "release", "reason": "已电话核实"}


async def enrolled_anew(client: AsyncClient, organisation: Organisation, person: Person) -> Phone:
    """Another device of this member, after the first was put out."""
    gone = await client.delete(f"/v1/devices/{person.actor.device_id}", headers=person.headers)
    assert gone.status_code == 204
    wanted = {"member_id": str(person.actor.member_id)}
    asked = await client.post("/v1/enrolment-codes", json=wanted, headers=organisation.dispatcher.headers)
    said = {"device_name": "手机", "platform": "android", "app_version": "1.0.0", "device_id": str(uuid4())}
    session = await client.post("/v1/enrolments", json={"organisation": "XL", "code": asked.json()["code"], **said})
    assert session.status_code == 201, session.text
    return Phone(client, Person(person.actor, session.json()["access_token"]))


async def release_all(client: AsyncClient, organisation: Organisation) -> list[dict[str, Any]]:
    """Let everything that is held into the log, and answer what the cases had said."""
    headers = organisation.dispatcher.headers
    lines = (await client.get("/v1/cases", params={"kind": "quarantine", "state": "open"}, headers=headers)).json()
    shown = [(await client.get(f"/v1/cases/{line['id']}", headers=headers)).json() for line in lines["items"]]
    for case in shown:
        decided = await client.post(f"/v1/cases/{case['id']}/decision", json=RELEASE, headers=headers)
        assert decided.status_code == 200, decided.text
    return shown


async def test_a_revoked_phone_that_is_enrolled_anew_records_as_the_device_that_it_was(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, phone.person)
    await phone.pull()
    unsent = day(phone, job_id, visit_id)
    await phone.push(unsent[0])
    anew = await enrolled_anew(client, an_organisation, phone.person)
    old = str(phone.person.actor.device_id)
    answer = await anew.push(*unsent, made_on=old)
    assert outcomes(answer)[:4] == ["duplicate", "recorded", "recorded", "recorded"]
    assert [job["id"] for job in answer["jobs"]] == [str(job_id)]
    own = await anew.push(anew.fact(job_id, "note_added", {"text": "新手机"}))
    assert (answer["device_trouble"], own["device_trouble"]) == (None, None)
    rows = await stored(database, facts, facts.c.author_id == phone.person.actor.member_id)
    by_device = {str(row["device_id"]): 0 for row in rows}
    for row in rows:
        by_device[str(row["device_id"])] += 1
    assert by_device.pop(old) == len(unsent)
    assert list(by_device.values()) == [1]
    await assert_folded(database, an_organisation.org_id, job_id)


@pytest.mark.parametrize("now", ["still active", "disabled"])
async def test_what_another_member_recorded_is_held_and_released_in_that_members_name(
    client: AsyncClient, database: Database, an_organisation: Organisation, now: str
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, phone.person)
    await phone.pull()
    unsent = day(phone, job_id, visit_id)
    if now == "disabled":
        async with database.transaction() as db:
            await db.execute(update(members).where(members.c.id == phone.person.actor.member_id).values(active=False))
            own = devices.c.id == phone.person.actor.device_id
            await db.execute(update(devices).where(own).values(authority_version=2))
    colleague = Phone(client, await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112"))
    made_on = str(phone.person.actor.device_id)
    before = len(await stored(database, facts))
    first, again = [await colleague.push(*unsent, made_on=made_on) for _ in range(2)]
    assert (set(outcomes(first)), set(codes(first))) == ({"quarantined"}, {"made_by_another"})
    assert [each["answer"] for each in again["outcomes"]] == [each["answer"] for each in first["outcomes"]]
    assert (len(await stored(database, facts)), first["jobs"]) == (before, [])

    shown = await release_all(client, an_organisation)
    assert len(shown) == len(unsent)
    for case in shown:
        assert case["suggested_choice"] == "release"
        assert case["held"]["author_id"] == str(phone.person.actor.member_id)
        assert case["held"]["delivered_by"] == str(colleague.person.actor.member_id)
    rows = await stored(database, facts, facts.c.author_id == phone.person.actor.member_id)
    assert {str(row["id"]) for row in rows} == {each["id"] for each in unsent}
    assert {row["device_id"] for row in rows} == {phone.person.actor.device_id}
    assert all(row["corrected_at"] < row["recorded_at"] for row in rows)
    await assert_folded(database, an_organisation.org_id, job_id)


@pytest.mark.parametrize("whose", ["nobody's", "another organisation's"])
async def test_a_device_that_is_not_known_here_loses_nothing_and_tells_nothing(
    client: AsyncClient, database: Database, an_organisation: Organisation, whose: str
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    foreign = (await add_organisation(database, "OTHER")).technician.actor.device_id
    made_on = uuid4() if whose == "nobody's" else foreign
    answer = await phone.push(fact(job_id), fact(job_id), made_on=str(made_on))
    assert codes(answer) == ["made_on_unknown_device"] * 2
    held = await stored(database, quarantine)
    assert {(row["org_id"], row["device_id"]) for row in held} == {(an_organisation.org_id, made_on)}
    await release_all(client, an_organisation)
    rows = await stored(database, facts, facts.c.device_id == made_on)
    assert {row["author_id"] for row in rows} == {phone.person.actor.member_id}
    assert len(rows) == 2


async def test_nobody_brings_a_colleagues_phone_under_suspicion(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    colleague = Phone(client, await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112"))
    made_on = str(phone.person.actor.device_id)
    record = phone.fact(job_id, "note_added", {"text": "一"})
    await phone.push(record)
    forged = await colleague.push(
        fact(job_id, seq=1), fact(job_id, seq=2), {**record, "note_added": {"text": "二"}}, made_on=made_on
    )
    assert codes(forged) == ["made_by_another", "made_by_another", "fact_id_reused"]
    own = await phone.push(phone.fact(job_id, "note_added", {"text": "三"}))
    assert (own["device_trouble"], forged["device_trouble"]) == (None, None)
    assert not await stored(database, devices, devices.c.suspected_at.is_not(None))


async def test_ones_own_device_may_be_named_as_well(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    answer = await phone.push(fact(job_id), made_on=str(phone.person.actor.device_id))
    assert outcomes(answer) == ["recorded"]
    rows: list[UUID] = [row["device_id"] for row in await stored(database, facts)]
    assert phone.person.actor.device_id in rows
