"""Reasons stay: of two cancellations one counts, and both are shown; none gives way to whom nobody told of it."""

from msgspec import Struct
from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact, Placement, saw
from domain.facts.desk import JobCancelled, JobClosed, JobReopened, VisitCancelled
from domain.facts.door.attendance import VisitDeclined, VisitEnded
from domain.job.document import Job
from domain.job.reasons import GivenReason, ReasonFor

_OF_JOB: dict[type[Struct], ReasonFor] = {
    JobCancelled: ReasonFor.JOB_CANCELLED,
    JobClosed: ReasonFor.JOB_CLOSED,
    JobReopened: ReasonFor.JOB_REOPENED,
}
_OF_VISIT: dict[type[Struct], ReasonFor] = {
    VisitCancelled: ReasonFor.VISIT_CANCELLED,
    VisitDeclined: ReasonFor.VISIT_DECLINED,
    VisitEnded: ReasonFor.VISIT_ENDED,
}


def reasoned(job: Job, fact: Fact) -> Job:
    """The job, after the fact's step, with the reason that the fact gave, if it gave one."""
    body = fact.body
    kind = _OF_JOB.get(type(body)) or _OF_VISIT.get(type(body))
    if kind is None or (text := getattr(body, "reason", None)) is None:
        return job
    given = GivenReason(
        kind=kind,
        fact_id=fact.id,
        at=fact.corrected_at,
        author_id=fact.author_id,
        role=fact.role,
        side=getattr(body, "side", None),
        text=text,
    )
    if type(body) in _OF_JOB:
        return replace(job, reasons=(*job.reasons, given))
    visit_id = fact.visit_id or fact.id
    visits = (replace(each, reasons=(*each.reasons, given)) if each.id == visit_id else each for each in job.visits)
    return replace(job, visits=tuple(visits))


def unseen_cancellation(job: Job, fact: Fact, cancelled: Placement | None) -> list[BrokenRule]:
    """What is wrong with opening a job again whose cancellation one had not heard of. `job` is as it was before."""
    if not isinstance(fact.body, JobReopened) or job.cancellation is None or cancelled is None or saw(fact, cancelled):
        return []
    reasons = [each.text for each in job.reasons if each.kind is ReasonFor.JOB_CANCELLED]
    return [broken("cancellation_unseen", reason=reasons[-1])]
