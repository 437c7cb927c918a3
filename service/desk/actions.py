"""One thing that somebody does to one job, at a desk or on a phone that is online: one strict fact.

Strict: what would break a gate is refused with the reasons, and nothing is recorded. What happens offline comes by
push instead, where nothing that happened is refused.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.door.work import PartUsed
from domain.facts.kinds import KIND_BY_BODY
from domain.job.document import Job
from domain.job.visit import Visit
from domain.people.actor import Actor
from service.http.errors import Reason, Refused, Violation, invalid_body
from service.recording.batch import Batch
from service.recording.recording import record
from service.store.jobs import fact_log, job_pages, jobs
from service.store.jobs.fact_log import LoggedFact
from sync.candidates import Author
from sync.clock import Exchange
from sync.intake import FACT_ID_REUSED
from sync.merge import JOB_UNKNOWN, SERIAL_ELSEWHERE
from sync.protocol import Answer, Outcome

RECORDED = frozenset({Outcome.RECORDED, Outcome.RECORDED_WITH_FINDINGS})
_ANSWER = msgspec.json.Decoder(Answer)


class Action(Struct, frozen=True, kw_only=True):
    """What is to be recorded. By default it happens now, and its author has seen the job as it stands."""

    job_id: UUID
    body: Struct
    fact_id: UUID | None = None
    visit_id: UUID | None = None
    happened_at: datetime | None = None
    base_version: int | None = None
    seq: int | None = None


class Done(Struct, frozen=True):
    """An action that is recorded: the encoded answer to its author, and the job's stored document with its version."""

    answer: bytes
    document: bytes
    version: int


async def act(db: AsyncConnection, actor: Actor, action: Action, expected_version: int | None = None) -> Done:
    """Record the action once: sent again under the same id, it gets its first answer again."""
    job, logged = await take_up(db, actor, action.job_id, expected_version, action.fact_id)
    if logged is not None:
        require_same(logged, action)
        return await answer_again(db, actor, logged)
    if action.visit_id is not None and KIND_BY_BODY[type(action.body)].of_visit:
        visit_of(job, action.visit_id)
    return await carry_out(db, actor, job, action)


async def take_up(
    db: AsyncConnection,
    actor: Actor,
    job_id: UUID,
    expected_version: int | None = None,
    fact_id: UUID | None = None,
) -> tuple[Job, LoggedFact | None]:
    """Lock the job until the transaction ends; answers it, and the fact that the log already holds under this id.

    A job that the actor may not see is `not_found`; another version than the expected one is `version_changed`.
    """
    locked = await jobs.lock_seen(db, actor, job_id)
    if locked is None:
        raise Refused("not_found")
    job = locked.shown
    logged = None if fact_id is None else await fact_log.find(db, actor.org_id, fact_id)
    if logged is None and expected_version not in (None, job.version):
        raise Refused("version_changed", current=job, expected=expected_version, actual=job.version)
    return job, logged


async def carry_out(db: AsyncConnection, actor: Actor, job: Job, action: Action) -> Done:
    """Record the action on a job that this transaction has locked, or refuse with the reasons."""
    if action.fact_id is not None and await fact_log.is_held(db, actor.org_id, action.fact_id):
        raise Refused("already_exists")
    at = datetime.now(UTC)
    exchange = Exchange(server_at=at, device_at=None, uptime_ms=None, boot_id=None)
    batch = Batch(org_id=actor.org_id, author=author_of(actor), exchange=exchange, strict=True)
    recorded = await record(db, batch, [_fact(action, job.version, at)])
    if recorded.outcomes[0] not in RECORDED:
        raise refusal_of(_ANSWER.decode(recorded.answers[0]), actor, action.body)
    saved = recorded.documents[job.id]
    return Done(recorded.answers[0], saved.body, saved.version)


async def answer_again(db: AsyncConnection, actor: Actor, logged: LoggedFact) -> Done:
    """The first answer again, with the job as it stands now."""
    stored = await job_pages.document(db, actor, logged.job_id)
    if stored is None:
        raise Refused("already_exists")
    return Done(logged.answer, *stored)


def require_same(logged: LoggedFact, action: Action) -> None:
    """Refuse the id of a fact that says something else."""
    envelope = logged.record.envelope
    same = (logged.job_id, envelope.visit_id, logged.record.body) == (action.job_id, action.visit_id, action.body)
    if not same:
        raise Refused("already_exists")


def visit_of(job: Job, visit_id: UUID) -> Visit:
    """The visit of the job with this id, or `not_found`."""
    for visit in job.visits:
        if visit.id == visit_id:
            return visit
    raise Refused("not_found")


def author_of(actor: Actor) -> Author:
    return Author(member_id=actor.member_id, role=actor.role, device_id=actor.device_id, outlet_ids=actor.outlet_ids)


def refusal_of(answer: Answer, actor: Actor, body: Struct | None = None) -> Refused:
    """Why a strict fact was not recorded, as a problem."""
    if answer.findings:
        reasons = tuple(Reason("", found.code, found.zh, found.en) for found in answer.findings)
        return Refused("gate_refused", errors=reasons)
    if answer.outcome is Outcome.UNREADABLE:
        return invalid_body(Violation(answer.pointer or "", "invalid"))
    if answer.code == SERIAL_ELSEWHERE and isinstance(body, PartUsed):
        return Refused(SERIAL_ELSEWHERE, serial=body.serial_in)
    if answer.code == "role_may_not_record":
        return Refused("not_permitted", role=actor.role.value)
    return Refused(
        {JOB_UNKNOWN: "not_found", FACT_ID_REUSED: "already_exists"}.get(answer.code or "", "not_your_visit")
    )


def _fact(action: Action, version: int, at: datetime) -> bytes:
    envelope = {
        "id": action.fact_id or uuid4(),
        "job_id": action.job_id,
        "visit_id": action.visit_id,
        "seq": action.seq,
        "happened_at": action.happened_at or at,
        "base_version": version if action.base_version is None else action.base_version,
    }
    return msgspec.json.encode({**envelope, KIND_BY_BODY[type(action.body)].name: action.body})
