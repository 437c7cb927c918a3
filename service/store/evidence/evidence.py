"""Evidence: files that facts name and whose bytes are expected, written in the transaction that records the facts."""

import enum
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Row, Select, case, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import Fact
from domain.facts.kinds import KIND_BY_BODY
from domain.facts.shared import Purpose
from domain.job.document import Job
from domain.named_files import EXPECTED_WITHIN, named_files, taken_back
from domain.people.actor import Actor, Role
from domain.retention import REVIEWED_AFTER
from service.store.scopes import jobs_seen
from service.store.sets import insert_set, parameters
from service.store.tables import attachment_jobs, attachments, evidence, jobs, members

_COLUMNS = (
    "org_id",
    "job_id",
    "fact_id",
    "digest",
    "visit_id",
    "kind",
    "purpose",
    "member_id",
    "named_at",
    "due_at",
    "review_on",
)
_INSERT = insert_set(evidence, *_COLUMNS)

_MATCH = text("""
UPDATE evidence e SET received_at = sent.received_at
FROM attachment_jobs sent JOIN attachments a USING (org_id, digest)
WHERE e.org_id = :org_id AND e.job_id = ANY(CAST(:job_ids AS uuid[])) AND e.received_at IS NULL
    AND sent.org_id = e.org_id AND sent.job_id = e.job_id AND sent.digest = e.digest AND a.damaged_at IS NULL
""")

_TAKE_BACK = text("""
UPDATE evidence SET taken_back = fact_id = ANY(CAST(:gone AS uuid[]))
WHERE org_id = :org_id AND job_id = ANY(CAST(:job_ids AS uuid[]))
    AND taken_back IS DISTINCT FROM (fact_id = ANY(CAST(:gone AS uuid[])))
""")


class EvidenceState(enum.StrEnum):
    """Pending: the bytes are missing. Overdue: they should be there by now. Damaged: they were there once.

    Erased: their time was over.
    """

    PENDING = "pending"
    OVERDUE = "overdue"
    RECEIVED = "received"
    DAMAGED = "damaged"
    ERASED = "erased"


class Evidence(Struct, frozen=True, kw_only=True):
    """A file that a fact names, who owes its bytes, and until when. Times of what has not happened are null.

    `member_name` is null where the customer named it, whose drawing came first: nobody owes that.
    """

    job_id: UUID
    job_number: str
    fact_id: UUID
    fact_kind: str
    visit_id: UUID | None
    digest: str
    purpose: Purpose
    state: EvidenceState
    member_id: UUID
    member_name: str | None
    named_at: datetime
    due_at: datetime
    received_at: datetime | None
    erased_at: datetime | None


async def follow(
    db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job], facts: Sequence[Fact]
) -> None:
    """Expect the bytes that new facts name, and those of facts taken back no longer.

    Nothing where there is neither, else at most three statements whatever the number of facts.
    """
    rows = [row for fact in facts for row in _rows(org_id, fact)]
    told = {"org_id": org_id, "job_ids": [job.id for job in after]}
    if rows:
        await db.execute(_INSERT, parameters(_COLUMNS, rows))
        await db.execute(_MATCH, told)
    if any(new.retractions and (rows or new.retractions != old.retractions) for old, new in _both(before, after)):
        gone = [fact_id for job in after for fact_id in taken_back(job)]
        await db.execute(_TAKE_BACK, {**told, "gone": gone})


async def pending(
    db: AsyncConnection,
    actor: Actor,
    after: tuple[datetime, UUID, str] | None,
    limit: int,
    *conditions: ColumnElement[bool],
) -> list[Evidence]:
    """What is still to arrive, the earliest deadline first: a technician's own, of the actor's outlets at the desk."""
    query = _listed().where(evidence.c.org_id == actor.org_id, *expected(), _owed(actor), *conditions)
    key = (evidence.c.due_at, evidence.c.fact_id, evidence.c.digest)
    if after is not None:
        query = query.where(tuple_(*key) > (after[0], after[1], bytes.fromhex(after[2])))
    return [_evidence(row) for row in await db.execute(query.order_by(*key).limit(limit))]


async def was_erased(db: AsyncConnection, actor: Actor, digest: bytes) -> bool:
    """Whether a job that the actor sees names this file, and its time was over."""
    job = (jobs.c.org_id == evidence.c.org_id) & (jobs.c.id == evidence.c.job_id)
    own = (evidence.c.org_id == actor.org_id, evidence.c.digest == digest, evidence.c.erased_at.is_not(None))
    query = select(evidence.c.job_id).join(jobs, job).where(*own, jobs_seen(actor)).limit(1)
    return await db.scalar(query) is not None


async def of_job(db: AsyncConnection, actor: Actor, job_id: UUID) -> list[Evidence] | None:
    """Every file that the job's facts name, but for those taken back; None when the actor may not see the job."""
    seen = select(jobs.c.id).where(jobs.c.org_id == actor.org_id, jobs.c.id == job_id, jobs_seen(actor))
    if await db.scalar(seen) is None:
        return None
    own = (evidence.c.org_id == actor.org_id, evidence.c.job_id == job_id, ~evidence.c.taken_back)
    ordered = _listed().where(*own).order_by(evidence.c.named_at, evidence.c.fact_id, evidence.c.digest)
    return [_evidence(row) for row in await db.execute(ordered)]


def of_outlet(outlet_id: UUID) -> ColumnElement[bool]:
    return jobs.c.outlet_id == outlet_id


def of_one_job(job_id: UUID) -> ColumnElement[bool]:
    return evidence.c.job_id == job_id


def is_overdue(overdue: bool) -> ColumnElement[bool]:  # noqa: FBT001 (a filter's value as it was asked for)
    return (evidence.c.due_at < func.now()) == overdue


def expected() -> tuple[ColumnElement[bool], ...]:
    """Bytes are missing that somebody still waits for."""
    return evidence.c.received_at.is_(None), ~evidence.c.taken_back, evidence.c.erased_at.is_(None)


def _owed(actor: Actor) -> ColumnElement[bool]:
    """A technician's own photos trail also when the job is another's by now."""
    return evidence.c.member_id == actor.member_id if actor.role is Role.TECHNICIAN else jobs_seen(actor)


def _rows(org_id: UUID, fact: Fact) -> Iterator[tuple[object, ...]]:
    kind = KIND_BY_BODY[type(fact.body)].name
    for file in named_files(fact.body):
        due_at = fact.recorded_at + EXPECTED_WITHIN
        review_on = (fact.recorded_at + REVIEWED_AFTER).date()
        said = (fact.visit_id, kind, file.purpose.value, fact.author_id, fact.recorded_at, due_at, review_on)
        yield org_id, fact.job_id, fact.id, bytes.fromhex(file.digest), *said


def _both(before: Sequence[Job], after: Sequence[Job]) -> Iterator[tuple[Job, Job]]:
    return zip(before, after, strict=True)


def _listed() -> Select[Any]:
    own = evidence.c
    state = case(
        (own.erased_at.is_not(None), EvidenceState.ERASED.value),
        (own.received_at.is_not(None), EvidenceState.RECEIVED.value),
        (attachments.c.damaged_at.is_not(None) & attachment_jobs.c.job_id.is_not(None), EvidenceState.DAMAGED.value),
        (own.due_at < func.now(), EvidenceState.OVERDUE.value),
        else_=EvidenceState.PENDING.value,
    )
    sent = (attachment_jobs.c.org_id == own.org_id) & (attachment_jobs.c.job_id == own.job_id)
    named = (own.job_id, jobs.c.number.label("job_number"), own.fact_id, own.kind.label("fact_kind"), own.visit_id)
    owner = (own.member_id, members.c.name.label("member_name"))
    dates = (own.named_at, own.due_at, own.received_at, own.erased_at)
    return (
        select(*named, own.digest, own.purpose, state.label("state"), *owner, *dates)
        .join(jobs, (jobs.c.org_id == own.org_id) & (jobs.c.id == own.job_id))
        .outerjoin(members, (members.c.org_id == own.org_id) & (members.c.id == own.member_id))
        .outerjoin(attachment_jobs, sent & (attachment_jobs.c.digest == own.digest))
        .outerjoin(attachments, (attachments.c.org_id == own.org_id) & (attachments.c.digest == own.digest))
    )


def _evidence(row: Row[Any]) -> Evidence:
    # Labels come as a kind of text that the converter does not know.
    told = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 (the documented way to a mapping)
    return convert({**told, "digest": row.digest.hex()}, Evidence)
