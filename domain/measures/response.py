"""How fast somebody saw to a request: a human act, not an automatic receipt (K01, K02)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.facts.words import Priority, Side
from domain.job.document import Job
from domain.measures.course import Course, later, seconds_between
from domain.measures.measure import Tally
from domain.people.actor import Role

LIMITS = {Priority.NORMAL: ("K01", timedelta(hours=24)), Priority.URGENT: ("K02", timedelta(hours=1))}


def of_job(course: Course) -> Iterator[Tally]:
    """Normal jobs within 24 hours of the request, urgent ones within one hour of being so; both limits inclusive."""
    priority, since = _clock(course.job)
    if since is None:
        return
    kpi, limit = LIMITS[priority]
    deadline, act, cancellation = later(since, limit), course.job.first_act, course.job.cancellation
    seconds = None if act is None else seconds_between(since, act.at)
    if act is not None and act.at <= deadline:
        low = any(course.low_graded(visit, act.kind) for visit in course.job.visits)
        yield Tally(kpi, max(act.at, since), 1, low_graded=low, seconds=seconds)
    elif cancellation is not None and cancellation.side == Side.CUSTOMER and cancellation.at <= deadline:
        yield Tally(kpi, cancellation.at, 0, excluded="customer_cancelled")
    else:
        yield Tally(kpi, deadline, 0, seconds=seconds)


def _clock(job: Job) -> tuple[Priority, datetime | None]:
    """The priority that counts, and since when. Raised, the clock starts anew, unless the limit before was missed.

    Lowered by a supervisor, it was never urgent: the day runs from the report (K02). Nobody else lowers it.
    """
    priority, since = job.priority, job.reported_at
    if job.priority_changes:
        priority = job.priority_changes[0].was
    for change in job.priority_changes:
        if change.now is Priority.URGENT and priority is Priority.NORMAL:
            if _is_missed(job, priority, since, change.at):
                break
            priority, since = change.now, change.at
        elif change.now is Priority.NORMAL and change.role is Role.SUPERVISOR:
            priority, since = change.now, job.reported_at
    return priority, since


def _is_missed(job: Job, priority: Priority, since: datetime | None, at: datetime) -> bool:
    """Whether nobody had seen to the request by its limit, which was over at this moment."""
    if since is None:
        return False
    deadline = later(since, LIMITS[priority][1])
    return deadline < at and (job.first_act is None or job.first_act.at > deadline)
