"""How the desk handles a request: answered, held, released, reported, a failure made good, left out of figures."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from domain.cases.findings import broken
from domain.facts import Fact
from domain.facts.handling import (
    ExclusionReason,
    JobExcluded,
    JobHeld,
    JobReleased,
    RecoveryMade,
    ReportDelivered,
    RequestAnswered,
)
from domain.job.document import Job
from domain.job.handling import Exclusion, Hold, Recovery, ReportDelivery, RequestAnswer
from domain.people.actor import Role
from domain.steps.result import JobStep


def answered(job: Job, fact: Fact, body: RequestAnswered) -> JobStep:
    """The request was taken up (K01, K05). Another system's time counts as far as it can be true."""
    imported = fact.role is Role.INTEGRATION
    told = body.answered_at if imported else None
    at = fact.corrected_at if told is None else min(told, fact.corrected_at)
    answer = RequestAnswer(fact_id=fact.id, at=at, means=body.means, solved=body.solved, imported=imported)
    return replace(job, answers=(*job.answers, answer)), []


def report_delivered(job: Job, fact: Fact, body: ReportDelivered) -> JobStep:
    """The customer has the report; the first delivery counts (K17)."""
    if job.report is not None:
        return job, [broken("repeated_step", step="report_delivered")]
    report = ReportDelivery(fact_id=fact.id, at=fact.corrected_at, channel=body.channel, digest=body.digest)
    return replace(job, report=report), []


def held(job: Job, fact: Fact, body: JobHeld) -> JobStep:
    """The job waits (K09, K21); waiting for something else ends the hold before."""
    hold = Hold(
        fact_id=fact.id,
        at=fact.corrected_at,
        ended_at=None,
        reason=body.reason,
        parts=body.parts,
        expected_at=body.expected_at,
    )
    return replace(job, holds=(*ended_holds(job.holds, fact.corrected_at), hold)), []


def released(job: Job, fact: Fact, _body: JobReleased) -> JobStep:
    """The job waits no longer."""
    if not any(hold.ended_at is None for hold in job.holds):
        return job, [broken("step_out_of_order", step="job_released", status="not held")]
    return replace(job, holds=ended_holds(job.holds, fact.corrected_at)), []


def ended_holds(holds: Iterable[Hold], at: datetime) -> tuple[Hold, ...]:
    """The holds, none of them lasting beyond `at`."""
    return tuple([replace(hold, ended_at=at) if hold.ended_at is None else hold for hold in holds])


def recovery_made(job: Job, fact: Fact, body: RecoveryMade) -> JobStep:
    """Something was done to make a failure good (K28)."""
    recovery = Recovery(
        fact_id=fact.id,
        at=fact.corrected_at,
        failure=body.failure,
        action=body.action,
        failed_fact_id=body.failed_fact_id,
    )
    return replace(job, recoveries=(*job.recoveries, recovery)), []


def excluded(job: Job, fact: Fact, body: JobExcluded) -> JobStep:
    """Left out of figures; force majeure needs a supervisor who says why (domain 3.1, rule 5)."""
    approved = fact.role is Role.SUPERVISOR and bool(body.note)
    exclusion = Exclusion(
        fact_id=fact.id,
        at=fact.corrected_at,
        reason=body.reason,
        measures=body.measures,
        by=fact.author_id,
        role=fact.role,
        note=body.note,
        approved=approved,
    )
    refused = body.reason is ExclusionReason.FORCE_MAJEURE and not approved
    found = [broken("exclusion_unapproved", reason=body.reason)] if refused else []
    return replace(job, exclusions=(*job.exclusions, exclusion)), found
