"""Freezing a visit for its service report: the job as it stands, and the names of its codes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import FaultCode, Part, Product
from domain.job.document import Job
from domain.job.visit import Visit
from domain.people.actor import Actor
from domain.sentences import Sentence
from service.desk.actions import visit_of
from service.http.errors import Refused
from service.service_report.content import Names, Report, code_of, codes_named, freeze, spelt
from service.service_report.setting import SERVICE_REPORT, SetReport
from service.store.catalogue import items
from service.store.jobs import job_pages, jobs, service_reports
from service.store.jobs.service_reports import Draft, ServiceReport
from service.store.people.badges import badge
from service.store.registry.letterheads import letterhead
from service.store.work import tasks
from service.store.work.tasks import TaskState


async def make(db: AsyncConnection, actor: Actor, job_id: UUID, visit_id: UUID, language: str) -> ServiceReport:
    """Freeze the visit and have it set; said again while nothing has changed, it is the same report.

    `visit_not_over` while the technician is still at work: an unfinished record is no report.
    """
    job = await job_pages.job(db, actor, job_id)
    visit = visit_of(job, visit_id)
    if visit.finished_at is None and visit.ended_at is None:
        raise Refused("visit_not_over")
    content = spelt(await _frozen(db, actor.org_id, job, visit))
    draft = Draft(
        job_id=job.id,
        visit_id=visit.id,
        job_version=job.version,
        language=language,
        code=code_of(content, language),
        content=content,
        made_by=actor.member_id,
    )
    report = await service_reports.freeze(db, actor.org_id, draft)
    if report.state is TaskState.DONE:
        return report
    task_id = await tasks.ask(db, actor.org_id, SERVICE_REPORT.name, SetReport(report.id), key=str(report.id))
    return await service_reports.begin(db, actor.org_id, report, task_id)


async def _frozen(db: AsyncConnection, org_id: UUID, job: Job, visit: Visit) -> Report:
    names = await _names(db, org_id, job, visit)
    return freeze(job, visit, names, await jobs.chain_head(db, org_id, job.id))


async def _names(db: AsyncConnection, org_id: UUID, job: Job, visit: Visit) -> Names:
    assert job.outlet_id is not None, "somebody opened it in an outlet"
    head = await letterhead(db, org_id, job.outlet_id)
    person = await badge(db, org_id, visit.technician_id)
    return Names(
        organisation=head.organisation,
        outlet=head.outlet,
        complaint_line=head.complaint_line,
        time_zone=head.time_zone,
        technician="" if person is None else person.name,
        badge="" if person is None else person.number,
        product=await _product(db, org_id, job.product_code),
        words=await _words(db, org_id, codes_named(visit)),
    )


async def _product(db: AsyncConnection, org_id: UUID, code: str | None) -> Sentence | None:
    found = None if code is None else await items.find_item(db, org_id, Product, code)
    return None if found is None else Sentence(found.name_zh, found.name_en)


async def _words(db: AsyncConnection, org_id: UUID, codes: set[str]) -> dict[str, Sentence]:
    known = [*await items.items(db, org_id, FaultCode), *await items.items(db, org_id, Part)] if codes else []
    return {each.code: Sentence(each.name_zh, each.name_en) for each in known if each.code in codes}
