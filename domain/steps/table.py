"""The step for each kind of fact: a table of functions, and the visit's status from the transition table."""

from collections.abc import Callable
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact, desk, door, feedback, issued_codes, shared, vouchers
from domain.facts.handling import JobExcluded, JobHeld, JobReleased, RecoveryMade, ReportDelivered, RequestAnswered
from domain.facts.kinds import KIND_BY_BODY, ON_SITE
from domain.job.document import Job
from domain.job.statuses import VisitStatus
from domain.job.visit import Visit
from domain.people.actor import Role
from domain.rules.transitions import GOES_ON, LIVE, TAKEN_AWAY, TRANSITION_BY_KIND
from domain.steps import (
    attendance,
    billing,
    closing,
    complaints,
    fees,
    handling,
    invoices,
    planning,
    refunds,
    remarks,
    reviews,
    work,
)
from domain.steps.result import JobStep, VisitStep


def step(job: Job, fact: Fact) -> JobStep:
    """The job after the fact, and the rules that it breaks."""
    job_step = _JOB_STEPS.get(type(fact.body))
    if job_step is not None:
        return job_step(job, fact, fact.body)
    kind = KIND_BY_BODY[type(fact.body)].name
    visit, found = _attended(job, fact)
    visit, moved = _moved(job, visit, kind)
    if visit.technician_id != fact.author_id and fact.role is Role.TECHNICIAN and kind in ON_SITE and not moved:
        moved = [broken("worked_after_reassignment")]
    visit, more = _VISIT_STEPS[type(fact.body)](job, visit, fact, fact.body)
    if found:
        return replace(job, visits=(*job.visits, visit)), [*found, *moved, *more]
    return planning.with_visit(job, visit), [*moved, *more]


def visit_of(fact: Fact) -> UUID | None:
    """The visit that a fact speaks about, if its kind does. Without a visit's id, the visit has the fact's own id."""
    return fact.visit_id or fact.id if KIND_BY_BODY[type(fact.body)].of_visit else None


def _attended(job: Job, fact: Fact) -> VisitStep:
    """The visit that a fact speaks about. Where nobody planned it, it is added for the fact's author."""
    visit_id = fact.visit_id or fact.id
    for visit in job.visits:
        if visit.id == visit_id:
            return visit, []
    opened = Visit(id=visit_id, technician_id=fact.author_id, status=VisitStatus.PLANNED, plan=None, planned_by=None)
    return opened, [broken("visit_not_planned")]


def _moved(job: Job, visit: Visit, kind: str) -> VisitStep:
    """The visit with its status moved by the transition table; a step that does not fit is a finding (S3 to S7)."""
    transition = TRANSITION_BY_KIND.get(kind)
    if visit.status in TAKEN_AWAY and (kind in ON_SITE or kind == "departed"):
        status = visit.status if transition is None else transition.to
        visit = replace(visit, status=status, worked_after=visit.worked_after or visit.status)
        return visit, _unaware(visit, kind)
    found = _unaware(visit, kind) if visit.worked_after is VisitStatus.SUPERSEDED else []
    if job.cancellation is not None and kind in GOES_ON and visit.worked_after is None:
        found = [broken("worked_after_cancellation")]
    if transition is None:
        return visit, found
    if visit.status in transition.sources:
        return replace(visit, status=transition.to), found
    return visit, [*found, _misplaced(visit, kind, transition.to)]


def _unaware(visit: Visit, kind: str) -> list[BrokenRule]:
    """Findings for work on a visit that was taken away. Who took it over is told once somebody else is on site."""
    if visit.worked_after is not VisitStatus.SUPERSEDED:
        return [broken("worked_after_cancellation")]
    told = visit.superseded_by is not None and kind in ON_SITE
    tell = [broken("work_done_by_other", tell=visit.superseded_by)] if told else []
    return [broken("worked_after_reassignment"), *tell]


def _misplaced(visit: Visit, kind: str, target: VisitStatus) -> BrokenRule:
    """The finding for a step that the visit's status does not allow: repeated, after the end, or out of order."""
    code = "step_out_of_order"
    if visit.status is target or _is_beyond(visit.status, target):
        code = "repeated_step"
    elif visit.status not in LIVE:
        code = "step_after_end"
    return broken(code, step=kind, status=visit.status)


def _is_beyond(status: VisitStatus, target: VisitStatus) -> bool:
    """Whether a live visit already stands beyond what a step leads to."""
    return status in LIVE and target in LIVE and LIVE.index(status) > LIVE.index(target)


_JOB_STEPS: dict[type[Struct], Callable[..., JobStep]] = {
    desk.JobOpened: planning.opened,
    desk.VisitPlanned: planning.planned,
    desk.JobCancelled: planning.job_cancelled,
    desk.WarrantyDecided: planning.warranty_decided,
    desk.JobClosed: closing.closed,
    desk.JobReopened: closing.reopened,
    desk.RefundRequested: refunds.refund_requested,
    desk.Refunded: refunds.refunded,
    desk.PlanFrozen: remarks.unchanged,
    issued_codes.PriceCodeIssued: remarks.unchanged,
    issued_codes.CustomerCodeIssued: remarks.unchanged,
    vouchers.InvoiceRequested: invoices.invoice_requested,
    vouchers.InvoiceIssued: invoices.invoice_issued,
    door.Rated: reviews.rated,
    feedback.Inspected: reviews.inspected,
    feedback.FollowedUp: reviews.followed_up,
    feedback.ComplaintOpened: complaints.complaint_opened,
    feedback.ComplaintAnswered: complaints.complaint_answered,
    feedback.ComplaintClosed: complaints.complaint_closed,
    RequestAnswered: handling.answered,
    feedback.ErrorConfirmed: reviews.error_confirmed,
    feedback.RatingAsked: reviews.rating_asked,
    feedback.RatingVoided: reviews.rating_voided,
    ReportDelivered: handling.report_delivered,
    JobHeld: handling.held,
    JobReleased: handling.released,
    RecoveryMade: handling.recovery_made,
    JobExcluded: handling.excluded,
    shared.DetailsAmended: remarks.amended,
    shared.NoteAdded: remarks.noted,
    shared.AttachmentAdded: remarks.attached,
    shared.FactRetracted: remarks.retracted,
}

_VISIT_STEPS: dict[type[Struct], Callable[..., VisitStep]] = {
    desk.VisitReplanned: planning.replanned,
    desk.VisitCancelled: planning.visit_cancelled,
    door.VisitAccepted: attendance.accepted,
    door.VisitDeclined: attendance.declined,
    door.CustomerContacted: attendance.contacted,
    door.Departed: attendance.departed,
    door.Arrived: attendance.arrived,
    door.CheckedIn: attendance.checked_in,
    door.Diagnosed: work.diagnosed,
    door.FeesDisclosed: fees.disclosed,
    door.FeesAcknowledged: fees.acknowledged,
    door.FeesDeclined: fees.fees_declined,
    door.WorkStarted: work.started,
    door.WorkPaused: work.paused,
    door.WorkResumed: work.resumed,
    door.PartUsed: work.part_used,
    door.RepairRecorded: work.repair_recorded,
    door.GuidanceGiven: work.guidance_given,
    door.WorkFinished: work.finished,
    door.Charged: billing.charged,
    door.Paid: billing.paid,
    door.SignedOff: attendance.signed_off,
    door.VisitEnded: attendance.ended,
    door.IncidentReported: work.incident_reported,
}
