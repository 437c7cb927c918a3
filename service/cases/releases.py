"""Releasing facts from quarantine: one by its case, or all that wait for one job, in their authors' names.

The very bytes enter the log, at the time when it happened. What their author was answered then is answered again.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import JobOpened
from domain.facts.words import Code
from domain.people.actor import Actor, Role
from service.desk import actions
from service.desk.actions import RECORDED
from service.http.endpoint import Input, Output
from service.http.errors import Refused, Violation
from service.recording.batch import Batch
from service.recording.recording import record
from service.store.cases import cases, quarantine
from service.store.cases.quarantine import Held
from service.store.jobs import fact_log, jobs
from sync.candidates import Author
from sync.clock import Exchange
from sync.merge import JOB_UNKNOWN
from sync.protocol import Answer
from sync.record import Record, read

MOST = 2_000
"""The most facts that one call releases; the rest waits for the next call."""
STILL_UNREADABLE, FACT_ID_TAKEN = "still_unreadable", "fact_id_taken"
_ANSWER = msgspec.json.Decoder(Answer)


class ReleaseHeld(Input, frozen=True, kw_only=True):
    """Why what waits may enter the job's log. `codes` names why it was set aside; without it, whatever the reason."""

    reason: Annotated[str, Meta(min_length=1, max_length=200)]
    codes: Annotated[tuple[Code, ...], Meta(min_length=1, max_length=20)] | None = None


class ReleasedFact(Struct, frozen=True, kw_only=True):
    """A fact that is in the log now, and the case that was decided by it."""

    case_id: UUID
    fact_id: UUID
    log_number: int


class KeptFact(Struct, frozen=True, kw_only=True):
    """A fact that stays in quarantine, because of `code`: still unreadable, its id is used, or a gate refuses it."""

    case_id: UUID
    fact_id: UUID | None
    code: str


class Releases(Output, frozen=True, kw_only=True):
    """What was let out, in the order in which it arrived, and what was not; `more` waits for another call."""

    released: tuple[ReleasedFact, ...]
    kept: tuple[KeptFact, ...]
    more: bool


async def release(db: AsyncConnection, actor: Actor, held: Held, at: datetime) -> None:
    """Let out one fact, or say why not."""
    found = read(held.record, held.schema)
    if not isinstance(found, Record):
        raise _cannot(STILL_UNREADABLE)
    if await fact_log.find(db, actor.org_id, found.envelope.id) is not None:
        raise _cannot(FACT_ID_TAKEN)
    if not await _may_enter(db, actor, found.envelope.job_id, [found]):
        raise _cannot(JOB_UNKNOWN)
    recorded = await record(db, _batch(actor, held, at), [held.record])
    if recorded.outcomes[0] not in RECORDED:
        answer = _ANSWER.decode(recorded.answers[0])
        raise actions.refusal_of(answer, actor) if answer.findings else _cannot(JOB_UNKNOWN)


async def release_all(db: AsyncConnection, actor: Actor, job_id: UUID, body: ReleaseHeld) -> Releases:
    """Let out all that waits for the job and can be. What cannot be stays, and stops nothing else."""
    waiting = await quarantine.lock_of_job(db, actor.org_id, job_id, body.codes, MOST + 1)
    held, at = waiting[:MOST], datetime.now(UTC)
    records = {each.id: found for each in held if isinstance(found := read(each.record, each.schema), Record)}
    if not await _may_enter(db, actor, job_id, records.values()):
        raise Refused("not_found")
    kept = {each.id: STILL_UNREADABLE for each in held if each.id not in records}
    kept |= await _second_under_an_id(db, actor.org_id, records)
    fresh = [each for each in held if each.id not in kept]
    in_order = sorted(fresh, key=lambda each: _place(each, records[each.id]))
    # Apart: what is recorded together follows the device's counter, which may have the opening last.
    opening = [each for each in in_order if isinstance(records[each.id].body, JobOpened)]
    answers = await _recorded(db, actor, opening, at)
    answers |= await _recorded(db, actor, in_order[len(opening) :], at)
    kept |= {case_id: answer.code or JOB_UNKNOWN for case_id, answer in answers.items() if answer.log_number is None}
    released = [each.id for each in fresh if each.id not in kept]
    await quarantine.decide(db, actor.org_id, released, quarantine.RELEASED, actor.member_id, at, body.reason)
    await cases.set_decided(db, actor.org_id, released)
    return _releases(held, answers, kept, more=len(waiting) > MOST)


async def _may_enter(db: AsyncConnection, actor: Actor, job_id: UUID, records: Iterable[Record]) -> bool:
    """Whether the releaser may see the job, or one of these opens it where they may open one."""
    if await jobs.lock_seen(db, actor, job_id) is not None:
        return True
    opened = [each.body.outlet_id for each in records if isinstance(each.body, JobOpened)]
    opens = all(not actor.outlet_ids or outlet_id in actor.outlet_ids for outlet_id in opened)
    return bool(opened) and opens and not await jobs.lock(db, actor.org_id, [job_id])


async def _second_under_an_id(db: AsyncConnection, org_id: UUID, records: dict[UUID, Record]) -> dict[UUID, str]:
    """The cases whose fact bears an id that the log, or an older one of these, bears already."""
    used = await fact_log.logged_ids(db, org_id, {each.envelope.id for each in records.values()})
    second = {}
    for case_id, each in records.items():
        if each.envelope.id in used:
            second[case_id] = FACT_ID_TAKEN
        used.add(each.envelope.id)
    return second


def _place(held: Held, found: Record) -> tuple[bool, datetime, UUID, int, int]:
    """Who opened the job comes first, then who was heard first; what was sent together follows its counter."""
    offset_ms = held.clock_offset_ms or 0
    return not isinstance(found.body, JobOpened), held.recorded_at, held.device_id, offset_ms, found.envelope.seq or 0


async def _recorded(db: AsyncConnection, actor: Actor, held: Sequence[Held], at: datetime) -> dict[UUID, Answer]:
    """Push by push, as they came: facts of one author, one contract and one meeting of the clocks."""
    answers: dict[UUID, Answer] = {}
    for batch, together in groupby(held, key=lambda each: _batch(actor, each, at)):
        sent = list(together)
        recorded = await record(db, batch, [each.record for each in sent])
        answers |= {each.id: _ANSWER.decode(said) for each, said in zip(sent, recorded.answers, strict=True)}
    return answers


def _batch(actor: Actor, held: Held, at: datetime) -> Batch:
    author = Author(member_id=held.author_id, role=Role(held.author_role), device_id=held.device_id, outlet_ids=())
    ahead = None if held.clock_offset_ms is None else timedelta(milliseconds=held.clock_offset_ms)
    exchange = Exchange(server_at=at, device_at=None if ahead is None else at + ahead, uptime_ms=None, boot_id=None)
    return Batch(org_id=actor.org_id, author=author, exchange=exchange, released=True, schema=held.schema)


def _releases(held: Sequence[Held], answers: dict[UUID, Answer], kept: dict[UUID, str], *, more: bool) -> Releases:
    released = [
        ReleasedFact(case_id=case_id, fact_id=answer.fact_id, log_number=answer.log_number)
        for case_id, answer in answers.items()
        if answer.fact_id is not None and answer.log_number is not None
    ]
    left = [KeptFact(case_id=each.id, fact_id=each.fact_id, code=kept[each.id]) for each in held if each.id in kept]
    return Releases(released=tuple(released), kept=tuple(left), more=more)


def _cannot(code: str) -> Refused:
    return Refused("cannot_release", errors=(Violation("", code),))
