"""What many kinds of facts have in common: a first human act, a changed priority, the end of a hold."""

from msgspec.structs import replace

from domain.facts import Fact
from domain.facts.desk import CaseDecided, JobOpened
from domain.facts.door.attendance import Arrived, CheckedIn, CustomerContacted, Departed, VisitAccepted
from domain.facts.door.work import Diagnosed, WorkStarted
from domain.facts.handling import AnswerMeans, RequestAnswered
from domain.facts.kinds import KIND_BY_BODY
from domain.facts.shared import DetailsAmended
from domain.job.document import Job
from domain.job.handling import FirstAct, PriorityChange
from domain.people.actor import Role
from domain.steps.handling import ended_holds

ACTS = (VisitAccepted, Departed, Arrived, CheckedIn, Diagnosed, WorkStarted)
"""What only somebody does who has taken up the job. Planning a visit is no act towards the customer (K01)."""
AT_THE_SITE = (Arrived, CheckedIn, WorkStarted)


def traced(before: Job, job: Job, fact: Fact) -> Job:
    """The job after a fact, with its first act, priority changes and holds brought up to date for the figures."""
    job = _with_first_act(before, job, fact)
    if before.opened_at is not None and job.priority is not before.priority:
        job = replace(job, priority_changes=(*job.priority_changes, _priority_change(before, job, fact)))
    if job.holds and isinstance(fact.body, AT_THE_SITE) and any(hold.ended_at is None for hold in job.holds):
        job = replace(job, holds=ended_holds(job.holds, fact.corrected_at))
    return job


def _with_first_act(before: Job, job: Job, fact: Fact) -> Job:
    act = _act(before, job, fact) if type(fact.body) in _MAY_BE_ACTS else None
    if act is None or (job.first_act is not None and job.first_act.at <= act.at):
        return job
    return replace(job, first_act=act)


def _act(before: Job, job: Job, fact: Fact) -> FirstAct | None:
    """The fact as a human act towards the customer, if it is one: accepting, calling, diagnosing, being there (K01)."""
    body, at = fact.body, fact.corrected_at
    match body:
        case _ if isinstance(body, ACTS):
            pass
        case JobOpened() if before.opened_at is not None:
            return None
        case JobOpened(first_response_at=told) if told is not None:
            at = min(told, at)
        case RequestAnswered(means=means) if means is not AnswerMeans.AUTOMATIC:
            at = next((each.at for each in reversed(job.answers) if each.fact_id == fact.id), at)
        case JobOpened() if fact.role is Role.TECHNICIAN:
            pass
        case CustomerContacted(reached=True):
            pass
        case _:
            return None
    return FirstAct(fact_id=fact.id, at=at, kind=KIND_BY_BODY[type(body)].name)


_MAY_BE_ACTS = frozenset((JobOpened, RequestAnswered, CustomerContacted, *ACTS))


def _priority_change(before: Job, job: Job, fact: Fact) -> PriorityChange:
    reason = fact.body.reason if isinstance(fact.body, DetailsAmended | CaseDecided) else None
    return PriorityChange(
        fact_id=fact.id,
        at=fact.corrected_at,
        was=before.priority,
        now=job.priority,
        reason=reason,
        by=fact.author_id,
        role=fact.role,
    )
