"""When the time of the last record about somebody is over, nothing says any more who it was; the records stay."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import Text, cast, func, insert, literal_column, or_, select

from domain.calendar.china import CHINA_TIME
from domain.catalogue import Product
from domain.people.actor import Role
from domain.retention import RetentionTerms
from service.database import Database
from service.privacy.erasing import ERASING
from service.seed.company import catalogue_items
from service.settings import Settings
from service.store import tables
from service.store.catalogue import items as catalogue
from service.store.privacy import people
from tests.builders.fleet import a_person, both, stored
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import job_opened
from tests.service.daily import run_now

PRODUCT = next(item for item in catalogue_items() if isinstance(item, Product))
NAME, PHONE, ADDRESS = "顾客乙", "100-0000-0042", "西湖区 42 号"
LONG_AGO = datetime.now(UTC) - timedelta(days=3000)
TODAY = datetime.now(UTC).date()


class Household:
    """A customer of long ago with one address and one appliance, and the job that was done for them."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation, auditor: Person) -> None:
        self.client, self.database, self.organisation, self.auditor = client, database, organisation, auditor
        self.desk, _ = both(client, organisation)
        self.customer_id, self.site_id, self.asset_id = uuid4(), uuid4(), uuid4()

    async def moved_in(self) -> None:
        org_id, many = self.organisation.org_id, {"time_zone": "Asia/Shanghai", "latitude": 30.2, "longitude": 120.1}
        person = {"outlet_id": self.organisation.outlet_id, "name": NAME, "phone": PHONE, "created_at": LONG_AGO}
        site = {"customer_id": self.customer_id, "address": ADDRESS, "coordinate_system": "wgs84", **many}
        async with self.database.transaction() as db:
            await db.execute(insert(tables.customers).values(org_id=org_id, id=self.customer_id, **person))
            await db.execute(insert(tables.sites).values(org_id=org_id, id=self.site_id, **site))
            await catalogue.insert_items(db, org_id, [PRODUCT])

    async def served(self, days_ago: int, *, over: bool = True, by_site: bool = False, **asset: Any) -> UUID:
        """The job; told by its customer or by its site alone."""
        job_id = uuid4()
        whose = {"site_id": str(self.site_id), **({} if by_site else {"customer_id": str(self.customer_id)})}
        await self.desk.push(self.desk.fact(job_id, "job_opened", job_opened(self.organisation.outlet_id, **whose)))
        if over:
            side = {"side": "customer", "reason": "已自行解决"}
            await self.desk.push(self.desk.fact(job_id, "job_cancelled", side, minute=1))
        async with self.database.transaction() as db:
            of_site = {"org_id": self.organisation.org_id, "id": self.asset_id, "site_id": self.site_id}
            await db.execute(insert(tables.assets).values(**of_site, product_code=PRODUCT.code, **asset))
            past = datetime.now(UTC) - timedelta(days=days_ago)
            await db.execute(tables.jobs.update().where(tables.jobs.c.id == job_id).values(changed_at=past))
            await db.execute(tables.customers.update().values(review_on=TODAY - timedelta(days=1)))
        return job_id

    async def tables_with(self, words: str) -> set[str]:
        """Those that hold these words anywhere, in text or in bytes."""
        found = set()
        for table in tables.metadata.sorted_tables:
            whole = cast(literal_column(table.name), Text)
            holds = or_(whole.contains(words), whole.contains(words.encode().hex()))
            async with self.database.reader() as db:
                if await db.scalar(select(func.count()).select_from(table).where(holds)):
                    found.add(table.name)
        return found

    async def is_known(self) -> bool:
        (row,) = await stored(self.database, tables.customers)
        (site,) = await stored(self.database, tables.sites)
        assert (row["name"] == NAME) == (site["address"] == ADDRESS) == (row["erased_at"] is None)
        return bool(row["name"] == NAME)


@pytest.fixture
async def household(client: AsyncClient, database: Database, an_organisation: Organisation) -> Household:
    auditor = await a_person(database, an_organisation, Role.AUDITOR, "AUDITOR")
    found = Household(client, database, an_organisation, auditor)
    await found.moved_in()
    return found


async def test_a_record_is_kept_for_all_of_its_last_day_by_the_clocks_of_the_country(household: Household) -> None:
    await household.served(0)
    async with household.database.transaction() as db:
        evening = datetime(2023, 1, 1, 20, tzinfo=UTC)
        await db.execute(tables.jobs.update().values(changed_at=evening))
    known = []
    for day in (2, 3):
        async with household.database.transaction() as db:
            await db.execute(tables.customers.update().values(review_on=LONG_AGO.date()))
            night = datetime(2026, 1, day, 2, tzinfo=CHINA_TIME)
            await people.review(db, household.organisation.org_id, night, RetentionTerms(), 10)
        known.append(await household.is_known())
    assert known == [True, False]


@pytest.fixture
def night(database: Database, settings: Settings, an_organisation: Organisation) -> Any:
    async def passes() -> None:
        await run_now(database, settings, an_organisation.org_id, ERASING)

    return passes


@pytest.mark.parametrize(
    ("days_ago", "said", "known"),
    [
        (1090, {}, True),
        (1100, {}, False),
        (1100, {"by_site": True}, False),
        (1100, {"over": False}, True),
        (1100, {"invoiced_on": TODAY}, True),
        (1100, {"invoiced_on": TODAY - timedelta(days=5000)}, False),
    ],
)
async def test_who_it_was_is_known_for_three_years_or_until_the_warranty_ends(
    household: Household,
    night: Any,
    days_ago: int,
    said: dict[str, Any],
    known: bool,  # noqa: FBT001
) -> None:
    await household.served(days_ago, **said)
    await night()
    await night()
    assert await household.is_known() is known


async def test_nothing_names_them_any_more_and_the_job_stays(household: Household, night: Any) -> None:
    job_id = await household.served(1100)
    document = await stored(household.database, tables.documents, tables.documents.c.id == job_id)

    await night()

    for words in (NAME, PHONE, ADDRESS):
        assert await household.tables_with(words) == set()
    assert await stored(household.database, tables.documents, tables.documents.c.id == job_id) == document
    told = (await household.client.get("/v1/erasures", headers=household.auditor.headers)).json()["items"]
    assert [(each["data"], each["customer_id"]) for each in told] == [("customer", str(household.customer_id))]
    read = await household.client.get(f"/v1/customers/{household.customer_id}", headers=household.auditor.headers)
    assert (read.json()["name"], read.json()["phone"]) == ("—", None)


async def test_a_card_that_phones_once_held_is_written_anew(household: Household, night: Any) -> None:
    """It lies where they pulled it from, long after the last of them let go of it."""
    job_id, technician = await household.served(0, over=False), household.organisation.technician
    plan = {"technician_id": str(technician.actor.member_id)}
    begins = datetime.now(UTC)
    for name, hours in (("window_start", 0), ("window_end", 2), ("work_start", 0), ("work_end", 1)):
        plan[name] = (begins + timedelta(hours=hours)).isoformat()
    visit_id = str(uuid4())
    await household.desk.push(household.desk.fact(job_id, "visit_planned", plan, visit_id=visit_id, minute=2))
    assert "documents" in await household.tables_with(ADDRESS)
    side = {"side": "customer", "reason": "已自行解决"}
    await household.desk.push(household.desk.fact(job_id, "job_cancelled", side, minute=3))
    async with household.database.transaction() as db:
        past = datetime.now(UTC) - timedelta(days=1100)
        await db.execute(tables.jobs.update().values(changed_at=past))

    await night()

    assert await household.tables_with(ADDRESS) == await household.tables_with(NAME) == set()


async def test_who_was_never_served_is_forgotten_as_well(household: Household, night: Any) -> None:
    async with household.database.transaction() as db:
        await db.execute(tables.customers.update().values(review_on=TODAY))
    await night()
    assert not await household.is_known()


async def test_who_comes_back_is_a_customer_again(household: Household, night: Any) -> None:
    await household.served(1100)
    await night()
    path, headers = f"/v1/customers/{household.customer_id}", household.desk.person.headers
    version = (await household.client.get(path, headers=headers)).json()["version"]
    content = {"outlet_id": str(household.organisation.outlet_id), "name": "顾客丙"}
    put = await household.client.put(path, json=content, headers={**headers, "If-Match": f'"{version}"'})
    assert put.status_code == 200, put.text
    await night()
    (row,) = await stored(household.database, tables.customers)
    assert (row["name"], row["erased_at"]) == ("顾客丙", None)
