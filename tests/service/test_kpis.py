"""KPIs over the real database: counted from facts that were pushed, and from nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from httpx import AsyncClient

from domain.kpis.query import Report
from domain.kpis.result import KpiResult
from service.database import Database
from service.desk.kpi_results import results
from tests.fleet import both, planned_job
from tests.organisations import Organisation, Person
from tests.phone import START

FIRST, LAST = (START - timedelta(days=2)).date(), (START + timedelta(days=2)).date()


class Street:
    """One outlet with a desk and a phone, and the figures of these days."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation) -> None:
        self.client, self.database, self.organisation = client, database, organisation
        self.desk, self.phone = both(client, organisation)

    async def figures(
        self, person: Person | None = None, at: datetime | None = None, **more: object
    ) -> list[KpiResult]:
        report = Report(**{"first_day": FIRST, "last_day": LAST, **more})  # type: ignore[arg-type]
        async with self.database.reader() as db:
            return await results(db, (person or self.desk.person).actor, report, at or datetime.now(UTC))

    async def figure(self, kpi: str, **more: object) -> KpiResult:
        (found,) = await self.figures(kpis=(kpi,), **more)  # type: ignore[arg-type]
        return found


@pytest.fixture
async def street(client: AsyncClient, database: Database, an_organisation: Organisation) -> Street:
    return Street(client, database, an_organisation)


async def test_a_visit_that_comes_in_its_window_counts_as_on_time_as_soon_as_it_is_pushed(street: Street) -> None:
    job_id, visit_id = await planned_job(street.desk, street.organisation.outlet_id, street.phone.person)
    nobody_there = await street.figure("K03")
    await street.phone.push(street.phone.fact(job_id, "arrived", {}, visit_id=visit_id, minute=70))

    there = await street.figure("K03")

    assert (nobody_there.numerator, nobody_there.denominator, nobody_there.value_hundredths) == (0, 1, 0)
    assert (there.numerator, there.denominator, there.value_hundredths, there.small_sample) == (1, 1, 10_000, True)
