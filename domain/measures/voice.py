"""What customers said, and what was done about it (K14 to K20, K28, K40)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from domain.facts.door.customer import Rated, RatedOn
from domain.job.feedback import Complaint, Review
from domain.job.visit import Visit
from domain.measures.course import Course, is_completed, later
from domain.measures.measure import Tally

RATING_LIMIT = timedelta(days=7)
CONTACT_LIMIT, SOLUTION_LIMIT = timedelta(hours=24), timedelta(hours=48)
BAD_SCORE, GOOD_SCORE, BEST_SCORE = 2, 4, 5
DIMENSIONS = {
    "K15a": "attitude",
    "K15b": "timeliness",
    "K15c": "skill",
    "K15d": "fee_clarity",
    "K15e": "tidiness",
}


def of_job(course: Course) -> Iterator[Tally]:
    """Ratings and complaints of the job."""
    yield from _ratings(course)
    for complaint in complaints(course):
        yield from _complaint(complaint)


def of_visit(course: Course, visit: Visit) -> Iterator[Tally]:
    """Complaints against visits; one that names none of them is the last one's (K40)."""
    if visit.ended_at is not None and is_completed(visit):
        yield Tally("K40", visit.ended_at, 0)
    for complaint in complaints(course):
        if _against(course, complaint) == visit.id:
            yield Tally("K40", complaint.opened_at, 1, 0)


def complaints(course: Course) -> list[Complaint]:
    """Those that are linked to a visit: by name, or because somebody had been there."""
    if not course.job.complaints:
        return []
    known = {visit.id for visit in course.job.visits}
    return [each for each in course.job.complaints if each.visit_id in known or course.attended]


def rating_of(course: Course) -> Review | None:
    """The one rating that counts: the last before the deadline that nobody voided."""
    valid = [each for each in _in_time(course) if each.voided is None]
    return max(valid, key=lambda each: (each.at, each.fact_id), default=None)


def rating_deadline(course: Course) -> datetime | None:
    """Until when a rating counts: as the customer was told, else 7 days after completion.

    To be asked about the outcome of a complaint puts nothing off.
    """
    asked = [each for each in course.job.rating_requests if each.complaint_id is None]
    told = [each.until for each in asked if each.until is not None]
    if told:
        return max(told)
    return None if course.completed_at is None else later(course.completed_at, RATING_LIMIT)


def _against(course: Course, complaint: Complaint) -> UUID | None:
    known = any(visit.id == complaint.visit_id for visit in course.job.visits)
    return complaint.visit_id if known else course.attended[-1].id


def _in_time(course: Course) -> list[Review]:
    ratings = [each for each in course.job.reviews if each.rating is not None]
    if not ratings:
        return []
    deadline = rating_deadline(course)
    return [each for each in ratings if deadline is None or each.at <= deadline]


def _ratings(course: Course) -> Iterator[Tally]:
    for voided in (each for each in _in_time(course) if each.voided is not None):
        assert voided.voided is not None
        yield Tally("K14", voided.at, 0, excluded=f"voided_{voided.voided.reason}")
    review, deadline = rating_of(course), rating_deadline(course)
    if review is not None and review.rating is not None:
        yield from _scores(review.at, review.rating)
    if course.completed_at is not None and deadline is not None:
        yield Tally("K16", deadline, int(review is not None))


def _scores(at: datetime, rating: Rated) -> Iterator[Tally]:
    yield Tally("K14", at, int(rating.score >= GOOD_SCORE))
    yield Tally("K14b", at, int(rating.given_on is RatedOn.TECHNICIAN))
    yield Tally("K15", at, rating.score - 1, BEST_SCORE - 1)
    for kpi, name in DIMENSIONS.items():
        score: int | None = getattr(rating, name)
        if score is not None:
            yield Tally(kpi, at, score - 1, BEST_SCORE - 1)


def _complaint(complaint: Complaint) -> Iterator[Tally]:
    """A human within 24 hours, a solution within 48, both from the receipt; in the end result and rating (K18, K19)."""
    contact = _within("K18", complaint.opened_at, CONTACT_LIMIT, complaint.answered_at)
    solution = _within("K19", complaint.opened_at, SOLUTION_LIMIT, complaint.solution_offered_at)
    yield contact
    yield solution
    if complaint.closed_at is not None:
        told = complaint.result_told_at is not None and complaint.rating_asked_at is not None
        yield Tally("K19b", complaint.closed_at, int(told))


def _within(kpi: str, since: datetime, limit: timedelta, done_at: datetime | None) -> Tally:
    deadline = later(since, limit)
    in_time = done_at is not None and done_at <= deadline
    return Tally(kpi, max(since, min(done_at or deadline, deadline)), int(in_time))
