"""Complaints: their clocks, and how they end (K18, K19, K19b)."""

from datetime import datetime

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.feedback import ComplaintAnswered, ComplaintClosed, ComplaintOpened
from domain.job.document import Job
from domain.job.feedback import Complaint
from domain.steps.result import JobStep


def complaint_opened(job: Job, fact: Fact, body: ComplaintOpened) -> JobStep:
    """Both clocks start at the receipt, which cannot be later than its record."""
    if any(complaint.id == body.complaint_id for complaint in job.complaints):
        return job, [broken("repeated_step", step="complaint_opened")]
    complaint = Complaint(
        id=body.complaint_id,
        fact_id=fact.id,
        visit_id=fact.visit_id,
        cause_code=body.cause_code,
        opened_at=min(body.received_at or fact.corrected_at, fact.corrected_at),
        answered_at=None,
        solution_offered_at=None,
        solved_at=None,
        result_told_at=None,
        rating_asked_at=None,
        closed_at=None,
        upheld=None,
        fact_ids=(fact.id,),
    )
    return replace(job, complaints=(*job.complaints, complaint)), []


def complaint_answered(job: Job, fact: Fact, body: ComplaintAnswered) -> JobStep:
    """The first answer stops one clock, the first solution offered the other."""
    complaints = tuple(
        _answered(complaint, fact, body) if complaint.id == body.complaint_id else complaint
        for complaint in job.complaints
    )
    return replace(job, complaints=complaints), _unknown(job, body)


def complaint_closed(job: Job, fact: Fact, body: ComplaintClosed) -> JobStep:
    """Upheld or not; judged again, the later word stands and the first closing counts."""
    complaints = tuple(
        replace(
            complaint,
            closed_at=complaint.closed_at or fact.corrected_at,
            upheld=body.upheld,
            fact_ids=(*complaint.fact_ids, fact.id),
        )
        if complaint.id == body.complaint_id
        else complaint
        for complaint in job.complaints
    )
    return replace(job, complaints=complaints), _unknown(job, body)


def _unknown(job: Job, body: ComplaintAnswered | ComplaintClosed) -> list[BrokenRule]:
    if any(complaint.id == body.complaint_id for complaint in job.complaints):
        return []
    step = "complaint_answered" if isinstance(body, ComplaintAnswered) else "complaint_closed"
    return [broken("step_out_of_order", step=step, status="no complaint")]


def _answered(complaint: Complaint, fact: Fact, body: ComplaintAnswered) -> Complaint:
    def first(known: datetime | None, said: bool) -> datetime | None:  # noqa: FBT001 - whether this answer says so
        return known or (fact.corrected_at if said else None)

    return replace(
        complaint,
        answered_at=complaint.answered_at or fact.corrected_at,
        solution_offered_at=first(complaint.solution_offered_at, body.solution_offered or body.solved),
        solved_at=first(complaint.solved_at, body.solved),
        result_told_at=first(complaint.result_told_at, body.result_told),
        rating_asked_at=first(complaint.rating_asked_at, body.rating_asked),
        fact_ids=(*complaint.fact_ids, fact.id),
    )
