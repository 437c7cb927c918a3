"""What is derived from all facts at the end of a fold: the job's status, its money, its version."""

from msgspec.structs import replace

from domain.facts.door.attendance import VisitOutcome
from domain.job.document import Job
from domain.job.money import Money
from domain.job.statuses import JobStatus, VisitStatus
from domain.job.visit import Visit
from domain.repair_record.progress import with_records
from domain.rules.transitions import AT_THE_DOOR, BEFORE_ARRIVAL, OVER
from domain.steps.attendance import completes
from domain.steps.invoices import requested_at
from domain.steps.refunds import refund_due, refunded_fen

UNSOLVED = frozenset({VisitOutcome.NEEDS_REVISIT, VisitOutcome.TEMPORARY, VisitOutcome.NO_ACCESS, VisitOutcome.UNABLE})


def settled(job: Job, version: int) -> Job:
    """The job with its derived fields: the same for any way of folding the same facts."""
    money = money_of(job)
    return replace(
        job,
        visits=with_records(job),
        version=version,
        status=status_of(job),
        money=money,
        refund=refund_due(job) if money.refund_open_fen > 0 else None,
        invoice_requested_at=requested_at(job),
    )


def status_of(job: Job) -> JobStatus:
    """The status of the job. Finished work outranks a cancellation; a cancellation never hides work that was begun."""
    if job.closed_at is not None:
        return JobStatus.CLOSED
    statuses = {visit.status for visit in job.visits}
    if not statuses.isdisjoint(AT_THE_DOOR):
        return JobStatus.IN_PROGRESS if job.cancellation is None else JobStatus.CANCELLED_WITH_WORK
    if job.cancellation is not None:
        return JobStatus.CANCELLED_WITH_WORK if any(map(_is_begun, job.visits)) else JobStatus.CANCELLED
    return _status_of_visits(job, statuses)


def money_of(job: Job) -> Money:
    """Sums over the visits; refunds that were asked for are already added up in the job."""
    disclosed_fen = acknowledged_fen = charged_fen = paid_fen = 0
    for visit in job.visits:
        disclosed_fen += visit.disclosures[-1].total_fen if visit.disclosures else 0
        acknowledged_fen += visit.acknowledged_fen or 0
        charged_fen += visit.charged_fen
        paid_fen += visit.paid_fen
    overpaid_fen, back_fen = max(0, paid_fen - charged_fen), refunded_fen(job)
    return Money(
        disclosed_fen=disclosed_fen,
        acknowledged_fen=acknowledged_fen,
        charged_fen=charged_fen,
        paid_fen=paid_fen,
        refund_due_fen=job.money.refund_due_fen,
        refunded_fen=back_fen,
        overpaid_fen=overpaid_fen,
        refund_open_fen=max(0, max(overpaid_fen, job.money.refund_due_fen) - back_fen),
    )


def _is_begun(visit: Visit) -> bool:
    return visit.departed_at is not None or visit.arrived_at is not None or bool(visit.work or visit.parts)


def _status_of_visits(job: Job, statuses: set[VisitStatus]) -> JobStatus:
    over = [visit for visit in job.visits if visit.status in OVER]
    if any(completes(job, visit) for visit in over):
        return JobStatus.COMPLETED
    if not statuses.isdisjoint(BEFORE_ARRIVAL):
        return JobStatus.SCHEDULED
    if any(visit.outcome in UNSOLVED for visit in over):
        return JobStatus.NEEDS_REVISIT
    return JobStatus.REOPENED if job.reopened_at is not None else JobStatus.OPEN
