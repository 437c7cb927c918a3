"""Visits at hours that are taken: one case for each collision, however many visits are in it and however they came."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from httpx import AsyncClient

from domain.people.actor import Role
from service.database import Database
from service.recording.recording import record
from tests.builders.fleet import a_person, batch, encoded, open_transaction, push_each, until_somebody_waits
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone, job_opened, visit_planned
from tests.service.test_sync_cost import watched

KEEP = {"choice": "accept", "reason": "同事协助"}
OFF = {"side": "customer", "reason": "改期"}
Visit = tuple[UUID, UUID]


class Town:
    """A desk that plans what it likes for one technician, and what is asked about it."""

    def __init__(self, client: AsyncClient, organisation: Organisation) -> None:
        self.client, self.organisation = client, organisation
        self.desk = Phone(client, organisation.dispatcher)
        self.technician_id = organisation.technician.actor.member_id

    def facts(self, visit: Visit, minute: int = 60, technician_id: UUID | None = None) -> list[dict[str, Any]]:
        job_id, visit_id = visit
        plan = visit_planned(technician_id or self.technician_id, minute)
        return [
            self.desk.fact(job_id, "job_opened", job_opened(self.organisation.outlet_id)),
            self.desk.fact(job_id, "visit_planned", plan, visit_id=visit_id, minute=2),
        ]

    async def planned(self, *minutes: int) -> list[Visit]:
        """Visits of an hour each, planned in one push."""
        visits = [(uuid4(), uuid4()) for _ in minutes]
        pairs = zip(visits, minutes, strict=True)
        await self.desk.push(*(each for visit, minute in pairs for each in self.facts(visit, minute)))
        return visits

    async def called_off(self, *visits: Visit) -> None:
        facts = (self.desk.fact(job_id, "visit_cancelled", OFF, visit_id=visit_id) for job_id, visit_id in visits)
        await self.desk.push(*facts)

    async def asked(self, path: str = "", **filters: str) -> Any:
        answer = await self.client.get(f"/v1/cases{path}", params=filters, headers=self.organisation.dispatcher.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def open(self) -> list[dict[str, Any]]:
        return list((await self.asked(kind="booking", state="open"))["items"])

    async def states(self) -> list[str]:
        return sorted(case["state"] for case in (await self.asked(kind="booking"))["items"])

    async def booking(self, case: dict[str, Any]) -> dict[str, Any]:
        return dict((await self.asked(f"/{case['id']}"))["booking"])

    async def decide(self, case: dict[str, Any]) -> None:
        path, headers = f"/v1/cases/{case['id']}/decision", self.organisation.dispatcher.headers
        answer = await self.client.post(path, json=KEEP, headers=headers)
        assert answer.status_code == 200, answer.text


def named(booking: dict[str, Any]) -> set[str]:
    return {visit["visit_id"] for visit in booking["visits"]}


def ids(visits: list[Visit]) -> set[str]:
    return {str(visit_id) for _, visit_id in visits}


async def test_a_hundred_visits_at_one_hour_are_one_case_whether_pushed_at_once_or_one_by_one(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    await town.planned(*[60] * 97)
    (first,) = await town.open()
    for _ in range(3):
        await town.planned(60)

    (case,) = await town.open()
    booking = await town.booking(case)
    assert await town.states() == ["open"]
    assert (case["id"], case["opened_at"]) == (first["id"], first["opened_at"])
    assert (booking["visit_count"], len(booking["visits"])) == (100, 50)
    hours = [
        datetime.fromisoformat(booking[name]).astimezone(ZoneInfo("Asia/Shanghai")) for name in ("starts_at", "ends_at")
    ]
    begins, ends = (f"{each:%Y-%m-%d %H:%M}" for each in hours)
    assert case["en"] == f"100 visits of one technician overlap between {begins} and {ends}"
    assert "100 次上门" in case["zh"]


async def test_visits_that_only_touch_are_no_collision_and_a_chain_of_overlaps_is_one(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    chain = await town.planned(60, 100, 140)
    apart = await town.planned(300, 330)
    await town.planned(200, 390, 600)

    bookings = [await town.booking(case) for case in await town.open()]

    assert sorted(map(sorted, map(named, bookings))) == sorted(map(sorted, (ids(chain), ids(apart))))


async def test_a_case_follows_its_collision_until_nothing_overlaps(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    visits = await town.planned(60, 60, 60)
    (case,) = await town.open()
    first, second, third = sorted(visits, key=lambda visit: str(visit[0]) != case["job_id"])

    await town.called_off(first)
    (smaller,) = await town.open()
    booking = await town.booking(smaller)
    assert (smaller["id"], booking["visit_count"]) == (case["id"], 2)
    assert smaller["job_id"] in {str(second[0]), str(third[0])}

    await town.called_off(second)
    assert await town.states() == ["cleared"]
    await town.planned(60)
    assert await town.states() == ["cleared", "open"]


async def test_work_that_goes_to_another_technician_clears_one_case_and_opens_another(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    colleague = (await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112")).actor.member_id
    _, (job_id, visit_id) = await town.planned(60, 60)
    await town.desk.push(*town.facts((uuid4(), uuid4()), technician_id=colleague))
    (before,) = await town.open()

    await town.desk.push(
        town.desk.fact(job_id, "visit_cancelled", OFF, visit_id=visit_id, minute=5),
        town.desk.fact(job_id, "visit_planned", visit_planned(colleague), visit_id=uuid4(), minute=6),
    )

    (after,) = await town.open()
    assert before["id"] != after["id"]
    assert (await town.booking(after))["technician_id"] == str(colleague)
    assert await town.states() == ["cleared", "open"]


async def test_a_collision_is_found_under_every_job_that_is_in_it_and_no_other(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    colliding, ((apart, _),) = await town.planned(60, 60, 90), await town.planned(600)
    (case,) = await town.open()

    found = [(await town.asked(job_id=str(job_id), kind="booking"))["items"] for job_id, _ in colliding]

    assert found == [[case]] * 3
    assert (await town.asked(job_id=str(apart), kind="booking"))["items"] == []


async def test_what_was_decided_stays_decided_until_a_visit_joins(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    one, _, _ = await town.planned(60, 90, 90)
    (case,) = await town.open()
    await town.decide(case)

    await town.called_off(one)
    await town.planned(300)
    assert await town.states() == ["decided"]

    await town.planned(90)
    (again,) = await town.open()
    assert again["id"] != case["id"]
    assert (await town.booking(again))["visit_count"] == 3
    kept = await town.asked(f"/{case['id']}")
    assert (kept["state"], kept["decision"]["reason"], kept["booking"]["visit_count"]) == ("decided", "同事协助", 3)


async def test_a_preview_tells_of_a_collision_that_a_visit_would_join_and_of_none_that_it_leaves(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    first, *_ = await town.planned(60, 60, 60)
    (case,) = await town.open()
    off = town.desk.fact(first[0], "visit_cancelled", OFF, visit_id=first[1])

    told = []
    for facts in (town.facts((uuid4(), uuid4())), [off]):
        body, headers = {"facts": facts}, an_organisation.dispatcher.headers
        answer = await client.post("/v1/sync/preview", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        told.append(answer.json()["cases"])

    assert [each["id"] for each in told[0]] == [case["id"]]
    assert told[0][0]["en"].startswith("4 visits of one technician overlap")
    assert told[1] == []


async def test_of_two_pushes_at_one_moment_the_later_one_sees_the_hours_of_the_other(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    first, second = ([encoded(fact) for fact in town.facts((uuid4(), uuid4()))] for _ in range(2))

    async with open_transaction(database) as db:
        await record(db, batch(an_organisation.dispatcher), first)
        later = asyncio.create_task(push_each(client, an_organisation.dispatcher, second))
        await until_somebody_waits(database)
        await db.commit()
    await later

    (case,) = await town.open()
    assert (await town.booking(case))["visit_count"] == 2


async def test_visits_at_taken_hours_cost_as_many_statements_and_rows_whatever_their_number(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    town = Town(client, an_organisation)
    await town.planned(60)
    counts = []
    for number in (1, 60):
        with watched(database) as seen:
            await town.planned(*[60] * number)
        counts.append(len(seen.statements))

    assert counts[0] == counts[1]
    rows = "SELECT count(*) FROM cases WHERE org_id = $1"
    assert await database.pull_pool.fetchval(rows, an_organisation.org_id) == 1


async def test_what_no_index_can_answer_is_not_bound_as_text_that_is_read_anew_for_each_row(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    """An array bound as text is parsed by whoever compares with it: by an index once, by a filter for every row."""
    town, phone = Town(client, an_organisation), Phone(client, an_organisation.technician)
    ((job_id, visit_id),) = await town.planned(60)
    with watched(database) as seen:
        await town.planned(60, 90)
        await phone.push(phone.fact(job_id, "work_started", {}, visit_id=visit_id, minute=65))
    assert any("UPDATE cases" in statement for statement, _ in seen.statements), "what clears cases is among them"

    async with database.pull_pool.acquire() as connection:
        plans = {each[0]: await plan_of(connection, *each) for each in seen.statements}
        planted = await plan_of(connection, "SELECT FROM cases WHERE NOT id = ANY ($1::text::uuid[])", ["{}"])

    assert READ_ANEW.search(planted)
    assert [statement for statement, plan in plans.items() if READ_ANEW.search(plan)] == []


READ_ANEW = re.compile(r"<> ALL \(+'[^']*'::cstring")
"""What is left out of a set never goes by an index."""


async def plan_of(connection: Any, statement: str, parameters: Sequence[Any]) -> str:
    return "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN (COSTS off) {statement}", *parameters))
