"""Service reports: the signed record of a visit as PDF, frozen, with a code by which its customer can check it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Language
from domain.people.actor import Actor
from service.desk import service_report
from service.http.endpoint import Download, Input, Media, Output, get, post
from service.http.errors import Refused
from service.http.made_to_order import not_there
from service.store.jobs import job_pages, service_reports
from service.store.jobs.service_reports import ServiceReport
from service.store.work.task_results import Paper
from service.store.work.tasks import TaskState

PDF = "application/pdf"
# Kept for as long as it is the same person who asks: whoever sits at the desk next signs in with another token.
KEPT = ((b"cache-control", b"private, max-age=31536000, immutable"), (b"vary", b"Authorization"))


class NewServiceReport(Input, frozen=True, kw_only=True):
    """In which language."""

    language: Language = Language.CHINESE


class ServiceReports(Output, frozen=True, kw_only=True):
    """The reports of one job, the newest first."""

    items: tuple[ServiceReport, ...]


@post(
    "/v1/jobs/{job_id}/visits/{visit_id}/service-reports",
    right="read_jobs",
    status=202,
    made_at="/v1/jobs/{job_id}/service-reports/{id}",
    problems=("not_found", "visit_not_over"),
    example=NewServiceReport(language=Language.CHINESE),
)
async def make_service_report(
    actor: Actor, db: AsyncConnection, job_id: UUID, visit_id: UUID, body: NewServiceReport
) -> ServiceReport:
    """Freeze a visit as it stands and have it set as PDF; said again while nothing has changed, it is the same one.

    The PDF is there within seconds. What is recorded later needs a new report; the old one stays what it was.
    """
    return await service_report.make(db, actor, job_id, visit_id, body.language.value)


@get("/v1/jobs/{job_id}/service-reports", right="read_jobs", problems=("not_found",))
async def list_service_reports(actor: Actor, db: AsyncConnection, job_id: UUID) -> ServiceReports:
    """List the service reports of a job."""
    if await job_pages.document(db, actor, job_id) is None:
        raise Refused("not_found")
    return ServiceReports(items=tuple(await service_reports.of_job(db, actor.org_id, job_id)))


@get("/v1/jobs/{job_id}/service-reports/{report_id}", right="read_jobs", problems=("not_found",))
async def read_service_report(actor: Actor, db: AsyncConnection, job_id: UUID, report_id: UUID) -> ServiceReport:
    """Read how far a service report is."""
    if await job_pages.document(db, actor, job_id) is None:
        raise Refused("not_found")
    found = await service_reports.find(db, actor.org_id, job_id, report_id)
    if found is None:
        raise Refused("not_found")
    return found


@get(
    "/v1/jobs/{job_id}/service-reports/{report_id}/file",
    right="read_jobs",
    problems=("not_found", "file_not_ready", "file_failed"),
    response=Download,
    media_types=(PDF,),
)
async def read_service_report_file(actor: Actor, db: AsyncConnection, job_id: UUID, report_id: UUID) -> Media:
    """Fetch the PDF: PDF/A-2a and PDF/UA-1, its font inside. `file_not_ready` while it is being set.

    `file_failed`: ask for the report again.
    """
    if await job_pages.document(db, actor, job_id) is None:
        raise Refused("not_found")
    return pdf(await service_reports.paper(db, actor.org_id, job_id, report_id))


def pdf(found: Paper | None) -> Media:
    """The paper as an answer."""
    if found is None:
        raise Refused("not_found")
    if found.body is None:
        raise not_there(failed=found.state is TaskState.FAILED)
    return Media(found.body, PDF, KEPT)
