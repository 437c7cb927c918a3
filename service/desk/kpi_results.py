"""The figures of a report: counted in the store, judged here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.kpi import Kpi
from domain.kpis.kpis import KPI_BY_ID, KPIS
from domain.kpis.query import Report
from domain.kpis.result import Counts, KpiResult, result_of
from domain.people.actor import Actor
from service.store.measures import counting

MATURITY_ZONE = ZoneInfo("Asia/Shanghai")
MOST_FIGURES = 10_000
"""An answer has no more; whoever asks for more is told so."""


async def results(db: AsyncConnection, actor: Actor, report: Report, at: datetime) -> list[KpiResult]:
    """Every KPI of the report as the actor may see it, as it stands at `at`, in the order of KPI, span and group.

    Without grouping and spans a KPI that nothing counts for is there as well, with nothing counted.
    """
    spread = [kpi.id for kpi in _wanted(report) if kpi.spread]
    return results_of(await counting.count(db, actor, report, report.kpis, spread, at), report, at)


def results_of(counts: Sequence[Counts], report: Report, at: datetime) -> list[KpiResult]:
    """The same of counts at hand; those of no KPI that is asked for are passed over."""
    names = {kpi.id for kpi in _wanted(report)}
    found = [each for each in counts if each.kpi in names]
    if report.group_by is None and report.span is None:
        counted = {each.kpi for each in found}
        found += [Counts(kpi=name) for name in names if name not in counted]
    return [_result(each, report, at) for each in sorted(found, key=_order)]


def _wanted(report: Report) -> Sequence[Kpi]:
    return [KPI_BY_ID[name] for name in report.kpis] or KPIS


def _result(counts: Counts, report: Report, at: datetime) -> KpiResult:
    kpi = KPI_BY_ID[counts.kpi]
    return result_of(kpi, counts, report.profile, provisional=is_provisional(kpi, report, at))


def is_provisional(kpi: Kpi, report: Report, at: datetime) -> bool:
    """Whether what happens after the period may still change its figure (3.1 rule 7)."""
    if not kpi.provisional_days:
        return False
    return at.astimezone(MATURITY_ZONE).date() <= report.last_day + timedelta(days=kpi.provisional_days)


def _order(counts: Counts) -> tuple[str, str, str]:
    return counts.kpi, str(counts.starts_on or ""), counts.group or ""
