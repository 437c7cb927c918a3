"""What the fold remembers of a job besides its document, and which kinds of facts add to it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.conflicts.claims import Register
from domain.facts import Fact, Placement, placement
from domain.facts.desk import CaseDecided, JobCancelled, VisitPlanned, VisitReplanned
from domain.facts.issued_codes import CustomerCodeIssued, PriceCodeIssued
from domain.job.document import Job
from domain.measures.door_records import DoorRecords, with_record
from domain.measures.promises import Promises, with_promises
from domain.order import Tail
from domain.people.authority import Named, planned
from domain.prices.ceilings import Ceilings, with_ceilings
from domain.prices.permits import Permits, permitted
from domain.repair_record.codes import Codes, with_codes
from domain.steps.frozen_plans import Frozen


class Memory(Struct, frozen=True, kw_only=True):
    """All that the fold needs, besides the document, to continue from it."""

    tail: Tail = Tail()
    registers: dict[str, Register] = {}
    named: frozenset[Named] = frozenset()
    """Who was ever planned for which visit, even if the plan was changed or taken back since."""
    prices: dict[str, Ceilings] = {}
    """What visits' fees are judged by, by the code of their price list."""
    records: Mapping[UUID, DoorRecords] = {}
    """What measures are derived from besides the document."""
    promises: Promises = {}
    """What customers were promised; measures are derived from it, too."""
    cancelled: Placement | None = None
    """The newest cancellation. If whoever reopens the job did not know of it, a person looks at both."""
    codes: Codes = {}
    """What the codes of visits' repair records are judged by."""
    permits: Permits = {}
    """The one-time codes that were issued for the job."""
    frozen: Frozen = {}
    """What plans are judged by that have not arrived."""


def with_last(memory: Memory, tail: Tail, fact: Fact) -> Memory:
    """The memory as the last fact finds it: plans and issued codes count wherever in the log they are, its own too."""
    match fact.body:
        case VisitPlanned():
            return replace(memory, tail=tail, named=memory.named | planned((fact,)))
        case PriceCodeIssued() | CustomerCodeIssued():
            return replace(memory, tail=tail, permits={**memory.permits, **permitted((fact,))})
    return replace(memory, tail=tail)


def remembering(memory: Memory, job: Job, fact: Fact) -> Memory:
    """The memory after a fact; `job` already holds the fact."""
    records = with_record(memory.records, fact)
    if records is not memory.records:
        memory = replace(memory, records=records)
    for remember in _REMEMBERED.get(type(fact.body), ()):
        memory = remember(memory, job, fact)
    return memory


Remember = Callable[[Memory, Job, Fact], Memory]


def _prices(memory: Memory, _job: Job, fact: Fact) -> Memory:
    return replace(memory, prices=with_ceilings(memory.prices, fact.body))


def _codes(memory: Memory, _job: Job, fact: Fact) -> Memory:
    return replace(memory, codes=with_codes(memory.codes, fact))


def _frozen(memory: Memory, _job: Job, fact: Fact) -> Memory:
    if fact.id not in memory.frozen:
        return memory
    return replace(memory, frozen={plan_id: body for plan_id, body in memory.frozen.items() if plan_id != fact.id})


def _promises(memory: Memory, job: Job, fact: Fact) -> Memory:
    return replace(memory, promises=with_promises(memory.promises, job, fact))


def _cancelled(memory: Memory, _job: Job, fact: Fact) -> Memory:
    return replace(memory, cancelled=placement(fact))


_REMEMBERED: dict[type[Struct], tuple[Remember, ...]] = {
    VisitPlanned: (_prices, _codes, _promises, _frozen),
    VisitReplanned: (_promises,),
    CaseDecided: (_promises,),
    JobCancelled: (_cancelled,),
}
