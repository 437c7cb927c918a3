"""What a written report says, gathered once and kept, so that the paper always says what was so then."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.improvements import Improvement, ImprovementState
from domain.kpis.kpi import KpiUnit
from domain.kpis.query import GroupBy, ReportQuery, Span
from domain.kpis.result import Counts, KpiResult, whole
from domain.kpis.table import KPI_BY_ID
from domain.people.actor import Actor
from service.http.paging import Paging, Slice
from service.kpis.results import SPREAD, results, results_of
from service.scoring import snapshot
from service.scoring.difference import SnapshotDifference, difference
from service.scoring.evidence_index import EvidenceIndex, index_at
from service.scoring.schemes import scheme_of
from service.scoring.shipped import DEFAULT
from service.store.cases import case_counts
from service.store.cases.case_counts import CaseCount
from service.store.measures import counting
from service.store.measures.tallies import TIMED, tallies
from service.store.registry import registry
from service.store.reports import names
from service.store.reports.names import Subject
from service.store.scoring import snapshots
from service.store.scoring.improvements import IMPROVEMENTS, narrowed

TREND = ("K01", "K03", "K04", "K06", "K12a", "K14")
COMPARED = ("K03", "K04", "K06", "K11b", "K14", "K24")
MOST_FINDINGS = 15
MOST_IMPROVEMENTS = 200
MOST_SNAPSHOTS = 100
"""So far back is looked for one of the same period."""


class Figures(Struct, frozen=True, kw_only=True):
    """Everything on the paper, in no language."""

    subject: Subject
    report: ReportQuery
    at: datetime
    results: tuple[KpiResult, ...]
    trend: tuple[KpiResult, ...]
    """By month, of the KPIs in TREND."""
    technicians: tuple[KpiResult, ...]
    """By technician, of the KPIs in COMPARED; empty where the report is about one."""
    people: dict[str, str]
    """Badge by technician's id."""
    index: EvidenceIndex | None
    """Null where the report is about one technician: the scheme scores firms."""
    restated: SnapshotDifference | None
    """Against the last snapshot of the same period and filters; null where there is none."""
    improvements: tuple[Improvement, ...]
    """Actions of the place whose cause, or whose figure after, lies in the period, or which are under way."""
    findings: tuple[CaseCount, ...]
    conflicts: tuple[CaseCount, ...]


async def gather(db: AsyncConnection, actor: Actor, report: ReportQuery, at: datetime) -> Figures:
    """The figures as they stand at this moment, as far as the actor may see."""
    subject = await names.subject(db, actor, report.filters.outlet_id, report.filters.technician_id)
    alone = report.filters.technician_id is not None
    compared = known(COMPARED)
    by_technician = replace(report, kpis=compared, group_by=GroupBy.TECHNICIAN)
    by_month = replace(report, kpis=known(TREND), span=Span.MONTH)
    # Everything once, by month: the whole and the index are sums of it.
    monthly = await counting.count(db, actor, by_month, (), (), at)
    counted = whole(monthly)
    timed = tallies(actor, report, SPREAD, lists=TIMED)
    technicians = [] if alone else await results(db, actor, by_technician, at)
    ids = {UUID(each.group) for each in technicians if each.group is not None}
    return Figures(
        subject=subject,
        report=report,
        at=at,
        results=tuple(results_of(await counting.with_spread(db, counted, timed, at), report, at)),
        trend=tuple(results_of(monthly, by_month, at)),
        technicians=tuple(each for each in technicians if each.group is not None),
        people=await names.badges(db, actor.org_id, ids),
        index=None if alone else await _index(db, actor, report, at, counted),
        restated=await _restated(db, actor, report, at),
        improvements=await _improvements(db, actor, report),
        findings=tuple(await case_counts.top(db, actor, report, "finding", MOST_FINDINGS)),
        conflicts=tuple(await case_counts.top(db, actor, report, "conflict", MOST_FINDINGS)),
    )


def known(kpis: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are shares, and so can stand beside each other on one axis."""
    return tuple(name for name in kpis if name in KPI_BY_ID and KPI_BY_ID[name].unit is KpiUnit.PERCENT)


def months(trend: tuple[KpiResult, ...]) -> list[date]:
    """The months that the trend speaks of, in order."""
    return sorted({each.starts_on for each in trend if each.starts_on is not None})


async def _index(
    db: AsyncConnection, actor: Actor, report: ReportQuery, at: datetime, counted: Sequence[Counts]
) -> EvidenceIndex:
    return await index_at(db, actor, report, await scheme_of(db, actor, DEFAULT), None, at, counted)


async def _restated(db: AsyncConnection, actor: Actor, report: ReportQuery, at: datetime) -> SnapshotDifference | None:
    newest, _ = await snapshots.page(db, actor, Paging(limit=MOST_SNAPSHOTS))
    for stored in newest:
        was = snapshot.report_of(snapshot.read(stored))
        if (was.first_day, was.last_day, was.filters) == (report.first_day, report.last_day, report.filters):
            return await difference(db, actor, stored, at)
    return None


async def _improvements(db: AsyncConnection, actor: Actor, report: ReportQuery) -> tuple[Improvement, ...]:
    about = narrowed(None, report.filters.outlet_id, None, None)
    page = await registry.page(db, IMPROVEMENTS, actor, Paging(limit=MOST_IMPROVEMENTS), Slice[Improvement], about)
    return tuple(each for each in page.items if _concerns(each, report))


def _concerns(action: Improvement, report: ReportQuery) -> bool:
    if action.state in (ImprovementState.PLANNED, ImprovementState.DOING):
        return action.first_day <= report.last_day
    days = [action.last_day, *([action.after.last_day] if action.after is not None else [])]
    return any(report.first_day <= day <= report.last_day for day in days)
