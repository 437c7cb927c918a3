"""KPIs: what they mean, what they come to in any period, and the jobs and facts behind every figure."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Code
from domain.kpis.kpi import Kpi, TargetLevel
from domain.kpis.query import FigurePart, GroupBy, ReportQuery, Span
from domain.kpis.result import KpiResult
from domain.kpis.table import KPI_BY_ID, KPIS
from domain.people.actor import Actor
from service.http import paging
from service.http.endpoint import Output, get
from service.http.errors import Refused, Violation, invalid_query
from service.http.paging import Slice
from service.kpis import job_measures
from service.kpis.job_measures import JobMeasures
from service.kpis.periods import PeriodPageQuery, PeriodQuery, require_period
from service.kpis.results import MOST_FIGURES, results, with_own_targets
from service.scoring import schemes
from service.scoring.shipped import MEASURED
from service.store.jobs import job_pages
from service.store.measures import items
from service.store.measures.items import KpiItem


class KpiDefinitions(Output, frozen=True, kw_only=True):
    """Every KPI, in the order of their numbers."""

    kpis: tuple[Kpi, ...]


class KpiQuery(PeriodQuery, frozen=True, kw_only=True):
    """A period, and how its figures are set apart. `kpi` may be repeated; without it, all of them.

    `profile` is one of the organisation's own: its targets go before `targets`.
    """

    kpi: Annotated[tuple[Code, ...], Meta(max_length=100)] = ()
    group_by: GroupBy | None = None
    span: Span | None = None
    targets: TargetLevel = TargetLevel.BASE
    profile: Code | None = None


class KpiReport(Output, frozen=True, kw_only=True):
    """Figures of a period as they stand at `at`: what arrives later changes them. In the order of KPI, span, group."""

    first_day: date
    last_day: date
    at: datetime
    targets: TargetLevel
    group_by: GroupBy | None
    span: Span | None
    results: tuple[KpiResult, ...]


class KpiItemQuery(PeriodPageQuery, frozen=True, kw_only=True):
    """Which of the visits and jobs behind a figure, in which period."""

    figure_part: FigurePart = FigurePart.DENOMINATOR


class KpiItemPage(Slice[KpiItem], frozen=True, kw_only=True):
    """Some of the visits and jobs behind a figure, in the order of days."""


@get("/v1/kpis", right="read_kpis")
async def list_kpis(actor: Actor) -> KpiDefinitions:  # noqa: ARG001 (who asks does not matter)
    """List what the KPIs are: names, formulas in words, clauses, limits, and targets with where each comes from."""
    return KpiDefinitions(kpis=KPIS)


@get("/v1/kpis/results", right="read_kpis", problems=("not_found",))
async def read_kpi_results(actor: Actor, db: AsyncConnection, query: KpiQuery) -> KpiReport:
    """Read the figures of a period, of the outlets that you see; a technician's are their own work.

    A case with a limit counts on the day when its outcome was certain: at the event or at the limit, whichever came
    first. Those whose limit still runs are `pending` and in no figure. Ask for the jobs behind a figure with
    GET /v1/kpis/{kpi}/items.
    """
    report, at = _asked(await require_period(db, actor, query), query), datetime.now(UTC)
    own = None if query.profile is None else await schemes.profile_of(db, actor, query.profile)
    found = with_own_targets(await results(db, actor, report, at), own)
    if len(found) > MOST_FIGURES:
        raise invalid_query(Violation("/group_by", "too_many_figures", {"limit": str(MOST_FIGURES)}))
    return KpiReport(
        first_day=report.first_day,
        last_day=report.last_day,
        at=at,
        targets=report.targets,
        group_by=report.group_by,
        span=report.span,
        results=tuple(found),
    )


@get("/v1/kpis/{kpi}/items", right="read_kpis", problems=("not_found",))
async def list_kpi_items(actor: Actor, db: AsyncConnection, kpi: Code, query: KpiItemQuery) -> KpiItemPage:
    """List the visits or jobs behind a figure: its numerator, denominator, what missed, was excluded, or is pending."""
    if kpi not in MEASURED:
        raise Refused("not_found")
    report = replace(await require_period(db, actor, query.period), kpis=(kpi,))
    name = f"items of {kpi}"
    after = paging.key_after(query, name, items.Key)
    found = await items.page(db, actor, report, query.figure_part, datetime.now(UTC), after, query.limit + 1)
    kept, cursor = paging.part(query, name, found, lambda last: last[1])
    return KpiItemPage(items=tuple(item for item, _ in kept), next_cursor=cursor, has_more=cursor is not None)


@get("/v1/jobs/{job_id}/measures", right="read_kpis", problems=("not_found",), tag="kpis")
async def read_job_measures(actor: Actor, db: AsyncConnection, job_id: UUID) -> JobMeasures:
    """Read what one job counts for the KPIs, and by which of its facts each of that was decided."""
    if await job_pages.document(db, actor, job_id) is None:
        raise Refused("not_found")
    return await job_measures.measures_of(db, actor, job_id, datetime.now(UTC))


OPERATIONS = (list_kpis, read_kpi_results, list_kpi_items, read_job_measures)


def _asked(report: ReportQuery, query: KpiQuery) -> ReportQuery:
    unknown = [index for index, name in enumerate(query.kpi) if name not in KPI_BY_ID]
    if unknown:
        raise invalid_query(*(Violation(f"/kpi/{index}", "unknown_reference") for index in unknown))
    kpis = tuple(dict.fromkeys(query.kpi))
    return replace(report, kpis=kpis, group_by=query.group_by, span=query.span, targets=query.targets)
