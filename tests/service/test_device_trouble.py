"""A phone restored from a backup, or cloned: its work is kept, it is told to enrol anew, and a person hears of it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from service.database import Database
from service.store.tables import cases, devices, facts, quarantine
from tests.builders.fleet import assert_folded, both, fact, outcomes, planned_job, stored
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone

KNOWN = {"choice": "accept", "reason": "手机从备份恢复，已核实"}


async def device_cases(client: AsyncClient, person: Person) -> list[dict[str, Any]]:
    """The cases about devices that this person sees, each whole."""
    lines = (await client.get("/v1/cases", params={"kind": "device"}, headers=person.headers)).json()["items"]
    return [(await client.get(f"/v1/cases/{line['id']}", headers=person.headers)).json() for line in lines]


async def marks(database: Database) -> list[str]:
    """Why devices are suspected."""
    return [row["suspected_why"] for row in await stored(database, devices, devices.c.suspected_at.is_not(None))]


async def test_a_phone_set_back_counts_a_number_twice_and_is_told_with_every_push(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    first = await phone.push(phone.fact(job_id, "note_added", {"text": "一"}, minute=60))
    phone.seq = 0
    second = await phone.push(phone.fact(job_id, "note_added", {"text": "二"}, minute=61))
    third = await phone.push(phone.fact(job_id, "note_added", {"text": "三"}, minute=62))

    assert [outcomes(each) for each in (first, second, third)] == [["recorded"]] * 3
    assert [each["device_trouble"] for each in (first, second, third)] == [None, "seq_reused", "seq_reused"]
    assert await marks(database) == ["seq_reused"]
    (case,) = await device_cases(client, an_organisation.dispatcher)
    assert (case["outlet_id"], case["severity"]) == (str(an_organisation.outlet_id), "serious")
    assert case["device"]["device_id"] == str(phone.person.actor.device_id)
    assert {case["device"]["earlier_fact_id"], case["device"]["fact_id"]} == {
        first["outcomes"][0]["answer"]["fact_id"],
        second["outcomes"][0]["answer"]["fact_id"],
    }
    assert "1" in case["zh"]
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_another_content_under_the_same_id_marks_the_device(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    record = phone.fact(job_id, "note_added", {"text": "一"})
    await phone.push(record)
    answer = await phone.push({**record, "note_added": {"text": "二"}})
    assert (outcomes(answer), answer["device_trouble"]) == (["quarantined"], "fact_id_reused")
    assert await marks(database) == ["fact_id_reused"]


@pytest.mark.parametrize("first", [{"strict": True}, {"battery_swapped": {}, "note_added": None}])
@pytest.mark.parametrize("set_back_first", [True, False])
async def test_a_value_stays_although_its_number_was_given_before_to_what_was_refused_or_unreadable(
    client: AsyncClient,
    database: Database,
    an_organisation: Organisation,
    first: dict[str, Any],
    set_back_first: bool,  # noqa: FBT001 - a case
) -> None:
    """Two phones with one identity: neither sees what the other types, and their counters and clocks rise."""
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    other_job = uuid4() if "strict" in first else job_id
    one = phone.fact(other_job, "note_added", {"text": "一"}, minute=59) | first
    phone.seq = 0
    typed = phone.fact(job_id, "details_amended", {"field": "access_note", "now": "侧门"}, minute=60)
    last = phone.fact(job_id, "details_amended", {"field": "access_note", "now": "正门"}, minute=61)

    order = (typed, one, last) if set_back_first else (one, typed, last)
    answer = [await phone.push(each) for each in order][-1]

    assert answer["device_trouble"] == "seq_reused"
    (job,) = answer["jobs"]
    (conflict,) = job["conflicts"]
    assert {conflict["chosen"]["value"], conflict["other"]["value"]} == {"侧门", "正门"}


async def test_the_same_refused_fact_may_come_again(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = Phone(client, an_organisation.technician)
    asked = phone.fact(uuid4(), "note_added", {"text": "一"}, strict=True)
    answers = [await phone.push(asked), await phone.push(asked, asked)]

    assert [outcomes(each) for each in answers] == [["refused"], ["refused", "refused"]]
    assert [each["device_trouble"] for each in answers] == [None, None]
    assert await marks(database) == []


@pytest.mark.parametrize("where", ["in quarantine", "in one batch", "in the log"])
async def test_a_number_counts_wherever_its_first_fact_went(
    client: AsyncClient, database: Database, an_organisation: Organisation, where: str
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    one = phone.fact(uuid4() if where == "in quarantine" else job_id, "note_added", {"text": "一"})
    two = {**phone.fact(job_id, "note_added", {"text": "二"}), "seq": one["seq"]}
    if where == "in one batch":
        answer = await phone.push(one, two)
    else:
        assert (await phone.push(one))["device_trouble"] is None
        answer = await phone.push(two)
    assert answer["device_trouble"] == "seq_reused"
    assert len(await stored(database, facts)) + len(await stored(database, quarantine)) == 2 + 2


async def test_repeats_two_phones_and_facts_without_a_number_are_no_trouble(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    record = phone.fact(job_id, "note_added", {"text": "一"})
    for batch in ([record], [record, record], [fact(job_id), fact(job_id)], [fact(job_id, seq=2)]):
        assert (await phone.push(*batch))["device_trouble"] is None
    assert not await marks(database)
    assert not await stored(database, cases, cases.c.kind == "device")


async def test_a_person_who_knows_why_clears_the_mark_and_it_comes_back_with_the_next_sign(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    await phone.push(*(fact(job_id, seq=1) for _ in range(2)))
    (case,) = await device_cases(client, an_organisation.dispatcher)
    assert (case["choices"], case["suggested_choice"]) == (["accept"], "accept")
    assert await shown(client, an_organisation, phone) == "seq_reused"
    path, headers = f"/v1/cases/{case['id']}/decision", an_organisation.dispatcher.headers
    decided = await client.post(path, json=KNOWN, headers=headers)
    assert (decided.status_code, decided.json()["state"]) == (200, "decided")
    assert decided.json()["decision"]["reason"] == KNOWN["reason"]
    assert (await client.post(path, json={**KNOWN, "reason": "再次"}, headers=headers)).status_code == 409

    assert await shown(client, an_organisation, phone) is None
    assert (await phone.push(fact(job_id, seq=2)))["device_trouble"] is None
    assert (await phone.push(fact(job_id, seq=2)))["device_trouble"] == "seq_reused"
    found = await device_cases(client, an_organisation.dispatcher)
    assert sorted(each["state"] for each in found) == ["decided", "open"]


async def shown(client: AsyncClient, organisation: Organisation, phone: Phone) -> str | None:
    """Why the desk's list of devices says that this phone is suspected."""
    answer = await client.get("/v1/devices", headers=organisation.dispatcher.headers)
    (why,) = [
        each["suspected_why"] for each in answer.json()["items"] if each["id"] == str(phone.person.actor.device_id)
    ]
    return None if why is None else str(why)


async def test_two_clones_that_push_at_one_moment_are_one_case(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_ids = [(await planned_job(desk, an_organisation.outlet_id, phone.person))[0] for _ in range(4)]
    await phone.push(fact(job_ids[0], seq=1))
    clones = [Phone(client, phone.person) for _ in job_ids]
    answers = await asyncio.gather(
        *(clone.push(fact(job_id, seq=1)) for clone, job_id in zip(clones, job_ids, strict=True))
    )
    assert {each["device_trouble"] for each in answers} == {"seq_reused"}
    assert len(await device_cases(client, an_organisation.dispatcher)) == 1
