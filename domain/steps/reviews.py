"""What others say of the work: inspections, calls back, ratings, and the errors that they show."""

from uuid import UUID

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.door.customer import Rated
from domain.facts.feedback import ErrorConfirmed, ErrorSource, FollowedUp, Inspected, RatingAsked, RatingVoided
from domain.facts.words import Result
from domain.job.document import Job
from domain.job.feedback import ConfirmedError, RatingRequest, Review, Voided
from domain.steps.result import JobStep


def inspected(job: Job, fact: Fact, body: Inspected) -> JobStep:
    """A quality inspection (K10, K13); nobody inspects their own work."""
    own = any(visit.id == fact.visit_id and visit.technician_id == fact.author_id for visit in job.visits)
    review = replace(_review(fact, "inspected", body.note), result=body.result)
    return _reviewed(job, review), [broken("inspected_own_work")] if own else []


def followed_up(job: Job, fact: Fact, body: FollowedUp) -> JobStep:
    """A call back after the visit, reached or not (K20)."""
    answers = {True: Result.PASS, False: Result.FAIL, None: None}
    review = replace(_review(fact, "followed_up", body.note), result=answers[body.solved], reached=body.reached)
    return _reviewed(job, review), []


def rated(job: Job, fact: Fact, body: Rated) -> JobStep:
    """The customer's rating, unedited (K14, K16). Their word on uniform and badge goes before the check-in (K32)."""
    review = replace(_review(fact, "rated", body.text), score=body.score, rating=body)
    return _reviewed(job, review), _denied(job, fact) if body.identity_shown is False else []


def rating_asked(job: Job, fact: Fact, body: RatingAsked) -> JobStep:
    """The customer was asked (K16); for a complaint that is part of its loop (K19b)."""
    asked = RatingRequest(fact_id=fact.id, at=fact.corrected_at, until=body.until, complaint_id=body.complaint_id)
    complaints = tuple(
        replace(known, rating_asked_at=known.rating_asked_at or asked.at, fact_ids=(*known.fact_ids, fact.id))
        if known.id == body.complaint_id
        else known
        for known in job.complaints
    )
    return replace(job, rating_requests=(*job.rating_requests, asked), complaints=complaints), []


def rating_voided(job: Job, fact: Fact, body: RatingVoided) -> JobStep:
    """A rating does not count; the first word stands (K14)."""
    rating = next((each for each in job.reviews if each.fact_id == body.rating_fact_id), None)
    if rating is None or rating.rating is None:
        return job, [broken("step_out_of_order", step="rating_voided", status="no rating")]
    if rating.voided is not None:
        return job, [broken("repeated_step", step="rating_voided")]
    voided = Voided(fact_id=fact.id, at=fact.corrected_at, by=fact.author_id, reason=body.reason, note=body.note)
    reviews = tuple(replace(each, voided=voided) if each is rating else each for each in job.reviews)
    return replace(job, reviews=reviews), []


def error_confirmed(job: Job, fact: Fact, body: ErrorConfirmed) -> JobStep:
    """An error, if what shows it is on record; else it waits for a person and counts for nothing (K10)."""
    error = ConfirmedError(
        fact_id=fact.id,
        at=fact.corrected_at,
        visit_id=fact.visit_id,
        by=fact.author_id,
        proven=_shows(job, fact.visit_id, body),
        body=body,
    )
    found = [] if error.proven else [broken("error_unproven", source=body.source)]
    return replace(job, errors=(*job.errors, error)), found


def _review(fact: Fact, kind: str, text: str | None) -> Review:
    return Review(
        fact_id=fact.id,
        at=fact.corrected_at,
        kind=kind,
        visit_id=fact.visit_id,
        result=None,
        score=None,
        text=text,
        by=fact.author_id,
        role=fact.role,
        reached=None,
        rating=None,
        voided=None,
    )


def _reviewed(job: Job, review: Review) -> Job:
    return replace(job, reviews=(*job.reviews, review))


def _denied(job: Job, fact: Fact) -> list[BrokenRule]:
    """The visit that the rating speaks of, else the last one with a check-in, says that both were shown."""
    checked_in = [visit for visit in job.visits if visit.check_in is not None]
    visit = next((each for each in checked_in if each.id == fact.visit_id), checked_in[-1] if checked_in else None)
    if visit is None or visit.check_in is None:
        return []
    shown = {visit.check_in.body.uniform.result, visit.check_in.body.badge.result} == {Result.PASS}
    return [broken("identity_denied", tell=visit.id)] if shown else []


def _shows(job: Job, visit_id: UUID | None, body: ErrorConfirmed) -> bool:
    match body.source:
        case ErrorSource.INSPECTION:
            kinds = [(review.kind, review.visit_id, review.result) for review in job.reviews]
            return ("inspected", visit_id, Result.FAIL) in kinds
        case ErrorSource.COMPLAINT:
            return any(known.id == body.complaint_id and known.upheld for known in job.complaints)
        case ErrorSource.REPEAT_VISIT:
            return body.repeat_job_id is not None and body.repeat_job_id != job.id
