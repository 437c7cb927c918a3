"""Jobs: promises to customers. Opened here or at the door, listed, and read as documents or fact by fact."""

from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import JobOpened
from domain.facts.words import WorkType
from domain.job.document import Job
from domain.people.actor import Actor
from service.desk import opening
from service.desk.opening import OpenJob
from service.http.endpoint import EncodedJson, get, post
from service.http.errors import Refused
from service.http.paging import Paging
from service.seed.company import sample_id
from service.store.jobs import fact_log, job_pages
from service.store.jobs.fact_log import LogPage
from service.store.jobs.job_pages import JobPage, JobQuery

_EXAMPLE = OpenJob(
    outlet_id=sample_id("outlet", "HZ01"),
    customer_id=sample_id("customer", "顾客 001"),
    site_id=sample_id("site", "顾客 001"),
    work_type=WorkType.REPAIR,
    symptom="不制冷",
    symptom_code="AC-S01",
    skill="refrigeration",
)


@post("/v1/jobs", right="open_jobs", status=201, problems=("already_exists",), response=Job, example=_EXAMPLE)
async def open_job(actor: Actor, db: AsyncConnection, body: OpenJob) -> EncodedJson:
    """Open a job: somebody was promised help.

    Sent again with the same `id` and content, it answers the job as it stands now.
    """
    await opening.require_references(db, actor, body)
    opened = JobOpened(**{name: getattr(body, name) for name in JobOpened.__struct_fields__})
    done = await opening.open_once(db, actor, body.id or uuid4(), opened)
    return EncodedJson(done.document, version=done.version)


@get("/v1/jobs", right="read_jobs")
async def list_jobs(actor: Actor, db: AsyncConnection, query: JobQuery) -> JobPage:
    """List the jobs of your outlets, newest first; a technician gets those that their phone may hold."""
    return await job_pages.page(db, actor, query)


@get("/v1/jobs/{job_id}", right="read_jobs", problems=("not_found",), response=Job)
async def read_job(actor: Actor, db: AsyncConnection, job_id: UUID) -> EncodedJson:
    """Read one job as its facts stand now."""
    stored = await job_pages.document(db, actor, job_id)
    if stored is None:
        raise Refused("not_found")
    return EncodedJson(*stored)


@get("/v1/jobs/{job_id}/facts", right="read_jobs", problems=("not_found",))
async def list_job_facts(actor: Actor, db: AsyncConnection, job_id: UUID, query: Paging) -> LogPage:
    """List everything that was recorded about a job, in the order of recording, each as its author sent it."""
    if await job_pages.document(db, actor, job_id) is None:
        raise Refused("not_found")
    return await fact_log.page(db, actor, job_id, query)
