"""What people do to a whole job: call it off, close it, open it again, amend it, remark on it, decide its warranty.

Each is one strict fact. With an `id` of the caller's own (the fact's) it may be sent again after a lost answer.
"""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import JobCancelled, JobClosed, JobReopened, WarrantyDecided
from domain.facts.shared import Detail, DetailsAmended, NoteAdded
from domain.facts.words import Line, Priority, Side, Text, Warranty
from domain.job.document import Job
from domain.people.actor import Actor
from service.desk import actions
from service.desk.actions import Action
from service.http.endpoint import EncodedJson, Input, post
from service.http.errors import Refused, Violation, invalid_body, unknown_value

PROBLEMS = ("not_found", "already_exists", "gate_refused", "version_changed")
Reason = Annotated[str, Meta(min_length=1, max_length=200)]


class CancelJob(Input, frozen=True, kw_only=True):
    """Why the promise is withdrawn, and by whom."""

    id: UUID | None = None
    side: Side
    reason: Reason


class CloseJob(Input, frozen=True, kw_only=True):
    """The loop is closed."""

    id: UUID | None = None
    reason: Line | None = None


class ReopenJob(Input, frozen=True, kw_only=True):
    """Why the promise stands again."""

    id: UUID | None = None
    reason: Reason


class AmendDetails(Input, frozen=True, kw_only=True):
    """One field: what its editor saw, and what it is now. To empty it, send `clear` and no `now`."""

    id: UUID | None = None
    field: Detail
    was: Text | None = None
    now: Text | None = None
    clear: bool = False


class AddNote(Input, frozen=True, kw_only=True):
    """A remark for whoever works on the job."""

    id: UUID | None = None
    text: Annotated[str, Meta(min_length=1, max_length=4000)]


class DecideWarranty(WarrantyDecided, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Covered or not, and why. An exclusion needs evidence, and the customer told."""

    id: UUID | None = None


@post(
    "/v1/jobs/{job_id}/cancellation",
    right="cancel_jobs",
    problems=PROBLEMS,
    response=Job,
    example=CancelJob(side=Side.CUSTOMER, reason="顾客改为自行处理"),
    tag="jobs",
)
async def cancel_job(
    actor: Actor, db: AsyncConnection, job_id: UUID, body: CancelJob, expected_version: int | None
) -> EncodedJson:
    """Call a job off.

    Refused once the work is done. Work that somebody does unaware is kept all the same, and shown for review.
    """
    said = JobCancelled(side=body.side, reason=body.reason)
    return await _recorded(db, actor, job_id, body.id, said, expected_version)


@post(
    "/v1/jobs/{job_id}/closure",
    right="close_jobs",
    problems=PROBLEMS,
    response=Job,
    example=CloseJob(reason="已回访"),
    tag="jobs",
)
async def close_job(
    actor: Actor, db: AsyncConnection, job_id: UUID, body: CloseJob, expected_version: int | None
) -> EncodedJson:
    """Close a job; refused while a case that blocks closing waits for a decision."""
    return await _recorded(db, actor, job_id, body.id, JobClosed(reason=body.reason), expected_version)


@post(
    "/v1/jobs/{job_id}/reopening",
    right="close_jobs",
    problems=PROBLEMS,
    response=Job,
    example=ReopenJob(reason="故障再次出现"),
    tag="jobs",
)
async def reopen_job(
    actor: Actor, db: AsyncConnection, job_id: UUID, body: ReopenJob, expected_version: int | None
) -> EncodedJson:
    """Open a closed or cancelled job again."""
    return await _recorded(db, actor, job_id, body.id, JobReopened(reason=body.reason), expected_version)


@post(
    "/v1/jobs/{job_id}/details",
    right="amend_jobs",
    problems=(*PROBLEMS, "detail_changed"),
    response=Job,
    example=AmendDetails(field=Detail.ACCESS_NOTE, now="东门进，三单元"),
    tag="jobs",
)
async def amend_job_details(
    actor: Actor, db: AsyncConnection, job_id: UUID, body: AmendDetails, expected_version: int | None
) -> EncodedJson:
    """Set one field of a job, from the value that its editor saw.

    When somebody else set the field meanwhile, nothing is overwritten: the answer is `detail_changed`.
    """
    _require_sayable(body)
    amended = DetailsAmended(field=body.field, was=body.was, now=body.now, clear=body.clear)
    action = Action(job_id=job_id, body=amended, fact_id=body.id)
    job, logged = await actions.take_up(db, actor, job_id, expected_version, body.id)
    if logged is None and _current(job, body.field) != body.was:
        raise Refused("detail_changed", current=job)
    done = await actions.act(db, actor, action, None if logged else expected_version)
    return EncodedJson(done.document, version=done.version)


@post(
    "/v1/jobs/{job_id}/notes",
    right="amend_jobs",
    status=201,
    problems=PROBLEMS,
    response=Job,
    example=AddNote(text="顾客要求到达前半小时致电"),
    tag="jobs",
)
async def add_job_note(
    actor: Actor, db: AsyncConnection, job_id: UUID, body: AddNote, expected_version: int | None
) -> EncodedJson:
    """Add a remark to a job. Remarks never conflict; all are kept."""
    return await _recorded(db, actor, job_id, body.id, NoteAdded(text=body.text), expected_version)


@post(
    "/v1/jobs/{job_id}/warranty-decision",
    right="decide_warranty",
    problems=PROBLEMS,
    response=Job,
    example=DecideWarranty(decision=Warranty.COVERED_MAIN_PART, basis="购机 20 个月，压缩机在三年主要部件保修期内"),
    tag="jobs",
)
async def decide_warranty(
    actor: Actor, db: AsyncConnection, job_id: UUID, body: DecideWarranty, expected_version: int | None
) -> EncodedJson:
    """Decide whether a job is covered by warranty; a later decision replaces an earlier one."""
    decided = WarrantyDecided(**{name: getattr(body, name) for name in WarrantyDecided.__struct_fields__})
    return await _recorded(db, actor, job_id, body.id, decided, expected_version)


async def _recorded(
    db: AsyncConnection, actor: Actor, job_id: UUID, fact_id: UUID | None, body: Struct, expected_version: int | None
) -> EncodedJson:
    done = await actions.act(db, actor, Action(job_id=job_id, body=body, fact_id=fact_id), expected_version)
    return EncodedJson(done.document, version=done.version)


def _current(job: Job, field: Detail) -> str | None:
    return job.priority.value if field is Detail.PRIORITY else job.details.get(field)


def _require_sayable(body: AmendDetails) -> None:
    found = None
    if body.clear == (body.now is not None):
        found = Violation("/now", "nothing_said")
    elif body.field is Detail.PRIORITY and body.now not in tuple(Priority):
        found = unknown_value("/now", Priority)
    if found is not None:
        raise invalid_body(found)
