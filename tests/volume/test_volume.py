"""The planted counts come back: the service's figures are those of a count that knows only what happened."""

import os
from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.kpis.query import Filters, ReportQuery
from domain.kpis.table import KPIS
from domain.people.actor import Actor, Role
from service.database import Database
from service.embedded_postgres import Server
from service.kpis.results import results
from service.seed.company import sample_id
from service.seed.sample import seed_sample
from service.seed.volume import processes
from service.seed.volume.handing_over import ORG_ID
from service.seed.volume.planting import PlantingError, plant
from service.seed.volume.processes import plant_by_processes
from service.seed.volume.records import Scenario
from service.seed.volume.scenario import scenario
from service.settings import Settings
from tests.volume import oracle
from tests.volume.counted import Figure, Item, figures

AUDITOR = Actor(ORG_ID, sample_id("member", "auditor"), UUID(int=1), Role.AUDITOR, (), "zh")
PENDING_DAYS = timedelta(days=60)


@pytest.mark.parametrize("jobs", [240, pytest.param(4_000, marks=pytest.mark.nightly)])
async def test_every_planted_numerator_denominator_exclusion_and_pending_comes_back(
    database: Database, jobs: int
) -> None:
    planted = scenario(jobs=jobs)
    async with database.transaction() as db:
        await seed_sample(db, password_hash="-")
    assert (await plant(database, planted)).created
    known = list(oracle.items(planted))

    whole = (planted.first_day, planted.last_day + PENDING_DAYS)
    july = (date(2025, 7, 1), date(2025, 7, 31))
    await _agree(database, planted, [item for _, item in known], whole)
    await _agree(database, planted, [item for _, item in known], july)
    for code in ("HZ01", "SZ01", "JX01"):
        own = [item for order, item in known if order.outlet == code]
        await _agree(database, planted, own, whole, Filters(outlet_id=sample_id("outlet", code)))
    assert not (await plant(database, planted)).created
    with pytest.raises(PlantingError, match="another release"):
        await plant(database, scenario(jobs=jobs, seed=7))


async def _agree(
    database: Database, planted: Scenario, known: Iterable[Item], days: tuple[date, date], only: Filters | None = None
) -> None:
    report = ReportQuery(first_day=days[0], last_day=days[1], filters=only or Filters())
    async with database.reader() as db:
        found = await results(db, AUDITOR, report, planted.now)
    counted = {
        each.kpi: Figure(
            numerator=each.numerator,
            denominator=each.denominator,
            pending=each.pending,
            excluded=frozenset((left.reason, left.count) for left in each.excluded if left.count),
        )
        for each in found
    }
    expected = {kpi.id: Figure() for kpi in KPIS} | figures(known, planted.now, *days)
    differing = {kpi: (counted.get(kpi), told) for kpi, told in expected.items() if counted.get(kpi) != told}
    assert not differing
    assert set(counted) == set(expected)


async def test_processes_for_each_outlet_record_the_same_and_go_on_where_one_of_them_failed(
    database: Database, migrated: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        await seed_sample(db, password_hash="-")
    with monkeypatch.context() as broken:
        broken.setattr(processes, "record_share", os.getpid)
        with pytest.raises(PlantingError, match="could not be recorded"):
            await plant_by_processes(settings, migrated.app_url, jobs=60)
    by_themselves = await plant_by_processes(settings, migrated.app_url, jobs=60)

    again = await plant(database, scenario(jobs=60))
    outlets = await database.pull_pool.fetchval("SELECT count(DISTINCT outlet_id) FROM jobs")

    assert (by_themselves.created, again.created, outlets) == (True, False, 3)
    assert (again.jobs, again.visits, again.facts) == (by_themselves.jobs, by_themselves.visits, by_themselves.facts)
