"""Written reports (004 9.1.3): a period as PDF, for an outlet, a technician or the whole organisation."""

from datetime import date
from uuid import UUID, uuid4

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Language
from domain.kpis.kpi import TargetLevel
from domain.people.actor import Actor
from service.http.endpoint import Download, Media, get, post
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.kpis.periods import PeriodQuery, require_period
from service.routes.service_reports import PDF, pdf
from service.seed.company import sample_id
from service.store.reports import written_reports
from service.store.reports.written_reports import WrittenReport
from service.store.work import tasks
from service.written_report.making import WRITTEN_REPORT, MakeReport

MOST_WAITING = 10
"""Of one member."""


class NewWrittenReport(PeriodQuery, frozen=True, kw_only=True):
    """Which period, about whom, by which targets, in which language."""

    language: Language = Language.CHINESE
    targets: TargetLevel = TargetLevel.BASE


class WrittenReportPage(Slice[WrittenReport], frozen=True, kw_only=True):
    """Reports, the newest first."""


_EXAMPLE = NewWrittenReport(
    first_day=date(2025, 7, 1),
    last_day=date(2025, 7, 31),
    outlet_id=sample_id("outlet", "HZ01"),
    language=Language.CHINESE,
)


@post(
    "/v1/written-reports",
    right="read_figures",
    status=202,
    made_at="/v1/written-reports/{id}",
    problems=("too_many_waiting",),
    example=_EXAMPLE,
)
async def make_written_report(actor: Actor, db: AsyncConnection, body: NewWrittenReport) -> WrittenReport:
    """Have a report written in the background; its PDF is there within seconds.

    It holds what you may see, as it stands when it is written: summary with index and coverage, every KPI with its
    interval and target, trend, technicians, findings and conflicts, and the definitions.
    """
    report = replace(await require_period(db, actor, body), targets=body.targets)
    if await written_reports.unfinished(db, actor) >= MOST_WAITING:
        raise Refused("too_many_waiting", headers=((b"retry-after", b"10"),), most=MOST_WAITING)
    report_id, language = uuid4(), body.language.value
    values = {name: getattr(body, name) for name in ("first_day", "last_day", "outlet_id", "technician_id")}
    await written_reports.add(db, actor, report_id, {**values, "language": language})
    details = MakeReport(report_id, actor, report, language)
    task_id = await tasks.ask(db, actor.org_id, WRITTEN_REPORT.name, details, key=str(report_id))
    await written_reports.begin(db, actor.org_id, report_id, task_id)
    return await _found(db, actor, report_id)


@get("/v1/written-reports", right="read_figures")
async def list_written_reports(actor: Actor, db: AsyncConnection, query: Paging) -> WrittenReportPage:
    """List the reports that you asked for; an administrator sees everybody's.

    Those that hold more than you may see by now, with another role or fewer outlets, are not listed and not found.
    """
    items, next_cursor = await written_reports.page(db, actor, query)
    return WrittenReportPage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)


@get("/v1/written-reports/{report_id}", right="read_figures", problems=("not_found",))
async def read_written_report(actor: Actor, db: AsyncConnection, report_id: UUID) -> WrittenReport:
    """Read how far a report is."""
    return await _found(db, actor, report_id)


@get(
    "/v1/written-reports/{report_id}/file",
    right="read_figures",
    problems=("not_found", "file_not_ready", "file_failed"),
    response=Download,
    media_types=(PDF,),
)
async def read_written_report_file(actor: Actor, db: AsyncConnection, report_id: UUID) -> Media:
    """Fetch the PDF; `file_not_ready` while it is being written, `file_failed` when it could not be."""
    return pdf(await written_reports.paper(db, actor, report_id))


async def _found(db: AsyncConnection, actor: Actor, report_id: UUID) -> WrittenReport:
    found = await written_reports.find(db, actor, report_id)
    if found is None:
        raise Refused("not_found")
    return found
