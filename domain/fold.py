"""`fold(facts) -> Job`: pure, total, deterministic, and the same for every order of arrival.

`go_on` continues from a stored document when the new facts come last, and says so when they do not; folding the whole
log again then gives the document. A law test proves both equal.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.cases import broken, with_finding
from domain.conflicts.claims import Register
from domain.conflicts.decisions import Seen, decided, needs_log
from domain.conflicts.values import claimed
from domain.facts import Fact, Placement, saw
from domain.facts.desk import CaseDecided, JobOpened
from domain.facts.shared import FactRetracted
from domain.job.document import LOW_GRADES, Job
from domain.job.statuses import JobStatus
from domain.measures.door_records import DoorRecords, with_record
from domain.measures.promises import Promises, with_promises
from domain.order import Tail, after, in_order, tail_of
from domain.people.authority import Named, may_retract, planned
from domain.prices.advertised import lured
from domain.prices.ceilings import Ceilings, overpriced, remembered
from domain.prices.part_checks import part_gaps
from domain.prices.permits import Permits, code_gaps, permitted, undoes_findings
from domain.record.codes import Codes, codes_remembered, unknown_codes
from domain.steps.reasons import cancelled_by, reasoned, unseen_cancellation
from domain.steps.status import settled
from domain.steps.table import step, visit_of
from domain.steps.traces import traced

MOST_LOOKED_BACK = 8
"""So many decisions of one job are looked up in what their authors saw: more than any day asks for, and a bound."""


class Memory(Struct, frozen=True, kw_only=True):
    """What the fold must remember besides the document to go on from it."""

    tail: Tail = Tail()
    registers: dict[str, Register] = {}
    named: frozenset[Named] = frozenset()
    """Who was ever planned for which visit, also by a plan that was changed or taken back since."""
    prices: dict[str, Ceilings] = {}
    """What visits' fees are judged by, by the code of their price list."""
    records: Mapping[UUID, DoorRecords] = {}
    """What measures are derived from besides the document."""
    promises: Promises = {}
    """What customers were promised; measures are derived from it, too."""
    cancelled: Placement | None = None
    """The newest cancellation: whoever opens the job again knew of it, or a person looks at both."""
    codes: Codes = {}
    """What the codes of visits' repair records are judged by."""
    permits: Permits = {}
    """The one-time codes that were issued for the job."""


class Folded(Struct, frozen=True):
    """A job as its facts stand, and the memory to go on from there."""

    job: Job
    memory: Memory


def empty(job_id: UUID) -> Folded:
    """The job before its first fact."""
    return Folded(Job(id=job_id, version=0, status=JobStatus.OPEN, number=_number(job_id)), Memory())


def fold(job_id: UUID, facts: Iterable[Fact]) -> Folded:
    """All facts of a job, in any order, to its document. Retracted facts are passed over but stay counted."""
    return _folded_anew(job_id, in_order(facts), depth=0)


def _folded_anew(job_id: UUID, ordered: list[Fact], depth: int) -> Folded:
    passed_over = taken_back(ordered)
    seen = _looking_back(job_id, ordered, depth)
    permits = permitted(fact for fact in ordered if fact.id not in passed_over)
    state = Folded(empty(job_id).job, Memory(permits=permits))
    for fact in ordered:
        if fact.id not in passed_over:
            state = _apply(state, fact, seen, passed_over)
            if isinstance(fact.body, FactRetracted) and fact.body.fact_id not in passed_over:
                state = Folded(with_finding(state.job, fact, None, broken("retraction_refused")), state.memory)
    return settle(Folded(state.job, replace(state.memory, tail=tail_of(ordered), named=planned(ordered))))


def go_on(state: Folded, facts: Iterable[Fact]) -> Folded | None:
    """The document after facts that come last, or None when one belongs further up or takes another back."""
    for fact in facts:
        further = further_by(state, fact)
        if further is None:
            return None
        state = further
    return settle(state)


def further_by(state: Folded, fact: Fact) -> Folded | None:
    """As `go_on`, but status, money and version are still to be derived: `settle` does it, once for many facts."""
    tail = None if _needs_log(state.job, fact) else after(state.memory.tail, fact)
    if tail is None:
        return None
    if issued := permitted((fact,)):
        state = Folded(state.job, replace(state.memory, permits={**state.memory.permits, **issued}))
    state = _apply(state, fact, _unseen, ())
    return Folded(state.job, replace(state.memory, tail=tail, named=state.memory.named | planned((fact,))))


def settle(state: Folded) -> Folded:
    """The document with what is derived from all of its facts. Settled again it stays as it is."""
    return Folded(settled(state.job, state.memory.tail.length), state.memory)


def taken_back(ordered: list[Fact]) -> set[UUID]:
    """The facts taken back, and the retractions that were taken back themselves.

    A retraction reaches back only, to what stands before it; so the last word counts, and no two can undo each other.
    """
    position = {fact.id: index for index, fact in enumerate(ordered)}
    gone: set[UUID] = set()
    for index in reversed(range(len(ordered))):
        fact = ordered[index]
        if isinstance(fact.body, FactRetracted) and fact.id not in gone:
            target = position.get(fact.body.fact_id, index)
            if target < index and may_retract(fact, ordered[target]):
                gone.add(fact.body.fact_id)
    return gone


def _needs_log(job: Job, fact: Fact) -> bool:
    """Whether the fact speaks of what the document no longer holds: a fact taken back, a case that late facts undid.

    Or whether it may undo what was found of a code.
    """
    body = fact.body
    if undoes_findings(job, fact):
        return True
    return isinstance(body, FactRetracted) or (isinstance(body, CaseDecided) and needs_log(job, body.case_id))


def _apply(state: Folded, fact: Fact, seen: Seen, gone: Collection[UUID]) -> Folded:
    """One fact, in its place. Never raises, whatever came before."""
    known, after = state.memory, _stepped(state, fact, seen, gone)
    records, promises = with_record(known.records, fact), with_promises(known.promises, after.job, fact)
    if records is known.records and promises is known.promises:
        return after
    return Folded(after.job, replace(after.memory, records=records, promises=promises))


def _stepped(state: Folded, fact: Fact, seen: Seen, gone: Collection[UUID]) -> Folded:
    job, body = state.job, fact.body
    job = replace(job, changed_at=fact.corrected_at, low_graded_times=job.low_graded_times + (fact.grade in LOW_GRADES))
    if job.opened_at is None and not isinstance(body, JobOpened):
        job = with_finding(job, fact, None, broken("job_not_opened"))
    if isinstance(body, CaseDecided):
        job, registers = decided(job, state.memory.registers, fact, seen, gone)
        return _folded(state, traced(state.job, job, fact), registers)
    job, registers, stands = claimed(job, state.memory.registers, fact)
    if stands:
        unseen = unseen_cancellation(job, fact, state.memory.cancelled)
        job, found = step(job, fact)
        job = reasoned(job, fact)
        judged = (
            *overpriced(job, fact, state.memory.prices),
            *lured(job, fact, state.memory.prices),
            *part_gaps(job, fact, state.memory.prices),
            *code_gaps(job, fact, state.memory.permits),
            *unknown_codes(fact, state.memory.codes),
        )
        for each in (*unseen, *found, *judged):
            job = with_finding(job, fact, visit_of(fact), each)
    return _folded(_remembering(state, fact), traced(state.job, job, fact), registers)


def _looking_back(job_id: UUID, ordered: Sequence[Fact], depth: int) -> Seen:
    """How to fold what a fact's author had seen, and no more. Looking back from there goes one step further, once."""
    known: dict[tuple[UUID, ...], Job] = {}

    def seen(fact: Fact) -> Job:
        facts = in_order(each for each in ordered if saw(fact, each))
        key = tuple(each.id for each in facts)
        if key not in known and depth < 2 and len(known) < MOST_LOOKED_BACK:
            known[key] = _folded_anew(job_id, facts, depth + 1).job
        return known.get(key) or empty(job_id).job

    return seen


def _unseen(fact: Fact) -> Job:
    return empty(fact.job_id).job


def _remembering(state: Folded, fact: Fact) -> Folded:
    known = state.memory
    prices, codes = remembered(known.prices, fact.body), codes_remembered(known.codes, fact)
    cancelled = cancelled_by(known.cancelled, fact)
    if prices is known.prices and codes is known.codes and cancelled is known.cancelled:
        return state
    return Folded(state.job, replace(known, prices=prices, codes=codes, cancelled=cancelled))


def _folded(state: Folded, job: Job, registers: dict[str, Register]) -> Folded:
    unchanged = registers is state.memory.registers
    return Folded(job, state.memory if unchanged else replace(state.memory, registers=registers))


def _number(job_id: UUID) -> str:
    """A short number for a job that was not given one."""
    return job_id.hex[-8:].upper()
