"""The figures of a report: counted in the store, made into figures here."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA_TIME
from domain.kpis.kpi import Kpi, Origin, Target
from domain.kpis.query import ReportQuery
from domain.kpis.result import Counts, KpiResult, passed, result_of
from domain.kpis.table import KPI_BY_ID, KPIS
from domain.people.actor import Actor
from domain.scoring.profile import OwnTarget, ScoringProfile
from service.store.measures import counting
from service.store.scoring.criteria import Kept

MOST_FIGURES = 10_000
"""An answer has no more; whoever asks for more is told so."""
SPREAD = tuple(kpi.id for kpi in KPIS if kpi.spread)


async def results(db: AsyncConnection, actor: Actor, report: ReportQuery, at: datetime) -> list[KpiResult]:
    """Every KPI of the report as the actor may see it, as it stands at `at`, in the order of KPI, span and group.

    Without grouping and spans, a KPI for which nothing was counted is there as well, with zeros.
    """
    spread = [kpi.id for kpi in _wanted(report) if kpi.spread]
    return results_of(await counting.count(db, actor, report, report.kpis, spread, at), report, at)


def results_of(counts: Sequence[Counts], report: ReportQuery, at: datetime) -> list[KpiResult]:
    """As `results`, from counts at hand; counts of KPIs that the report does not ask for are left out."""
    names = {kpi.id for kpi in _wanted(report)}
    found = [each for each in counts if each.kpi in names]
    if report.group_by is None and report.span is None:
        counted = {each.kpi for each in found}
        found += [Counts(kpi=name) for name in names if name not in counted]
    return [_result(each, report, at) for each in sorted(found, key=_order)]


def with_own_targets(results: Iterable[KpiResult], profile: Kept[ScoringProfile] | None) -> tuple[KpiResult, ...]:
    """The figures held against the organisation's own targets, where its profile has some."""
    own = {} if profile is None else {each.kpi: each for each in profile.item.targets}
    return tuple(_with_target(each, own[each.kpi]) if each.kpi in own else each for each in results)


def _wanted(report: ReportQuery) -> Sequence[Kpi]:
    return [KPI_BY_ID[name] for name in report.kpis] or KPIS


def _result(counts: Counts, report: ReportQuery, at: datetime) -> KpiResult:
    kpi = KPI_BY_ID[counts.kpi]
    return result_of(kpi, counts, report.targets, provisional=_is_provisional(kpi, report, at))


def _is_provisional(kpi: Kpi, report: ReportQuery, at: datetime) -> bool:
    """Whether what happens after the period may still change its figure (3.1 rule 7)."""
    if not kpi.provisional_days:
        return False
    return at.astimezone(CHINA_TIME).date() <= report.last_day + timedelta(days=kpi.provisional_days)


def _order(counts: Counts) -> tuple[str, str, str]:
    return counts.kpi, str(counts.starts_on or ""), counts.group or ""


def _with_target(result: KpiResult, own: OwnTarget) -> KpiResult:
    target = Target(hundredths=own.target_hundredths, origin=Origin.PRODUCT_DEFAULT)
    met = passed(KPI_BY_ID[result.kpi], target, result.numerator, result.denominator)
    return replace(result, target_hundredths=own.target_hundredths, passed=met)
