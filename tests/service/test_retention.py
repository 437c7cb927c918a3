"""What was kept as long as its purpose needed it goes by itself; that it went, when and why, stays to be read."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import Text, cast, func, literal_column, or_, select

from domain.people.actor import Role
from service.database import Database
from service.privacy.erasing import ERASING
from service.settings import Settings
from service.store.tables import metadata, quarantine, sites
from tests.builders.fleet import CHECK_IN, a_person, a_site, assert_folded, both, outcomes, planned_job, stored
from tests.builders.organisations import Organisation, Person
from tests.service.daily import run_now

DAY_MINUTES = 24 * 60
HERE = {"latitude": 30.2705, "longitude": 120.15, "accuracy_metres": 9, "coordinate_system": "wgs84"}
SITE = {"latitude": 30.27, "longitude": 120.15, "coordinate_system": "wgs84"}


class Past:
    """A visit that was made so many days ago, pushed today, and whoever looks after privacy."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation, admin: Person) -> None:
        self.client, self.database, self.organisation, self.admin = client, database, organisation, admin
        self.desk, self.phone = both(client, organisation)
        self.job_id, self.visit_id = uuid4(), uuid4()

    async def at_a_known_address(self) -> None:
        site_id = await a_site(self.database, self.organisation)
        async with self.database.transaction() as db:
            await db.execute(sites.update().where(sites.c.id == site_id).values(**SITE))
        where: dict[str, Any] = {"site_id": str(site_id)}
        self.job_id, self.visit_id = await planned_job(
            self.desk, self.organisation.outlet_id, self.organisation.technician, **where
        )

    async def made(self, days: int, **position: Any) -> list[dict[str, Any]]:
        """On the way, there and checked in, each with its position; the facts."""
        where = {"position": {**HERE, **position}}
        said = (("departed", where), ("arrived", where), ("checked_in", {**CHECK_IN, **where}))
        made = [
            self.phone.fact(self.job_id, kind, body, visit_id=self.visit_id, minute=number - days * DAY_MINUTES)
            for number, (kind, body) in enumerate(said)
        ]
        await self.phone.push(*made)
        return made

    async def ask(self, method: str, path: str, person: Person | None = None, **more: Any) -> Response:
        headers = {**(person or self.admin).headers, **more.pop("headers", {})}
        return await self.client.request(method, path, headers=headers, **more)

    async def log(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ask("GET", f"/v1/jobs/{self.job_id}/facts")).json()["items"]
        return found

    async def positions(self) -> list[Any]:
        """Of the facts that have one or had one, in the order of the log."""
        bodies = [entry["record"].get(entry["kind"]) for entry in await self.log()]
        return [body["position"] for body in bodies if "position" in body]

    async def tables_with(self, words: str) -> set[str]:
        """Those that hold these words anywhere, in text or in bytes."""
        found = set()
        for table in metadata.sorted_tables:
            whole = cast(literal_column(table.name), Text)
            holds = or_(whole.contains(words), whole.contains(words.encode().hex()))
            async with self.database.reader() as db:
                if await db.scalar(select(func.count()).select_from(table).where(holds)):
                    found.add(table.name)
        return found

    async def erasures(self, **query: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ask("GET", "/v1/erasures", params=query)).json()["items"]
        return found


@pytest.fixture
async def past(client: AsyncClient, database: Database, an_organisation: Organisation) -> Past:
    found = Past(client, database, an_organisation, await a_person(database, an_organisation, Role.ADMIN, "ADMIN"))
    await found.at_a_known_address()
    return found


@pytest.fixture
def erase(database: Database, settings: Settings, an_organisation: Organisation) -> Any:
    async def night() -> None:
        await run_now(database, settings, an_organisation.org_id, ERASING)

    return night


async def test_after_ninety_days_only_the_distance_to_the_address_is_left(past: Past, erase: Any) -> None:
    await past.made(days=91)

    await erase()

    assert await past.positions() == [None, None, None]
    told = [entry["position_erased"] for entry in await past.log()]
    assert [each["distance_metres"] for each in told if each is not None] == [56, 56, 56]


async def test_an_exact_position_lies_in_the_fact_alone_and_then_nowhere(past: Past, erase: Any) -> None:
    """No document, event or answer that is kept repeats it."""
    await past.made(days=91)
    assert await past.tables_with("30.2705") == {"facts"}

    await erase()

    assert await past.tables_with("30.2705") == set()


async def test_before_its_time_nothing_goes(past: Past, erase: Any) -> None:
    made = await past.made(days=89)

    await erase()

    assert await past.positions() == [HERE, HERE, HERE]
    assert [entry["record"] for entry in await past.log()][2:] == made
    assert await past.erasures() == []


async def test_a_term_of_ones_own_holds_and_what_went_is_logged_with_it(past: Past, erase: Any) -> None:
    await past.made(days=20)
    put = await past.ask("PUT", "/v1/retention-terms", json={"exact_position_days": 14}, headers={"If-Match": '"0"'})
    assert put.status_code == 200, put.text

    await erase()
    await erase()

    said = await past.erasures(job_id=str(past.job_id))
    assert [(each["data"], each["distance_metres"], each["terms"]["exact_position_days"]) for each in said] == [
        ("position", 56, 14)
    ] * 3
    assert {each["fact_id"] for each in said} == {entry["id"] for entry in (await past.log())[2:]}


async def test_a_position_in_the_other_system_is_compared_in_one(past: Past, erase: Any) -> None:
    await past.made(days=91, latitude=30.267680, longitude=120.154709, coordinate_system="gcj02")

    await erase()

    assert {each["distance_metres"] for each in await past.erasures()} == {0}


async def test_the_document_the_chain_and_the_repeat_of_a_phone_stay_as_they_were(past: Past, erase: Any) -> None:
    made = await past.made(days=91)
    before = (await past.ask("GET", f"/v1/jobs/{past.job_id}")).content
    await assert_folded(past.database, past.organisation.org_id, past.job_id)
    chained = [(entry["digest"], entry["chain"]) for entry in await past.log()]

    await erase()

    assert (await past.ask("GET", f"/v1/jobs/{past.job_id}")).content == before
    assert [(entry["digest"], entry["chain"]) for entry in await past.log()] == chained
    assert outcomes(await past.phone.push(*made)) == ["duplicate"] * 3
    assert await past.positions() == [None, None, None]
    await assert_folded(past.database, past.organisation.org_id, past.job_id)


async def test_what_a_person_turned_down_keeps_no_position_either(past: Past, erase: Any) -> None:
    """Of what still waits for a person nothing is taken away."""
    other, waiting = uuid4(), uuid4()
    for job_id in (other, waiting):
        past.job_id = job_id
        await past.made(days=0)
    async with past.database.transaction() as db:
        old = quarantine.update().values(recorded_at=quarantine.c.recorded_at - timedelta(days=91))
        await db.execute(old)
        await db.execute(quarantine.update().where(quarantine.c.job_id == other).values(state="discarded"))

    await erase()

    rows = await stored(past.database, quarantine)
    assert {row["job_id"] for row in rows if b"30.2705" in row["record"]} == {waiting}
    assert {each["job_id"] for each in await past.erasures()} == {str(other)}


async def test_who_may_not_read_about_privacy_is_refused(past: Past) -> None:
    for path in ("/v1/retention-terms", "/v1/erasures"):
        answer = await past.ask("GET", path, past.organisation.technician)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("body", [{"exact_position_days": 0}, {"exact_position_days": 10_000}, {"days": 1}])
async def test_an_absurd_term_is_refused(past: Past, body: dict[str, int]) -> None:
    answer = await past.ask("PUT", "/v1/retention-terms", json=body, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")


async def test_the_terms_tell_their_defaults_and_where_these_come_from(past: Past) -> None:
    said = (await past.ask("GET", "/v1/retention-terms")).json()
    assert (said["version"], said["item"]["exact_position_days"], said["changed_by"]) == (0, 90, None)
    (source,) = [each for each in said["sources"] if each["term"] == "exact_position_days"]
    assert "R14" in source["source"]


async def test_of_two_changes_of_the_terms_the_second_learns_of_the_first(past: Past) -> None:
    put: dict[str, Any] = {"json": {"exact_position_days": 30}, "headers": {"If-Match": '"0"'}}
    first = await past.ask("PUT", "/v1/retention-terms", **put)
    other = await past.ask("PUT", "/v1/retention-terms", **{**put, "json": {"exact_position_days": 60}})
    assert (first.status_code, first.json()["version"]) == (200, 1)
    assert (other.status_code, other.json()["code"]) == (412, "version_changed")
