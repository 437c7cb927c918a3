"""What people add to a job besides the work: amended details, notes, files."""

from msgspec import Struct
from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.shared import AttachmentAdded, Detail, DetailsAmended, FactRetracted, NoteAdded, says_nothing
from domain.facts.words import Priority
from domain.job.document import Attachment, Job, Note, Retraction
from domain.people.actor import Role
from domain.steps.result import JobStep


def amended(job: Job, fact: Fact, body: DetailsAmended) -> JobStep:
    """One field set. A concurrent value that lost never reaches this (see `domain.conflicts.claims`)."""
    if says_nothing(body):
        return job, []
    changed = with_detail(job, body.field, None if body.clear else body.now)
    return changed, _priority_gaps(job, changed, fact, body)


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


def unchanged(job: Job, _fact: Fact, _body: Struct) -> JobStep:
    """What the fold remembers and the document does not show: a code that was issued."""
    return job, []


def retracted(job: Job, fact: Fact, body: FactRetracted) -> JobStep:
    """That a fact was taken back is itself part of the record."""
    retraction = Retraction(fact_id=fact.id, retracted_fact_id=body.fact_id, at=fact.corrected_at, reason=body.reason)
    return replace(job, retractions=(*job.retractions, retraction)), []


def _priority_gaps(job: Job, changed: Job, fact: Fact, body: DetailsAmended) -> list[BrokenRule]:
    """A priority is changed for a stated reason, and lowered by a supervisor only (K02)."""
    if job.opened_at is None or changed.priority is job.priority:
        return []
    found = [] if body.reason else [broken("priority_without_reason")]
    lowered = changed.priority is Priority.NORMAL and fact.role is not Role.SUPERVISOR
    return [*found, broken("priority_lowered")] if lowered else found


def _priority(value: str | None, known: Priority) -> Priority:
    """A priority that is not a known word changes nothing: the fold never raises."""
    return Priority(value) if value in tuple(Priority) else known
