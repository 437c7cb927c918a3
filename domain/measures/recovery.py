"""Failures of service, and whether they were made good within 48 hours (K28)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from domain.facts.handling import FailureKind
from domain.measures.arrival import is_awaited, is_told, promise
from domain.measures.course import Course, later
from domain.measures.measure import Tally
from domain.measures.voice import BAD_SCORE, complaints, rating_of

RECOVERY_LIMIT, VERY_LATE = timedelta(hours=48), timedelta(minutes=30)


class Failure(Struct, frozen=True):
    """What went wrong, and when that was certain. `fact_ids` are what a recovery may name."""

    kind: FailureKind
    at: datetime
    fact_ids: frozenset[UUID] = frozenset()


def of_job(course: Course) -> Iterator[Tally]:
    """Each failure by itself."""
    for failure in failures(course):
        deadline = later(failure.at, RECOVERY_LIMIT)
        done = min((at for at in _recoveries(course, failure) if at <= deadline), default=None)
        yield Tally("K28", done or deadline, int(done is not None))


def failures(course: Course) -> Iterator[Failure]:
    """Late by more than 30 minutes without notice, a confirmed error, a rating of 1 or 2, a complaint upheld.

    Who never came is late as well.
    """
    yield from _latenesses(course)
    for error in course.job.errors:
        if error.proven:
            yield Failure(FailureKind.ERROR, error.at, frozenset({error.fact_id}))
    rating = rating_of(course)
    if rating is not None and rating.score is not None and rating.score <= BAD_SCORE:
        yield Failure(FailureKind.LOW_RATING, rating.at, frozenset({rating.fact_id}))
    for complaint in complaints(course):
        if complaint.upheld and complaint.closed_at is not None:
            yield Failure(FailureKind.COMPLAINT, complaint.closed_at, frozenset(complaint.fact_ids))


def _latenesses(course: Course) -> Iterator[Failure]:
    for visit in course.job.visits:
        if not course.promised(visit):
            continue
        promised, _ = promise(course, visit)
        tolerated = later(promised.end, VERY_LATE)
        late = visit.arrived_at is None or visit.arrived_at > tolerated
        if late and is_awaited(course, visit, tolerated) and not is_told(course, visit):
            yield Failure(FailureKind.LATE, tolerated)


def _recoveries(course: Course, failure: Failure) -> Iterator[datetime]:
    """What was done about this failure, or about any of its kind."""
    for recovery in course.job.recoveries:
        named = recovery.failed_fact_id is None or not failure.fact_ids or recovery.failed_fact_id in failure.fact_ids
        if recovery.failure is failure.kind and named and recovery.at >= failure.at:
            yield recovery.at
