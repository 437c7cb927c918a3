"""Visits: who comes when. A technician is never booked twice from the desk; requirements are frozen with the plan."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import VisitCancelled
from domain.facts.words import Side
from domain.job.document import Job
from domain.people.actor import Actor
from service.desk import actions, visits
from service.desk.actions import Action, Done
from service.desk.visits import OverrideReason, PlanVisit, ReplanVisit
from service.http.endpoint import EncodedJson, Input, Output, patch, post
from service.seed.company import sample_id

PROBLEMS = ("not_found", "already_exists", "gate_refused", "version_changed")
FITNESS = ("technician_booked", "technician_excluded")


class ReassignVisit(Input, frozen=True, kw_only=True):
    """Who comes instead, at the same time. With an `id` of the caller's own (the new visit's) it may be sent again."""

    id: UUID | None = None
    technician_id: UUID
    override_reason: OverrideReason | None = None


class CancelVisit(Input, frozen=True, kw_only=True):
    """Why nobody comes; the job stays open."""

    id: UUID | None = None
    side: Side
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class VisitChange(Output, frozen=True, kw_only=True):
    """Which visit it is about, and the job as it stands now."""

    visit_id: UUID
    version: int
    job: Job


_PLAN = PlanVisit(
    technician_id=sample_id("member", "HZ0107"),
    window_start=datetime(2026, 7, 6, 2, tzinfo=UTC),
    window_end=datetime(2026, 7, 6, 4, tzinfo=UTC),
    work_start=datetime(2026, 7, 6, 2, tzinfo=UTC),
    work_end=datetime(2026, 7, 6, 3, 30, tzinfo=UTC),
    instructions="先致电",
)


@post(
    "/v1/jobs/{job_id}/visits",
    right="plan_visits",
    status=201,
    problems=(*PROBLEMS, *FITNESS),
    response=VisitChange,
    example=_PLAN,
)
async def plan_visit(
    actor: Actor, db: AsyncConnection, job_id: UUID, body: PlanVisit, expected_version: int | None
) -> EncodedJson:
    """Plan a visit for a technician who is free then.

    What the visit must show is frozen now: uniform, badge, kit, safety checks, and the technician's certificates. A
    certificate or an absence that speaks against it is set aside by an `override_reason`, a double booking by nothing.
    With `replaces_visit_id` the work is taken away from another visit.
    """
    visit_id, done = await visits.plan(db, actor, job_id, body, expected_version)
    return _changed(visit_id, done)


@patch(
    "/v1/jobs/{job_id}/visits/{visit_id}",
    right="plan_visits",
    problems=(*PROBLEMS, *FITNESS),
    response=VisitChange,
    example=ReplanVisit(
        window_start=datetime(2026, 7, 6, 5, tzinfo=UTC),
        window_end=datetime(2026, 7, 6, 7, tzinfo=UTC),
        work_start=datetime(2026, 7, 6, 5, tzinfo=UTC),
        work_end=datetime(2026, 7, 6, 6, 30, tzinfo=UTC),
        asked_by=Side.CUSTOMER,
        customer_agreed=True,
        reason="顾客上午有事",
    ),
)
async def replan_visit(
    actor: Actor, db: AsyncConnection, job_id: UUID, visit_id: UUID, body: ReplanVisit, expected_version: int
) -> EncodedJson:
    """Move a visit to another time, from the version of the job that was looked at."""
    return _changed(visit_id, await visits.replan(db, actor, job_id, visit_id, body, expected_version))


@post(
    "/v1/jobs/{job_id}/visits/{visit_id}/reassignment",
    right="plan_visits",
    status=201,
    problems=(*PROBLEMS, *FITNESS),
    response=VisitChange,
    example=ReassignVisit(technician_id=sample_id("member", "HZ0112")),
)
async def reassign_visit(
    actor: Actor, db: AsyncConnection, job_id: UUID, visit_id: UUID, body: ReassignVisit, expected_version: int | None
) -> EncodedJson:
    """Give a visit's work to another technician at the same time, as a new visit.

    What the first technician did, or does unaware, stays theirs, and the new one is told before leaving.
    """
    job, _ = await actions.take_up(db, actor, job_id)
    visit = actions.visit_of(job, visit_id)
    asked = visits.planned_again(visit, body.technician_id, body.id, body.override_reason)
    new_id, done = await visits.plan(db, actor, job_id, asked, expected_version)
    return _changed(new_id, done)


@post(
    "/v1/jobs/{job_id}/visits/{visit_id}/cancellation",
    right="plan_visits",
    problems=PROBLEMS,
    response=VisitChange,
    example=CancelVisit(side=Side.CUSTOMER, reason="顾客不在家，改期"),
)
async def cancel_visit(
    actor: Actor, db: AsyncConnection, job_id: UUID, visit_id: UUID, body: CancelVisit, expected_version: int | None
) -> EncodedJson:
    """Call a visit off; the job stays open."""
    said = VisitCancelled(side=body.side, reason=body.reason)
    action = Action(job_id=job_id, visit_id=visit_id, fact_id=body.id, body=said)
    return _changed(visit_id, await actions.act(db, actor, action, expected_version))


def _changed(visit_id: UUID, done: Done) -> EncodedJson:
    """The answer around the stored document, which is not decoded on its way out."""
    return EncodedJson(
        b'{"visit_id":"%b","version":%d,"job":%b}' % (str(visit_id).encode(), done.version, done.document),
        version=done.version,
    )
