"""Merging what a device recorded into one job: set union of facts, one fold, one answer for each fact.

There is no second path for late or offline work. A fact that comes last is folded onto the stored document; one that
belongs further up makes the fold start anew from the whole log, which the caller then has to provide.
"""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from domain.facts import Fact
from domain.facts.desk import JobOpened
from domain.fold import Folded, appended, fold, settle
from domain.job.cases import Finding
from domain.job.document import Job
from domain.people.actor import Role
from domain.people.authority import holds, objection
from domain.rules.table import RULE_BY_CODE
from sync.candidates import Candidate
from sync.protocol import Answer
from sync.verdicts import Verdict, refused, set_aside, verdicts

JOB_UNKNOWN = "job_unknown"
SERIAL_ELSEWHERE = "serial_elsewhere"
"""The piece was fitted in another job: its number was misread here or there."""


class Merged(Struct, frozen=True):
    """The job after the merge, and a verdict for each candidate in the order given."""

    state: Folded
    verdicts: tuple[Verdict, ...]


def merge(state: Folded, log: Sequence[Fact] | None, candidates: Sequence[Candidate]) -> Merged | None:
    """Fold the candidates into the job. None when the whole log is needed and `log` was not given.

    A refused or quarantined fact never stops another one.
    """
    first = state.memory.tail.length + 1
    accepted: list[tuple[Candidate, Fact]] = []
    answers: dict[int, Answer] = {}
    stale = False  # A fact belongs further up: folded anew once at the end, or when somebody has to be judged by it.
    for candidate in candidates:
        if candidate.completes is not None and candidate.completes not in {fact.id for _, fact in accepted}:
            continue
        fact = _fact(candidate, first + len(accepted), first)
        if stale and (candidate.strict or _objection(state, candidate, fact)):
            state, stale = _refold(state, log, accepted), False
        if (reason := _objection(state, candidate, fact) or _contradiction(candidate)) is not None:
            answers[candidate.index] = set_aside(candidate, reason)
            continue
        moved = None if stale else appended(state, fact)
        if moved is None and log is None:
            return None
        accepted.append((candidate, fact))
        if moved is None and candidate.strict:
            moved = _refold(state, log, accepted)
        if candidate.strict and moved is not None and (found := _refusals(moved.job, fact)):
            accepted.pop()
            answers[candidate.index] = refused(candidate, found)
            continue
        state, stale = (state, True) if moved is None else (moved, False)
    state = _refold(state, log, accepted) if stale else settle(state)
    return Merged(state, verdicts(state.job, candidates, accepted, answers))


def _refold(state: Folded, log: Sequence[Fact] | None, accepted: Sequence[tuple[Candidate, Fact]]) -> Folded:
    return fold(state.job.id, [*(log or ()), *(fact for _, fact in accepted)])


def _objection(state: Folded, candidate: Candidate, fact: Fact) -> str | None:
    """Why the author may not say this, as a code. A job that they may not see is answered as if it did not exist."""
    job, named = state.job, state.memory.named
    author, opening = candidate.author, isinstance(fact.body, JobOpened)
    if candidate.completes is not None:
        return None
    if candidate.nowhere or (not opening and job.opened_at is None):
        return JOB_UNKNOWN
    if candidate.released:
        return None
    held = author.role is Role.TECHNICIAN and holds(job, author.member_id, named)
    if author.outlet_ids and not held and not _outlets(job, fact) <= set(author.outlet_ids):
        return JOB_UNKNOWN
    reason = objection(job, fact, named)
    stranger = author.role is Role.TECHNICIAN and not opening and not held
    return JOB_UNKNOWN if reason is not None and stranger else reason


def _contradiction(candidate: Candidate) -> str | None:
    return candidate.elsewhere if candidate.strict else None


def _outlets(job: Job, fact: Fact) -> set[UUID]:
    """That of the job, and the one that the fact names."""
    return {each for each in (job.outlet_id, getattr(fact.body, "outlet_id", None)) if each is not None}


def _fact(candidate: Candidate, log_number: int, push_start: int) -> Fact:
    """The fact at this place. What is let out of quarantine together need not have come in one push."""
    envelope, author = candidate.record.envelope, candidate.author
    return Fact(
        id=envelope.id,
        job_id=envelope.job_id,
        visit_id=envelope.visit_id,
        body=candidate.record.body,
        author_id=author.member_id,
        role=author.role,
        device_id=author.device_id,
        seq=envelope.seq,
        base_version=envelope.base_version,
        log_number=log_number,
        happened_at=envelope.happened_at,
        uptime_ms=envelope.uptime_ms,
        boot_id=envelope.boot_id,
        corrected_at=candidate.corrected_at,
        grade=candidate.grade,
        recorded_at=candidate.recorded_at,
        push_start=log_number if candidate.released else push_start,
    )


def _refusals(job: Job, fact: Fact) -> list[Finding]:
    """The gates that this fact breaks: a strict fact is refused for them, any other gets findings."""
    return [each for each in job.findings if fact.id in each.fact_ids and RULE_BY_CODE[each.code].refuses]
