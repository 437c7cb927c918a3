"""Whether the loop was closed after the work: report, sign-off, money, follow-up, archive (K17, K20)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.facts.door.fees import Consent
from domain.job.feedback import Review
from domain.measures.course import Course, later
from domain.measures.fees import settled
from domain.measures.measure import Tally

CLOSING_LIMIT, FOLLOW_UP_LIMIT = timedelta(days=7), timedelta(days=3)
ATTEMPTS_ENOUGH = 2


def of_job(course: Course) -> Iterator[Tally]:
    """What a completed job counts, also one whose quote was refused: it is called back about, settled and closed."""
    done = course.completed_at
    if done is None:
        return
    calls = follow_ups(course)
    yield _by("K20", later(done, FOLLOW_UP_LIMIT), min((each.at for each in calls), default=None))
    yield _by("K20b", later(done, FOLLOW_UP_LIMIT), min((each.at for each in calls if each.reached), default=None))
    yield _by("K17", later(done, CLOSING_LIMIT), _last(steps(course)))


def steps(course: Course) -> dict[str, datetime | None]:
    """When each step of the loop was done; null for one that is missing."""
    job, visit = course.job, course.completing
    return {
        "report_delivered": None if job.report is None else job.report.at,
        "signed_off": None if visit is None else _signed_at(course),
        "settled": settled(job) if job.money.charged_fen > 0 else course.completed_at,
        "followed_up": _followed_up_at(follow_ups(course)),
        "closed": job.closed_at,
    }


def follow_ups(course: Course) -> list[Review]:
    """Calls back after the completion, by somebody else than who did the work, oldest first."""
    workers = {visit.technician_id for visit in course.job.visits}
    calls = [each for each in course.job.reviews if each.kind == "followed_up" and each.by not in workers]
    return sorted((each for each in calls if course.completed_at and each.at >= course.completed_at), key=_at)


def _signed_at(course: Course) -> datetime | None:
    """Signed, or refused or absent for a reason that is on record; who refused the fees has nothing to sign."""
    if course.declined:
        return course.completed_at
    sign_off = None if course.completing is None else course.completing.sign_off
    if sign_off is None or (sign_off.method in (Consent.REFUSED, Consent.ABSENT) and not sign_off.reason):
        return None
    return sign_off.at


def _followed_up_at(calls: list[Review]) -> datetime | None:
    """Reached once, or tried twice."""
    reached = next((each.at for each in calls if each.reached), None)
    tried = calls[ATTEMPTS_ENOUGH - 1].at if len(calls) >= ATTEMPTS_ENOUGH else None
    return min((at for at in (reached, tried) if at is not None), default=None)


def _last(done: dict[str, datetime | None]) -> datetime | None:
    moments = [at for at in done.values() if at is not None]
    return max(moments) if len(moments) == len(done) else None


def _by(kpi: str, deadline: datetime, done_at: datetime | None) -> Tally:
    return Tally(kpi, min(done_at or deadline, deadline), int(done_at is not None and done_at <= deadline))


def _at(review: Review) -> datetime:
    return review.at
