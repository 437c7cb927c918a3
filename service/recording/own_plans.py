"""What technicians' own plans are judged by, added to the push that brings them: a phone freezes nothing itself.

Requirements, prices, codes and certificates are the server's to say: whoever is judged by them does not choose them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID, uuid5

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.dispatch.own_plans import Work, frozen_for
from domain.facts import TimeGrade
from domain.facts.desk import JobOpened, PlanFrozen, VisitPlanned
from domain.job.document import Job
from domain.people.actor import Role
from domain.people.members import MemberCertificate
from domain.quoting.tariffs import day_at_site
from service.recording.batch import Batch
from service.store.catalogue import bundles
from service.store.catalogue.bundles import KeptBundle
from service.store.jobs import jobs
from service.store.people import technicians
from sync.candidates import Candidate
from sync.record import Record, read

Candidates = Mapping[UUID, Sequence[Candidate]]


async def completed(
    db: AsyncConnection, batch: Batch, locked: Mapping[UUID, jobs.Locked], candidates: Candidates
) -> Candidates:
    """The candidates, each plan of a technician's own followed by what it is judged by.

    Two statements; none where nobody plans. Nothing is added where the organisation has no catalogue.
    """
    bodies = [each.record.body for group in candidates.values() for each in group]
    plans = [body for body in bodies if isinstance(body, VisitPlanned)]
    if batch.author.role is not Role.TECHNICIAN or not plans:
        return candidates
    member_id = batch.author.member_id
    known = await bundles.kept(db, batch.org_id, {plan.catalogue_digest for plan in plans if plan.catalogue_digest})
    held = (await technicians.certificates_of(db, batch.org_id, [member_id])).get(member_id, [])
    jobs_now = {job_id: locked[job_id].state.job for job_id in candidates if job_id in locked}
    return {job_id: tuple(followed(group, jobs_now.get(job_id), known, held)) for job_id, group in candidates.items()}


def followed(
    group: Sequence[Candidate], job: Job | None, known: Mapping[str, KeptBundle], held: Iterable[MemberCertificate]
) -> Iterator[Candidate]:
    """The candidates about one job, each plan followed by what it is judged by, from the bundles that are `known`."""
    seen = len(group) * 2 + (0 if job is None else job.version)
    for each in group:
        yield each
        frozen = _frozen(each, _opened(group, job), known, held)
        if frozen is not None:
            yield _added(each, frozen, seen)


def _opened(group: Iterable[Candidate], job: Job | None) -> Job | JobOpened | None:
    """The job, or what this very push opens it with."""
    if job is not None and job.opened_at is not None:
        return job
    return next((each.record.body for each in group if isinstance(each.record.body, JobOpened)), None)


def _frozen(
    candidate: Candidate,
    job: Job | JobOpened | None,
    known: Mapping[str, KeptBundle],
    held: Iterable[MemberCertificate],
) -> PlanFrozen | None:
    plan = candidate.record.body
    if job is None or not isinstance(plan, VisitPlanned):
        return None
    catalogue = bundles.gone_by(known, plan.catalogue_digest, candidate.corrected_at)
    work = Work(
        outlet_id=job.outlet_id,
        work_type=job.work_type,
        product_code=job.product_code,
        special_work=job.special_work,
    )
    day = day_at_site(plan.window_start, job.time_zone) or plan.window_start.date()
    return None if catalogue is None else frozen_for(candidate.record.envelope.id, work, catalogue, held, day)


def _added(plan: Candidate, frozen: PlanFrozen, seen: int) -> Candidate:
    """The server's own fact about the plan: made when it is recorded, knowing all that is there, the same each time."""
    said = plan.record.envelope
    envelope: dict[str, object] = {
        "id": uuid5(said.id, "plan_frozen"),
        "job_id": said.job_id,
        "visit_id": said.visit_id,
    }
    envelope |= {"happened_at": plan.recorded_at, "base_version": seen}
    record = read(msgspec.json.encode({**envelope, "plan_frozen": frozen}))
    assert isinstance(record, Record), "what the server spells it can read"
    return Candidate(
        index=-1 - plan.index,
        record=record,
        author=plan.author,
        recorded_at=plan.recorded_at,
        corrected_at=plan.recorded_at,
        grade=TimeGrade.SERVER,
        completes=said.id,
    )
