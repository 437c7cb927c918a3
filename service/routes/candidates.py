"""Candidates: who could do a job, and why or why not. Nobody is left out without a reason."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.dispatch.candidates import Judgement
from domain.facts.words import Instant
from domain.people.actor import Actor
from service.desk import actions, planning
from service.http import instants
from service.http.endpoint import Input, Output, get
from service.store.jobs import job_pages


class CandidateQuery(Input, frozen=True, kw_only=True):
    """The hours of work that somebody is sought for. `visit_id`: the visit that would be moved or replaced."""

    starts_at: Instant
    ends_at: Instant
    visit_id: UUID | None = None


class CandidateReason(Struct, frozen=True, kw_only=True):
    """One reason. `excludes` speaks against; `overridable` may be set aside with an override_reason."""

    code: str
    excludes: bool
    overridable: bool
    parameters: dict[str, str]
    zh: str
    en: str


class Candidate(Struct, frozen=True, kw_only=True):
    """A technician, eligible or not, with the reasons. `load_minutes` is that day's planned work with this one."""

    technician_id: UUID
    login: str
    name: str
    eligible: bool
    load_minutes: int
    daily_minutes: int
    reasons: tuple[CandidateReason, ...]


class Candidates(Output, frozen=True, kw_only=True):
    """Every technician of the job's outlet: who may come first, then by load."""

    job_id: UUID
    starts_at: datetime
    ends_at: datetime
    items: tuple[Candidate, ...]


@get("/v1/jobs/{job_id}/candidates", right="plan_visits", problems=("not_found",), tag="visits")
async def list_candidates(actor: Actor, db: AsyncConnection, job_id: UUID, query: CandidateQuery) -> Candidates:
    """List every technician of the job's outlet as eligible or excluded, with the reasons."""
    instants.require_span(query, "starts_at", "ends_at", problem="invalid_query", longest=instants.A_DAY)
    job = await job_pages.job(db, actor, job_id)
    moved = None if query.visit_id is None else actions.visit_of(job, query.visit_id)
    errand = await planning.errand_of(db, actor, job, query.starts_at, query.ends_at, moved)
    items = tuple(_candidate(each) for each in await planning.judgements(db, actor, job, errand))
    return Candidates(job_id=job.id, starts_at=query.starts_at, ends_at=query.ends_at, items=items)


def _candidate(judgement: Judgement) -> Candidate:
    reasons = tuple(
        CandidateReason(
            code=remark.code,
            excludes=remark.excludes,
            overridable=remark.overridable,
            parameters=parameters,
            zh=remark.zh.format_map(parameters),
            en=remark.en.format_map(parameters),
        )
        for remark, parameters in judgement.reasons
    )
    technician = judgement.technician
    return Candidate(
        technician_id=technician.id,
        login=technician.login,
        name=technician.name,
        eligible=judgement.is_eligible,
        load_minutes=judgement.load_minutes,
        daily_minutes=technician.daily_minutes,
        reasons=reasons,
    )
