"""Planning, moving and reassigning visits. Each is one strict fact on a locked job."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import VisitPlanned, VisitReplanned
from domain.facts.words import Code, Instant, Line, PartNeed, Side, Text
from domain.job.document import Job
from domain.job.visit import Visit
from domain.people.actor import Actor
from service.desk import actions, planning
from service.desk.actions import Action, Done
from service.http import instants
from service.http.endpoint import Input
from service.http.errors import Refused, Violation, invalid_body

OverrideReason = Annotated[
    str,
    Meta(min_length=1, max_length=200, description="Why although a certificate or an absence speaks against it"),
]
TIMES = ("window_start", "window_end", "work_start", "work_end")


class PlanVisit(Input, frozen=True, kw_only=True):
    """A technician is to attend: the window promised to the customer, and the hours of work planned.

    With an `id` of the caller's own (the visit's) it may be sent again.
    """

    id: UUID | None = None
    technician_id: UUID
    window_start: Instant
    window_end: Instant
    work_start: Instant
    work_end: Instant
    replaces_visit_id: UUID | None = None
    price_list_code: Code | None = None
    parts: Annotated[tuple[PartNeed, ...], Meta(max_length=50)] = ()
    instructions: Text | None = None
    override_reason: OverrideReason | None = None


class ReplanVisit(Input, frozen=True, kw_only=True):
    """Another time for the same visit; a time that is left out stays. Who asked decides whether it counts as late."""

    id: UUID | None = None
    window_start: Instant | None = None
    window_end: Instant | None = None
    work_start: Instant | None = None
    work_end: Instant | None = None
    asked_by: Side
    customer_agreed: bool
    reason: Line | None = None
    override_reason: OverrideReason | None = None


async def plan(
    db: AsyncConnection, actor: Actor, job_id: UUID, asked: PlanVisit, expected_version: int | None
) -> tuple[UUID, Done]:
    """Plan a visit, once: the fact's id follows from the visit's."""
    require_times(asked)
    visit_id = asked.id or uuid4()
    fact_id = uuid5(visit_id, "visit_planned")
    job, logged = await actions.take_up(db, actor, job_id, expected_version, fact_id)
    body = _plan_of(asked)
    if logged is not None:
        if logged.job_id != job_id or not _same_plan(logged.record.body, body):
            raise Refused("already_exists")
        return visit_id, await actions.answer_again(db, actor, logged)
    replaced = _replaced(job, visit_id, asked.replaces_visit_id)
    body = await _dispatched(db, actor, job, body, replaced)
    action = Action(job_id=job_id, visit_id=visit_id, fact_id=fact_id, body=body)
    return visit_id, await actions.carry_out(db, actor, job, action)


async def replan(
    db: AsyncConnection, actor: Actor, job_id: UUID, visit_id: UUID, asked: ReplanVisit, expected_version: int
) -> Done:
    """Move a visit; its technician must be free then as for a new one."""
    job, logged = await actions.take_up(db, actor, job_id, expected_version, asked.id)
    visit = actions.visit_of(job, visit_id)
    body = _moved(visit, asked)
    action = Action(job_id=job_id, visit_id=visit_id, fact_id=asked.id, body=body)
    if logged is not None:
        actions.require_same(logged, action)
        return await actions.answer_again(db, actor, logged)
    require_times(body)
    errand = await planning.errand_of(db, actor, job, body.work_start, body.work_end, visit)
    await planning.require_fit(db, actor, job, visit.technician_id, errand, asked.override_reason)
    return await actions.carry_out(db, actor, job, action)


def require_times(body: PlanVisit | VisitReplanned) -> None:
    """Refuse a window or hours of work that cannot be meant: absurd, too long, or ending before they begin."""
    instants.require_span(body, "window_start", "window_end")
    instants.require_span(body, "work_start", "work_end", longest=instants.A_DAY)


def planned_again(visit: Visit, technician_id: UUID, visit_id: UUID | None, override_reason: str | None) -> PlanVisit:
    """The same work for somebody else; a visit that was never planned has no times to take over."""
    if visit.plan is None:
        raise invalid_body(Violation("/technician_id", "not_planned"))
    kept = {name: getattr(visit.plan, name) for name in (*TIMES, "parts", "instructions", "price_list_code")}
    return PlanVisit(
        **kept,
        id=visit_id,
        technician_id=technician_id,
        replaces_visit_id=visit.id,
        override_reason=override_reason,
    )


async def _dispatched(
    db: AsyncConnection, actor: Actor, job: Job, body: VisitPlanned, replaced: Visit | None
) -> VisitPlanned:
    """The plan for a technician who is fit for it, with what the visit will be judged by."""
    errand = await planning.errand_of(db, actor, job, body.work_start, body.work_end, replaced)
    technician = await planning.require_fit(db, actor, job, body.technician_id, errand, body.override_reason)
    return await planning.frozen(db, actor, job, body, technician, errand.days[0])


def _replaced(job: Job, visit_id: UUID, replaced_id: UUID | None) -> Visit | None:
    if any(visit.id == visit_id for visit in job.visits):
        raise Refused("already_exists")
    if replaced_id is None:
        return None
    for visit in job.visits:
        if visit.id == replaced_id:
            return visit
    raise invalid_body(Violation("/replaces_visit_id", "unknown_reference"))


def _plan_of(asked: PlanVisit) -> VisitPlanned:
    return VisitPlanned(**{name: getattr(asked, name) for name in (*_COMPARED, "price_list_code")})


def _same_plan(logged: object, body: VisitPlanned) -> bool:
    """Whether the caller asks for what was planned before, whatever the server froze into that plan."""
    return isinstance(logged, VisitPlanned) and all(getattr(logged, name) == getattr(body, name) for name in _COMPARED)


def _moved(visit: Visit, asked: ReplanVisit) -> VisitReplanned:
    times: dict[str, Any] = {name: getattr(asked, name) or _planned(visit, name) for name in TIMES}
    missing = tuple(Violation(f"/{name}", "missing") for name, at in times.items() if at is None)
    if missing:
        raise invalid_body(*missing)
    return VisitReplanned(
        **times,
        asked_by=asked.asked_by,
        customer_agreed=asked.customer_agreed,
        reason=asked.reason,
        override_reason=asked.override_reason,
    )


def _planned(visit: Visit, name: str) -> datetime | None:
    return None if visit.plan is None else getattr(visit.plan, name)


_COMPARED = ("technician_id", *TIMES, "replaces_visit_id", "parts", "instructions", "override_reason")
