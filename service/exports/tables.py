"""Exported tables: what counts for the KPIs row by row, and the KPIs themselves."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import ReportQuery
from domain.kpis.result import KpiResult
from domain.kpis.table import KPI_BY_ID
from domain.people.actor import Actor
from domain.people.consent import NEEDED, ExportPurpose
from service.exports.columns import KPI_RESULTS, MEASURES
from service.exports.masking import SEES_PEOPLE
from service.kpis.results import results
from service.store.exports import contacts, rows

_TECHNICIAN = [column.name for column in MEASURES].index("technician")
_JUDGED = [column.name for column in KPI_RESULTS]


async def measure_rows(
    db: AsyncConnection, actor: Actor, report: ReportQuery, at: datetime
) -> AsyncIterator[list[tuple[Any, ...]]]:
    """Some rows at a time; who it was is left out for roles that may not read it."""
    async for chosen in rows.job_ids(db, actor, report, rows.JOBS_AT_ONCE):
        found = await rows.counted(db, actor, report, chosen, at)
        yield [_shown(tuple(row), actor) for row in found]


async def kpi_rows(
    db: AsyncConnection, actor: Actor, report: ReportQuery, at: datetime
) -> AsyncIterator[list[tuple[Any, ...]]]:
    """The figures, all at once: there are few."""
    yield [_cells_of(each) for each in await results(db, actor, report, at)]


async def contact_rows(
    db: AsyncConnection, actor: Actor, report: ReportQuery, purpose: ExportPurpose | None
) -> AsyncIterator[list[tuple[Any, ...]]]:
    """Customers of the report's jobs, some at a time; only who agreed, where the purpose needs that."""
    needed = None if purpose is None else NEEDED.get(purpose)
    async for chosen in contacts.some(db, actor, report, needed):
        yield chosen


def _shown(row: tuple[Any, ...], actor: Actor) -> tuple[Any, ...]:
    return row if actor.role in SEES_PEOPLE else (*row[:_TECHNICIAN], None, *row[_TECHNICIAN + 1 :])


def _cells_of(result: KpiResult) -> tuple[Any, ...]:
    kpi = KPI_BY_ID[result.kpi]
    named = {
        "name_zh": kpi.zh,
        "name_en": kpi.en,
        "unit": kpi.unit.value,
        "excluded": "; ".join(f"{each.reason}={each.count}" for each in result.excluded),
    }
    return tuple(named[name] if name in named else getattr(result, name) for name in _JUDGED)
