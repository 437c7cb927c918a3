"""The history of assets on the phones that hold a card of their site: it comes with the card and follows the work."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import insert, update

from domain.repair_record.history import BUDGET_BYTES, MOST_VISITS
from service.database import Database
from service.recording.recording import record
from service.store.tables import asset_visits, assets
from sync.digest import canonical
from tests.builders.fleet import (
    a_site,
    batch,
    both,
    encoded,
    fact,
    open_transaction,
    planned_job,
    push_each,
    stored,
    until_somebody_waits,
)
from tests.builders.organisations import Organisation
from tests.builders.phone import job_opened, visit_planned
from tests.service.test_sync_cost import watched

REPAIR = {"symptom_code": "AC-S01", "cause_code": "AC-C02", "measure_codes": ["M01"], "result": "solved"}


class Home:
    """A household with one appliance, a desk, and a technician who comes again and again."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation, site_id: UUID) -> None:
        self.database, self.organisation, self.site_id, self.asset_id = database, organisation, site_id, uuid4()
        self.desk, self.phone = both(client, organisation)

    async def install(self) -> "Home":
        row = {"org_id": self.organisation.org_id, "id": self.asset_id, "site_id": self.site_id}
        async with self.database.transaction() as db:
            await db.execute(insert(assets).values(**row, product_code="LS-KF35"))
        return self

    async def job(self, **opening: Any) -> tuple[UUID, UUID]:
        where = {"site_id": str(self.site_id), "asset_id": str(self.asset_id), **opening}
        return await planned_job(self.desk, self.organisation.outlet_id, self.phone.person, **where)

    def visit(self, job: tuple[UUID, UUID], minute: int = 60) -> list[dict[str, Any]]:
        """A whole attendance in a few facts."""
        said: list[tuple[str, dict[str, Any]]] = [("arrived", {}), ("repair_recorded", REPAIR)]
        said += [("part_used", {"part_code": "P-AC-011"}), ("visit_ended", {"outcome": "solved"})]
        return [
            self.phone.fact(job[0], kind, body, visit_id=job[1], minute=minute + number)
            for number, (kind, body) in enumerate(said)
        ]

    async def card(self) -> dict[str, Any]:
        await self.phone.pull()
        return dict(self.phone.sites[str(self.site_id)])


@pytest.fixture
async def home(client: AsyncClient, database: Database, an_organisation: Organisation) -> Home:
    site_id = await a_site(database, an_organisation)
    return await Home(client, database, an_organisation, site_id).install()


async def test_the_next_visit_finds_what_the_last_one_did(home: Home) -> None:
    first = await home.job()
    await home.phone.push(*home.visit(first))
    second = await home.job()

    card = await home.card()

    (told,) = card["history"]
    assert (told["job_id"], told["asset_id"]) == (str(first[0]), str(home.asset_id))
    assert (told["cause_code"], told["measure_codes"], told["outcome"]) == ("AC-C02", ["M01"], "solved")
    assert [part["part_code"] for part in told["parts"]] == ["P-AC-011"]
    assert card["history_is_whole"] is True
    assert str(second[0]) in home.phone.jobs


async def test_who_holds_the_card_hears_of_each_change_of_a_visit_that_is_over(home: Home) -> None:
    first = await home.job()
    await home.job()
    assert (await home.card())["history"] == []

    facts = home.visit(first)
    await home.phone.push(*facts)
    ended = (await home.card())["history"]
    decided = {"decision": "covered_whole", "basis": "三包期内"}
    await home.desk.push(home.desk.fact(first[0], "warranty_decided", decided, minute=80))
    judged = (await home.card())["history"]
    back = {"fact_id": facts[2]["id"], "reason": "扫错"}
    await home.phone.push(home.phone.fact(first[0], "fact_retracted", back, minute=90))
    taken_back = (await home.card())["history"]

    assert [each["warranty"] for each in (*ended, *judged)] == ["paid", "covered_whole"]
    assert [len(each["parts"]) for each in (*judged, *taken_back)] == [1, 0]


async def test_a_note_on_a_job_sends_no_card_again(home: Home) -> None:
    first = await home.job()
    await home.phone.push(*home.visit(first))
    await home.phone.pull()

    await home.phone.push(home.phone.fact(first[0], "note_added", {"text": "a"}, minute=90))

    assert (await home.phone.pull())["sites"] == []


async def test_old_visits_fall_off_and_the_card_says_so(home: Home) -> None:
    for number in range(MOST_VISITS + 2):
        await home.phone.push(*home.visit(await home.job(), minute=60 + 10 * number))
    last = await home.job()

    card = await home.card()

    assert card["history_is_whole"] is False
    assert 5 <= len(card["history"]) <= MOST_VISITS
    assert len(canonical(card["history"])) <= BUDGET_BYTES
    assert str(last[0]) not in {each["job_id"] for each in card["history"]}
    newest = {row["ended_at"]: str(row["job_id"]) for row in await stored(home.database, asset_visits)}
    order = [newest[at] for at in sorted(newest, reverse=True)]
    assert [each["job_id"] for each in card["history"]] == order[: len(card["history"])]


async def test_an_appliance_takes_its_history_along_to_another_site(home: Home) -> None:
    await home.phone.push(*home.visit(await home.job()))
    other = await a_site(home.database, home.organisation, "顾客乙")
    async with home.database.transaction() as db:
        moved = update(assets).where(assets.c.org_id == home.organisation.org_id, assets.c.id == home.asset_id)
        await db.execute(moved.values(site_id=other))
    await home.job(site_id=str(other))

    await home.phone.pull()

    assert len(home.phone.sites[str(other)]["history"]) == 1


@pytest.mark.parametrize("begins_another", [True, False])
async def test_of_two_jobs_that_change_at_one_moment_the_card_knows_both(
    home: Home,
    client: AsyncClient,
    begins_another: bool,  # noqa: FBT001 (a case)
) -> None:
    ends, other = await home.job(), None if begins_another else await home.job()
    first = [encoded(fact) for fact in home.visit(ends)]
    if other is None:
        opening = job_opened(home.organisation.outlet_id, site_id=str(home.site_id), asset_id=str(home.asset_id))
        job_id, plan = uuid4(), visit_planned(home.phone.person.actor.member_id)
        second = [fact(job_id, "job_opened", opening), fact(job_id, "visit_planned", plan, visit_id=str(uuid4()))]
    else:
        second = home.visit(other)
    author = home.desk.person if begins_another else home.phone.person
    async with open_transaction(home.database) as db:
        await record(db, batch(home.phone.person), first)
        waiting = asyncio.create_task(push_each(client, author, [encoded(each) for each in second]))
        await until_somebody_waits(home.database)
        await db.commit()
    await waiting

    told = {each["job_id"] for each in (await home.card())["history"]}

    assert told == {str(ends[0])} | ({str(other[0])} if other else set())


async def test_ending_many_visits_costs_as_many_statements_as_ending_two(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    counts = []
    # All at one hour: of two visits already a double booking is cleared.
    for number in (2, 25):
        homes = [
            await Home(client, database, an_organisation, await a_site(database, an_organisation)).install()
            for _ in range(number)
        ]
        jobs = [await home.job() for home in homes]
        phone = homes[0].phone
        facts = [each for home, job in zip(homes, jobs, strict=True) for each in home.visit(job)]
        for seq, each in enumerate(facts):
            each["seq"] = 1000 * number + seq
        with watched(database) as seen:
            await phone.push(*facts)
        counts.append(len(seen.statements))
        assert seen.commits == 1
    assert counts[0] == counts[1] <= 30
