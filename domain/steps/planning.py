"""What the desk does to a job: open, plan, move, take away, cancel, close."""

from uuid import UUID

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.desk import (
    JobCancelled,
    JobOpened,
    VisitCancelled,
    VisitPlanned,
    VisitReplanned,
    WarrantyDecided,
)
from domain.facts.shared import Detail
from domain.facts.words import Warranty
from domain.job.document import Cancellation, Job
from domain.job.statuses import VisitStatus
from domain.job.visit import CallOff, Visit
from domain.rules.transitions import AT_THE_DOOR, BEFORE_ARRIVAL
from domain.steps.holidays import with_holidays
from domain.steps.result import JobStep, VisitStep


def opened(job: Job, fact: Fact, body: JobOpened) -> JobStep:
    """The promise. Opening twice keeps the first (S3)."""
    if job.opened_at is not None:
        return job, [broken("repeated_step", step="job_opened")]
    details = {Detail.SYMPTOM: body.symptom, Detail.SYMPTOM_CODE: body.symptom_code, **job.details}
    return replace(
        job,
        number=body.number or job.number,
        outlet_id=body.outlet_id,
        customer_id=body.customer_id,
        site_id=body.site_id,
        asset_id=body.asset_id,
        product_code=body.product_code,
        work_type=body.work_type,
        priority=body.priority,
        channel=body.channel,
        time_zone=body.time_zone,
        special_work=body.special_work,
        skill=body.skill,
        estimated_minutes=body.estimated_minutes,
        follows_job_id=body.follows_job_id,
        opened_by=fact.author_id,
        opened_at=fact.corrected_at,
        reported_at=body.reported_at or fact.corrected_at,
        first_response_at=body.first_response_at,
        details=details,
        warranty=body.warranty if job.warranty is Warranty.UNKNOWN else job.warranty,
    ), []


def planned(job: Job, fact: Fact, body: VisitPlanned) -> JobStep:
    """A technician is to attend; a visit that this one replaces is superseded (S7)."""
    job = with_holidays(job, body.holidays)
    visit_id, body = fact.visit_id or fact.id, as_shown(body)
    found = [] if job.cancellation is None else [broken("step_out_of_order", step="visit_planned", status="cancelled")]
    known = next((visit for visit in job.visits if visit.id == visit_id), None)
    if known is None:
        visit = Visit(
            id=visit_id,
            technician_id=body.technician_id,
            status=VisitStatus.PLANNED,
            plan=body,
            planned_by=fact.author_id,
        )
        job = replace(job, visits=(*job.visits, visit))
    else:
        visit, more = _planned_again(known, fact, body)
        job, found = with_visit(job, visit), found + more
    job, more = _replaced(job, visit, body)
    return job, found + more


def replanned(_job: Job, visit: Visit, _fact: Fact, body: VisitReplanned) -> VisitStep:
    """The same visit at another time; who asked is kept for the punctuality figures (K03)."""
    if visit.plan is None:
        return visit, [broken("visit_not_planned")]
    return replace(visit, plan=with_times(visit.plan, body), window_moved_by=moved_by(body)), []


def moved_by(body: VisitReplanned) -> str:
    """Whose wish the new time was, and whether the customer agreed, in one word."""
    return body.asked_by if body.customer_agreed else f"{body.asked_by}_without_agreement"


def visit_cancelled(job: Job, visit: Visit, fact: Fact, body: VisitCancelled) -> VisitStep:
    """This attendance is off; the job stays open. The status moves by the transition table; the first reason stands."""
    if visit.finished_at is not None:
        return visit, [broken("cancelled_after_completion")]
    called_off = visit.status is VisitStatus.CANCELLED and not stood_at(job, visit.id, VisitStatus.CANCELLED)
    if not called_off:
        return visit, []
    call_off = CallOff(fact_id=fact.id, at=fact.corrected_at, side=body.side, reason=body.reason)
    return replace(visit, outcome_reason=body.reason, call_off=call_off), []


def stood_at(job: Job, visit_id: UUID, status: VisitStatus) -> bool:
    """Whether the visit had this status before the step that is being taken."""
    return any(known.id == visit_id and known.status is status for known in job.visits)


def job_cancelled(job: Job, fact: Fact, body: JobCancelled) -> JobStep:
    """The promise is withdrawn; finished work outranks it, begun work is kept (S6, S9)."""
    if job.cancellation is not None:
        return job, [broken("repeated_step", step="job_cancelled")]
    if any(_finished(job, visit) for visit in job.visits):
        return job, [broken("cancelled_after_completion")]
    cancellation = Cancellation(fact_id=fact.id, at=fact.corrected_at, side=body.side, reason=body.reason)
    visits = tuple(
        replace(visit, status=VisitStatus.CANCELLED) if visit.status in BEFORE_ARRIVAL else visit
        for visit in job.visits
    )
    return replace(job, cancellation=cancellation, visits=visits), []


def warranty_decided(job: Job, _fact: Fact, body: WarrantyDecided) -> JobStep:
    """Covered or not. Not covered by an exclusion needs its reason, evidence, and the customer told (R22)."""
    job = replace(job, warranty=body.decision, warranty_decision=body)
    excluded = body.exclusion_code is not None and body.decision is Warranty.PAID
    if excluded and not (body.evidence_digests and body.customer_told):
        return job, [broken("exclusion_without_evidence")]
    return job, []


def with_visit(job: Job, visit: Visit) -> Job:
    """The job with this visit in the place of the one with its id."""
    return replace(job, visits=tuple([visit if known.id == visit.id else known for known in job.visits]))


def with_times(plan: VisitPlanned, body: VisitReplanned) -> VisitPlanned:
    """The plan at its new time."""
    return replace(
        plan,
        window_start=body.window_start,
        window_end=body.window_end,
        work_start=body.work_start,
        work_end=body.work_end,
    )


def as_shown(plan: VisitPlanned) -> VisitPlanned:
    """The plan as documents and conflicts show it: the fold remembers prices and codes, the job has the holidays."""
    kept = plan.prices or plan.fault_codes is not None or plan.holidays is not None
    return replace(plan, prices=(), fault_codes=None, holidays=None) if kept else plan


def off_price_list(code: str | None, plan: VisitPlanned | None) -> bool:
    """Whether fees were told from another price list than the visit was dispatched with."""
    return plan is not None and None not in (code, plan.price_list_code) and code != plan.price_list_code


def _planned_again(known: Visit, fact: Fact, body: VisitPlanned) -> VisitStep:
    """The known visit with a new plan. It keeps a technician who has begun; fees told from another list are found."""
    found: list[BrokenRule] = []
    if body.technician_id != known.technician_id and known.status is not VisitStatus.PLANNED:
        found.append(broken("work_done_by_other"))
    else:
        known = replace(known, technician_id=body.technician_id)
    if any(off_price_list(disclosure.price_list_code, body) for disclosure in known.disclosures):
        found.append(broken("price_list_differs"))
    return replace(known, plan=body, planned_by=fact.author_id), found


def _replaced(job: Job, visit: Visit, body: VisitPlanned) -> JobStep:
    """Mark the visit that this plan replaces, once. Work that has begun there is kept, and the new technician told."""
    if body.replaces_visit_id in (None, visit.id):
        return job, []
    replaced = next((other for other in job.visits if other.id == body.replaces_visit_id), None)
    if replaced is None:
        return job, []
    if replaced.superseded_by not in (None, visit.id):
        return job, [broken("reassigned_twice")]
    begun = replaced.status in AT_THE_DOOR or replaced.finished_at is not None
    if replaced.status in BEFORE_ARRIVAL:
        replaced = replace(replaced, status=VisitStatus.SUPERSEDED)
    job = with_visit(job, replace(replaced, superseded_by=visit.id))
    return job, [broken("work_done_by_other")] if begun else []


def _finished(job: Job, visit: Visit) -> bool:
    """Whether the work was done, and not before the job was opened again."""
    return visit.finished_at is not None and (job.reopened_at is None or visit.finished_at >= job.reopened_at)
