"""`fold(facts) -> Job`: pure, total, deterministic, and the same for every order of arrival.

Facts are taken in the order of `domain.order`, and each goes through `_apply` once:

1. a value that others can set as well stands, or loses and becomes a conflict (`domain.conflicts`);
2. the step of its kind changes job or visit and names the rules that it breaks (`domain.steps.table`);
3. rules that need more than the job judge it (`domain.memory_rules`); each broken rule becomes a finding;
4. what figures and later facts need of it is kept (`domain.steps.traces`, `domain.memory`).

Then `settle` derives status, records, money and version, once for all of the facts.

Forward, `appended` does the same from a stored document and its memory, if the fact comes last (`domain.order.after`)
and nothing further up changes by it (`_needs_log`). Else it says None, and the caller folds the whole log again. Both
give the same document: a law test compares them, with `go_on` for many facts at once.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.cases.findings import broken, with_finding
from domain.conflicts.decisions import Seen, decided, needs_log
from domain.conflicts.values import claimed
from domain.facts import Fact, saw
from domain.facts.desk import CaseDecided, JobOpened, PlanFrozen
from domain.facts.issued_codes import CustomerCodeIssued, PriceCodeIssued
from domain.facts.shared import FactRetracted
from domain.job.document import LOW_GRADES, Job
from domain.job.statuses import JobStatus
from domain.memory import Memory, remembering, with_last
from domain.memory_rules import broken_rules
from domain.order import Arranged, after, arranged
from domain.people.authority import may_retract, planned
from domain.prices.permits import permitted, undone_by_codes
from domain.steps.frozen_plans import completed, frozen_plans, waiting
from domain.steps.reasons import reasoned, unseen_cancellation
from domain.steps.status import settled
from domain.steps.table import step, visit_of
from domain.steps.traces import traced

MOST_LOOKED_BACK = 8
"""So many decisions of one job are looked up in what their authors saw: more than any day asks for, and a bound."""

_MAY_LOOK_BACK = frozenset({FactRetracted, CaseDecided, PriceCodeIssued, CustomerCodeIssued, PlanFrozen})


class Folded(Struct, frozen=True):
    """A job as its facts stand, and the memory to go on from there."""

    job: Job
    memory: Memory


def empty(job_id: UUID) -> Folded:
    """The job before its first fact."""
    return Folded(Job(id=job_id, version=0, status=JobStatus.OPEN, number=_number(job_id)), Memory())


def fold(job_id: UUID, facts: Iterable[Fact]) -> Folded:
    """All facts of a job, in any order, to its document. Retracted facts are passed over but stay counted."""
    return _folded_anew(job_id, arranged(facts), depth=0)


def _folded_anew(job_id: UUID, log: Arranged, depth: int) -> Folded:
    passed_over = taken_back(log.facts)
    standing = [fact for fact in log.facts if fact.id not in passed_over] if passed_over else log.facts
    seen = _looking_back(job_id, log.facts, depth)
    frozen = frozen_plans(standing)
    state = Folded(empty(job_id).job, Memory(permits=permitted(standing), frozen=frozen))
    for fact in standing:
        state = _apply(state, fact, seen, passed_over)
        if isinstance(fact.body, FactRetracted) and fact.body.fact_id not in passed_over:
            state = Folded(with_finding(state.job, fact, None, broken("retraction_refused")), state.memory)
    known = {"tail": log.tail, "named": planned(log.facts), "frozen": waiting(frozen, log.facts)}
    return settle(Folded(state.job, replace(state.memory, **known)))


def go_on(state: Folded, facts: Iterable[Fact]) -> Folded | None:
    """The settled document with facts that come last, or None as soon as `appended` says so."""
    for fact in facts:
        further = appended(state, fact)
        if further is None:
            return None
        state = further
    return settle(state)


def appended(state: Folded, fact: Fact) -> Folded | None:
    """The document with a fact that comes last, or None when it belongs further up or takes another back.

    Status, money and version are still to be derived: `settle` does that, once for many facts.
    """
    tail = None if _needs_log(state.job, fact) else after(state.memory.tail, fact)
    if tail is None:
        return None
    return _apply(Folded(state.job, with_last(state.memory, tail, fact)), fact, _unseen, ())


def settle(state: Folded) -> Folded:
    """The document with what is derived from all of its facts. Settled again it stays as it is."""
    return Folded(settled(state.job, state.memory.tail.length), state.memory)


def taken_back(ordered: list[Fact]) -> set[UUID]:
    """The facts taken back, and the retractions that were taken back themselves.

    A retraction reaches back only, to what stands before it; so the last word counts, and no two can undo each other.
    """
    gone: set[UUID] = set()
    if not any(isinstance(fact.body, FactRetracted) for fact in ordered):
        return gone
    position = {fact.id: index for index, fact in enumerate(ordered)}
    for index in reversed(range(len(ordered))):
        fact = ordered[index]
        if isinstance(fact.body, FactRetracted) and fact.id not in gone:
            target = position.get(fact.body.fact_id, index)
            if target < index and may_retract(fact, ordered[target]):
                gone.add(fact.body.fact_id)
    return gone


def _needs_log(job: Job, fact: Fact) -> bool:
    """Whether the document alone is not enough to add the fact.

    It takes another fact back, decides a case that late facts undid, or issues a code that may undo a finding.
    """
    if type(fact.body) not in _MAY_LOOK_BACK:
        return False
    match fact.body:
        case CaseDecided(case_id=case_id):
            return needs_log(job, case_id)
        case PriceCodeIssued() | CustomerCodeIssued():
            return undone_by_codes(job)
    return True


def _apply(state: Folded, fact: Fact, seen: Seen, gone: Collection[UUID]) -> Folded:
    """One fact, in its place. Never raises, whatever came before."""
    before, memory = state.job, state.memory
    fact = completed(fact, memory.frozen)
    job = replace(
        before, changed_at=fact.corrected_at, low_graded_times=before.low_graded_times + (fact.grade in LOW_GRADES)
    )
    if job.opened_at is None and not isinstance(fact.body, JobOpened):
        job = with_finding(job, fact, None, broken("job_not_opened"))
    if isinstance(fact.body, CaseDecided):
        job, registers = decided(job, memory.registers, fact, seen, gone)
    else:
        job, registers, stands = claimed(job, memory.registers, fact)
        job = _stepped(job, memory, fact) if stands else job
    if registers is not memory.registers:
        memory = replace(memory, registers=registers)
    return Folded(traced(before, job, fact), remembering(memory, job, fact))


def _stepped(before: Job, memory: Memory, fact: Fact) -> Job:
    """The job after what the fact does to it, with the rules that it breaks."""
    unseen = unseen_cancellation(before, fact, memory.cancelled)
    job, found = step(before, fact)
    job = reasoned(job, fact)
    for each in (*unseen, *found, *broken_rules(job, fact, memory)):
        job = with_finding(job, fact, visit_of(fact), each)
    return job


def _looking_back(job_id: UUID, ordered: Iterable[Fact], depth: int) -> Seen:
    """A function that folds what a fact's author had seen. From there it may look back once more, no further."""
    known: dict[tuple[UUID, ...], Job] = {}

    def seen(fact: Fact) -> Job:
        log = arranged(each for each in ordered if saw(fact, each))
        key = tuple(each.id for each in log.facts)
        if key not in known and depth < 2 and len(known) < MOST_LOOKED_BACK:
            known[key] = _folded_anew(job_id, log, depth + 1).job
        return known.get(key) or empty(job_id).job

    return seen


def _unseen(fact: Fact) -> Job:
    return empty(fact.job_id).job


def _number(job_id: UUID) -> str:
    """A short number for a job that was not given one."""
    return job_id.hex[-8:].upper()
