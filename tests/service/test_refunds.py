"""Refunds that are due, across jobs, by their deadline (R08, K34)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from service.database import Database
from tests.builders.fleet import both, outcomes, planned_job
from tests.builders.organisations import Organisation, Person, add_organisation
from tests.builders.phone import Phone

OWED = {"amount_fen": 5_000, "reason": "多收"}


class Till:
    """A desk where customers ask for their money back, so many days ago."""

    def __init__(self, client: AsyncClient, organisation: Organisation) -> None:
        self.client, self.organisation = client, organisation
        self.desk, self.phone = both(client, organisation)

    async def owed(self, days_ago: int) -> UUID:
        job_id, _ = await planned_job(self.desk, self.organisation.outlet_id, self.phone.person)
        await self.say(job_id, "refund_requested", OWED, days_ago)
        return job_id

    async def say(self, job_id: UUID, kind: str, body: dict[str, Any], days_ago: int = 0) -> None:
        fact = self.desk.fact(job_id, kind, body, minute=0)
        # Said by a desk that had seen nothing of the job: whoever has seen a fact speaks after it.
        fact |= {"happened_at": (datetime.now(UTC) - timedelta(days=days_ago)).isoformat(), "base_version": 0}
        assert set(outcomes(await self.desk.push(fact))) <= {"recorded", "recorded_with_findings"}

    async def listed(self, person: Person | None = None, **query: Any) -> list[dict[str, Any]]:
        headers = (person or self.desk.person).headers
        answer = await self.client.get("/v1/refunds", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])


@pytest.fixture
async def till(client: AsyncClient, an_organisation: Organisation) -> Till:
    return Till(client, an_organisation)


async def test_refunds_are_listed_by_their_deadline_with_both_clocks_until_they_are_paid(till: Till) -> None:
    late, breach, running = await till.owed(12), await till.owed(40), await till.owed(0)

    found = await till.listed()

    assert [(each["job_id"], each["state"]) for each in found] == [
        (str(breach), "breach"),
        (str(late), "late"),
        (str(running), "running"),
    ]
    assert all(each["in_time_until"] < each["lawful_until"] and each["amount_fen"] == 5_000 for each in found)
    document = (await till.client.get(f"/v1/jobs/{late}", headers=till.desk.person.headers)).json()
    refund = document["refund"]
    assert {name: found[1][name] for name in refund} == refund

    await till.say(breach, "refunded", {"amount_fen": 4_000})
    assert [each["amount_fen"] for each in await till.listed(state="breach")] == [1_000]
    await till.say(breach, "refunded", {"amount_fen": 1_000})
    assert [each["job_id"] for each in await till.listed()] == [str(late), str(running)]


async def test_what_was_overpaid_is_listed_unasked(till: Till) -> None:
    job_id, visit_id = await planned_job(till.desk, till.organisation.outlet_id, till.phone.person)
    paid = till.phone.fact(job_id, "paid", {"amount_fen": 700, "method": "cash"}, visit_id=visit_id, minute=90)
    await till.phone.push(paid)

    assert [(each["job_id"], each["amount_fen"]) for each in await till.listed()] == [(str(job_id), 700)]


async def test_the_list_narrows_to_a_state_an_outlet_and_a_day_and_goes_on_page_by_page(till: Till) -> None:
    jobs = [await till.owed(days) for days in (40, 39, 0)]
    last = (await till.listed())[-1]

    assert [each["job_id"] for each in await till.listed(state="running")] == [str(jobs[2])]
    assert len(await till.listed(outlet_id=str(till.organisation.outlet_id))) == 3
    assert await till.listed(outlet_id=str(jobs[0])) == []
    assert len(await till.listed(due_until=last["in_time_until"])) == 3
    page = (await till.client.get("/v1/refunds", params={"limit": 2}, headers=till.desk.person.headers)).json()
    rest = await till.listed(limit=2, cursor=page["next_cursor"])
    assert [each["job_id"] for each in (*page["items"], *rest)] == [str(job_id) for job_id in jobs]


async def test_nobody_sees_what_another_outlet_or_organisation_owes(
    till: Till, client: AsyncClient, database: Database
) -> None:
    await till.owed(3)
    other = await add_organisation(database, "OTHER")
    stranger = Phone(client, other.dispatcher).person

    assert await till.listed(stranger) == []
    refused = await client.get("/v1/refunds", headers=till.phone.person.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


async def test_a_cursor_of_another_list_is_refused(till: Till) -> None:
    headers = till.desk.person.headers
    answer = await till.client.get("/v1/refunds", params={"cursor": "bm90aGluZw=="}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_query")
