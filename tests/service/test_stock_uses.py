"""What visits used: kept as their documents say it, never refused, short stock and repeated serials seen."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import insert

from service.database import Database
from service.store.tables import stock_operations, stock_uses
from tests.builders.fleet import both, planned_job, stored
from tests.builders.organisations import Organisation, Person, add_organisation
from tests.builders.phone import Phone
from tests.service.test_sync_cost import jobs_of, watched

PART = "P-AC-017"
ASKED = {"batch": "B-7", "serial_number": "S-4", "part_code": PART}


class Street:
    """One technician with a van, and the jobs of a day."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation) -> None:
        self.client, self.database, self.organisation = client, database, organisation
        self.desk, self.phone = both(client, organisation)
        self.minute = 90
        self.van_id = organisation.technician.actor.member_id

    async def job(self, begins: int = 60) -> tuple[UUID, UUID]:
        return await planned_job(self.desk, self.organisation.outlet_id, self.phone.person, begins=begins)

    def used(self, job: tuple[UUID, UUID], **more: Any) -> dict[str, Any]:
        body = {"part_code": PART, **more}
        self.minute += 1
        return self.phone.fact(job[0], "part_used", body, visit_id=job[1], minute=self.minute)

    async def retract(self, job: tuple[UUID, UUID], fact: dict[str, Any]) -> None:
        await self.phone.push(
            self.phone.fact(job[0], "fact_retracted", {"fact_id": fact["id"], "reason": "扫错"}, minute=200)
        )

    async def stock(self, pieces: int, location_id: UUID | None = None) -> None:
        """So many pieces in the van."""
        row = {"org_id": self.organisation.org_id, "id": uuid4(), "kind": "received", "part_code": PART}
        row |= {"quantity_thousandths": pieces * 1000, "to_location_id": location_id or self.van_id}
        by = {"member_id": self.desk.person.actor.member_id, "at": datetime.now(UTC)}
        async with self.database.transaction() as db:
            await db.execute(insert(stock_operations).values(**row, **by))

    async def cases(self, kind: str, **filters: str) -> list[dict[str, Any]]:
        headers = self.desk.person.headers
        asked = await self.client.get("/v1/cases", params={"kind": kind, **filters}, headers=headers)
        return list(asked.json()["items"])

    async def uses(self, person: Person | None = None, **query: str) -> list[dict[str, Any]]:
        headers = (person or self.desk.person).headers
        return list((await self.client.get("/v1/stock/uses", params=query, headers=headers)).json()["items"])

    async def case(self, case_id: str) -> dict[str, Any]:
        return dict((await self.client.get(f"/v1/cases/{case_id}", headers=self.desk.person.headers)).json())


@pytest.fixture
async def street(client: AsyncClient, database: Database, an_organisation: Organisation) -> Street:
    return Street(client, database, an_organisation)


async def test_a_part_counts_once_however_often_it_is_pushed_and_no_longer_when_taken_back(street: Street) -> None:
    job = await street.job()
    fact = street.used(job, serial_in="S-1", batch="B-7", old_part="returned", serial_out="S-0")

    for _ in range(2):
        await street.phone.push(fact)
    (row,) = await stored(street.database, stock_uses)
    await street.retract(job, fact)

    assert (row["location_id"], row["quantity_thousandths"], row["serial_number"]) == (street.van_id, 1000, "S-1")
    assert (row["batch"], row["serial_out"], row["old_part"], row["job_id"]) == ("B-7", "S-0", "returned", job[0])
    assert await stored(street.database, stock_uses) == []


async def test_where_a_part_came_from_decides_what_it_is_taken_from(street: Street) -> None:
    job = await street.job()

    await street.phone.push(*(street.used(job, source=source) for source in ("van", "depot", "purchased", "customer")))

    rows = {row["source"]: row["location_id"] for row in await stored(street.database, stock_uses)}
    outlet_id = street.organisation.outlet_id
    assert rows == {"van": street.van_id, "depot": outlet_id, "purchased": None, "customer": None}


async def test_two_repairs_with_the_same_last_part_both_stay_and_a_person_hears_of_it(street: Street) -> None:
    await street.stock(1)
    first, second = await street.job(), await street.job(begins=200)
    before, last = street.used(first), street.used(second)

    await street.phone.push(before)
    assert await street.cases("shortage") == []
    await street.phone.push(last)

    (line,) = await street.cases("shortage", state="open")
    case = await street.case(line["id"])
    assert len(await stored(street.database, stock_uses)) == 2
    assert (case["job_id"], case["outlet_id"]) == (str(second[0]), str(street.organisation.outlet_id))
    assert case["shortage"]["quantity_thousandths"] == -1000
    assert (case["shortage"]["location_id"], case["shortage"]["fact_id"]) == (str(street.van_id), last["id"])
    await street.retract(second, last)
    assert [each["state"] for each in await street.cases("shortage")] == ["cleared"]


async def test_where_nobody_keeps_books_of_a_part_nothing_is_short(street: Street) -> None:
    job = await street.job()

    await street.phone.push(*(street.used(job, source=source) for source in ("van", "depot")))

    assert await street.cases("shortage") == []


async def test_of_two_phones_at_the_same_moment_one_sees_that_the_depot_is_short(street: Street) -> None:
    for attempt in range(5):
        depot = street.organisation.outlet_id
        await street.stock(1, depot)
        jobs = [await street.job(begins=60 + attempt), await street.job(begins=61 + attempt)]
        again = Phone(street.client, street.phone.person)
        pushes = [(street.phone, street.used(jobs[0], source="depot")), (again, street.used(jobs[1], source="depot"))]
        pushes[1][1]["seq"] = None

        await asyncio.gather(*(phone.push(fact) for phone, fact in pushes))

        (line,) = await street.cases("shortage", state="open")
        assert (await street.case(line["id"]))["shortage"]["quantity_thousandths"] == -1000
        await street.stock(1, depot)
        await street.phone.push(street.used(jobs[0], source="depot", quantity_thousandths=0))
        assert await street.cases("shortage", state="open") == []


async def test_one_serial_number_in_two_jobs_is_a_case_of_both_until_one_is_taken_back(street: Street) -> None:
    jobs = [await street.job(), await street.job(begins=200)]
    facts = [street.used(job, serial_in="S-9", source="customer") for job in jobs]
    await street.phone.push(*facts)

    lines = await street.cases("serial", state="open")
    (first,) = (line["id"] for line in lines if line["job_id"] == str(jobs[0][0]))
    case = await street.case(first)
    decided = await street.client.post(
        f"/v1/cases/{case['id']}/decision",
        json={"choice": "accept", "reason": "拆下后装到另一台"},
        headers=street.desk.person.headers,
    )
    await street.retract(jobs[1], facts[1])

    assert {line["job_id"] for line in lines} == {str(job_id) for job_id, _ in jobs}
    assert case["serial"]["other_job_ids"] == [str(jobs[1][0])]
    assert (decided.status_code, decided.json()["decision"]["choice"]) == (200, "accept")
    assert sorted(each["state"] for each in await street.cases("serial")) == ["cleared", "decided"]


async def test_where_a_batch_or_a_serial_number_was_fitted_is_one_question(street: Street) -> None:
    jobs = [await street.job(begins=60 + number) for number in range(3)]
    facts = [
        street.used(jobs[0], batch="B-7"),
        street.used(jobs[1], batch="B-7", source="purchased"),
        street.used(jobs[2], batch="B-8", serial_in="S-5", serial_out="S-4"),
    ]
    await street.phone.push(*facts)

    answers = {key: await street.uses(None, **{key: value}) for key, value in ASKED.items()}
    theirs = await street.uses(street.phone.person, batch="B-7")
    other = await add_organisation(street.database, "OTHER")

    assert {key: {use["job_id"] for use in found} for key, found in answers.items()} == {
        "batch": {str(job_id) for job_id, _ in jobs[:2]},
        "serial_number": {str(jobs[2][0])},
        "part_code": {str(job_id) for job_id, _ in jobs},
    }
    (fitted,) = answers["serial_number"]
    assert (fitted["visit_id"], fitted["technician_id"]) == (str(jobs[2][1]), str(street.van_id))
    assert (fitted["outlet_id"], fitted["fact_id"]) == (str(street.organisation.outlet_id), facts[2]["id"])
    assert theirs == answers["batch"]
    assert await street.uses(other.dispatcher) == []


async def test_a_word_that_is_nobody_s_serial_number_opens_no_flood_of_cases(street: Street) -> None:
    made = await jobs_of(street.desk, street.organisation, 25)

    await street.phone.push(*(street.used(job, serial_in="无") for job in made))

    assert len(await street.cases("serial", limit="100")) == 20


async def test_parts_in_fifty_jobs_cost_as_many_statements_as_in_one_and_no_part_costs_none(street: Street) -> None:
    made = await jobs_of(street.desk, street.organisation, 51)
    counts = []
    for jobs in (made[:1], made[1:]):
        with watched(street.database) as seen:
            await street.phone.push(*(street.used(job, serial_in=str(uuid4())) for job in jobs))
        counts.append(len(seen.statements))
        assert seen.commits == 1
    with watched(street.database) as seen:
        await street.phone.push(street.phone.fact(made[0][0], "note_added", {"text": "a"}, minute=99))

    assert counts[0] == counts[1] <= 20
    assert not [statement for statement, _ in seen.statements if "stock" in statement]
    assert await stored(street.database, stock_operations) == []
