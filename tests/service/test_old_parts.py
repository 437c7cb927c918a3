"""Old parts of which nobody knows what became of them (K38)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from msgspec import to_builtins
from sqlalchemy import insert

from service.database import Database
from service.seed.company import catalogue_items
from service.store.tables import catalogue
from tests.builders.fleet import planned_job
from tests.builders.organisations import Organisation, add_organisation
from tests.service.test_stock_uses import PART, Street


class Workshop(Street):
    """A street whose old parts go back to the depot."""

    async def fit(self, job: tuple[UUID, UUID], **more: Any) -> str:
        fact = self.used(job, **more)
        await self.phone.push(fact)
        return str(fact["id"])

    async def listed(self, person: Any = None, **query: str) -> list[tuple[str, str]]:
        headers = (person or self.desk.person).headers
        answer = await self.client.get("/v1/stock/old-parts", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return [(each["use_id"], each["state"]) for each in answer.json()["items"]]

    async def hand_in(self, **more: Any) -> Response:
        ends = {"from_location_id": str(self.van_id), "to_location_id": str(self.organisation.outlet_id)}
        of = {"part_code": PART, "quantity_thousandths": 1000, "unit": "piece", **ends}
        body = {"id": str(uuid4()), "kind": "old_part_returned", **of, **more}
        return await self.client.post("/v1/stock/operations", json=body, headers=self.desk.person.headers)


@pytest.fixture
async def workshop(client: AsyncClient, database: Database, an_organisation: Organisation) -> Workshop:
    shop = Workshop(client, database, an_organisation)
    body = to_builtins(next(item for item in catalogue_items() if item.code == PART))
    row = {"org_id": an_organisation.org_id, "kind": "part", "code": PART, "valid_from": date(2025, 1, 1), "body": body}
    async with database.transaction() as db:
        await db.execute(insert(catalogue).values(row))
    return shop


async def test_an_old_part_is_listed_until_somebody_says_what_became_of_it_and_it_is_where_it_belongs(
    workshop: Workshop,
) -> None:
    job = await workshop.job()
    silent = await workshop.fit(job)
    await workshop.fit(job, old_part="left_with_customer")
    await workshop.fit(job, old_part="waived")
    await workshop.fit(job, old_part="nothing_replaced")
    await workshop.fit(job, unit="kilogram")
    underway = await workshop.fit(job, old_part="returned")
    numbered = await workshop.fit(job, old_part="returned", serial_out="OLD-1")

    assert await workshop.listed() == [
        (silent, "not_told"),
        (underway, "not_handed_in"),
        (numbered, "not_handed_in"),
    ]
    assert await workshop.listed(state="not_told") == [(silent, "not_told")]

    assert (await workshop.hand_in(use_id=underway)).status_code == 201
    assert (await workshop.hand_in(serial_number="OLD-1")).status_code == 201
    assert await workshop.listed() == [(silent, "not_told")]


async def test_what_is_taken_back_is_listed_no_more(workshop: Workshop) -> None:
    job = await workshop.job()
    fact = workshop.used(job)
    await workshop.phone.push(fact)
    assert len(await workshop.listed(job_id=str(job[0]))) == 1

    await workshop.retract(job, fact)

    assert await workshop.listed() == []


async def test_an_installation_replaces_nothing_unless_it_says_so(workshop: Workshop) -> None:
    outlet_id, technician = workshop.organisation.outlet_id, workshop.phone.person
    job = await planned_job(workshop.desk, outlet_id, technician, work_type="install")
    await workshop.fit(job)
    stated = await workshop.fit(job, serial_out="OLD-2")

    assert await workshop.listed() == [(stated, "not_told")]


@pytest.mark.parametrize(
    ("more", "pointer", "code"),
    [
        ({"use_id": "00000000-0000-4000-8000-000000000001"}, "/use_id", "unknown_reference"),
        ({"kind": "received", "from_location_id": None, "use_id": str(uuid4())}, "/use_id", "not_of_this_kind"),
    ],
    ids=["unknown", "of another kind"],
)
async def test_a_return_names_a_use_of_its_own_van(
    workshop: Workshop, more: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await workshop.hand_in(**more)

    assert answer.status_code == 422, answer.text
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]


async def test_a_technician_sees_the_old_parts_of_the_jobs_they_hold_and_no_stranger_does(
    workshop: Workshop, client: AsyncClient, database: Database
) -> None:
    use_id = await workshop.fit(await workshop.job())
    other = await add_organisation(database, "OTHER")

    assert await workshop.listed(workshop.phone.person) == [(use_id, "not_told")]
    assert await workshop.listed(other.dispatcher) == []
