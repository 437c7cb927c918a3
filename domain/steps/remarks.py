"""What people add to a job besides the work: amended details, notes, files, reviews, complaints."""

from msgspec.structs import replace

from domain.cases import Break, broken
from domain.facts import Fact
from domain.facts.desk import ComplaintAnswered, ComplaintOpened, FollowedUp, Inspected
from domain.facts.door.customer import Rated
from domain.facts.shared import AttachmentAdded, Detail, DetailsAmended, FactRetracted, NoteAdded, says_nothing
from domain.facts.words import Priority, Result
from domain.job.document import Attachment, Complaint, Job, Note, Retraction, Review
from domain.steps.planning import JobStep


def amended(job: Job, _fact: Fact, body: DetailsAmended) -> JobStep:
    """One field set. A concurrent value that lost never reaches this (see `domain.conflicts.claims`)."""
    if says_nothing(body):
        return job, []
    return with_detail(job, body.field, None if body.clear else body.now), []


def with_detail(job: Job, field: Detail, value: str | None) -> Job:
    """The job with the detail set; the priority is also the job's own."""
    if field is Detail.PRIORITY:
        job = replace(job, priority=_priority(value, job.priority))
    return replace(job, details={**job.details, field: value})


def noted(job: Job, fact: Fact, body: NoteAdded) -> JobStep:
    """All notes are kept; they never conflict."""
    note = Note(fact_id=fact.id, at=fact.corrected_at, author_id=fact.author_id, text=body.text)
    return replace(job, notes=(*job.notes, note)), []


def attached(job: Job, fact: Fact, body: AttachmentAdded) -> JobStep:
    """A file by digest; the same file twice is listed once for each visit."""
    if (body.digest, fact.visit_id) in [(known.body.digest, known.visit_id) for known in job.attachments]:
        return job, []
    attachment = Attachment(fact_id=fact.id, at=fact.corrected_at, visit_id=fact.visit_id, body=body)
    return replace(job, attachments=(*job.attachments, attachment)), []


def inspected(job: Job, fact: Fact, body: Inspected) -> JobStep:
    """A quality inspection (K10, K13)."""
    return _reviewed(job, fact, "inspected", body.result, None, body.note), []


def followed_up(job: Job, fact: Fact, body: FollowedUp) -> JobStep:
    """A call back after the visit (K20)."""
    answers = {True: Result.PASS, False: Result.FAIL, None: None}
    return _reviewed(job, fact, "followed_up", answers[body.solved], None, body.note), []


def rated(job: Job, fact: Fact, body: Rated) -> JobStep:
    """The customer's rating, unedited (K14, K16)."""
    return _reviewed(job, fact, "rated", None, body.score, body.text), []


def complaint_opened(job: Job, fact: Fact, body: ComplaintOpened) -> JobStep:
    """Both clocks start (K18, K19)."""
    if any(complaint.id == body.complaint_id for complaint in job.complaints):
        return job, [broken("repeated_step", step="complaint_opened")]
    complaint = Complaint(
        id=body.complaint_id,
        cause_code=body.cause_code,
        opened_at=fact.corrected_at,
        answered_at=None,
        solved_at=None,
    )
    return replace(job, complaints=(*job.complaints, complaint)), []


def complaint_answered(job: Job, fact: Fact, body: ComplaintAnswered) -> JobStep:
    """The first answer stops one clock, the solution the other (K18, K19)."""
    found: list[Break] = []
    if not any(complaint.id == body.complaint_id for complaint in job.complaints):
        found.append(broken("step_out_of_order", step="complaint_answered", status="no complaint"))
    complaints = tuple(
        _answered(complaint, fact, body) if complaint.id == body.complaint_id else complaint
        for complaint in job.complaints
    )
    return replace(job, complaints=complaints), found


def retracted(job: Job, fact: Fact, body: FactRetracted) -> JobStep:
    """That a fact was taken back is itself part of the record."""
    retraction = Retraction(fact_id=fact.id, retracted_fact_id=body.fact_id, at=fact.corrected_at, reason=body.reason)
    return replace(job, retractions=(*job.retractions, retraction)), []


def _answered(complaint: Complaint, fact: Fact, body: ComplaintAnswered) -> Complaint:
    solved_at = complaint.solved_at or (fact.corrected_at if body.solved else None)
    return replace(complaint, answered_at=complaint.answered_at or fact.corrected_at, solved_at=solved_at)


def _reviewed(job: Job, fact: Fact, kind: str, result: Result | None, score: int | None, text: str | None) -> Job:
    review = Review(
        fact_id=fact.id,
        at=fact.corrected_at,
        kind=kind,
        visit_id=fact.visit_id,
        result=result,
        score=score,
        text=text,
    )
    return replace(job, reviews=(*job.reviews, review))


def _priority(value: str | None, known: Priority) -> Priority:
    """A priority that is not a known word changes nothing: the fold never raises."""
    return Priority(value) if value in tuple(Priority) else known
