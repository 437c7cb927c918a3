"""Rules that need what the fold remembers: frozen prices, frozen fault codes, codes that were issued.

A table says by kind of fact which of them judge it. Rules for which the job is enough stand with the steps.
"""

from collections.abc import Callable

from msgspec import Struct

from domain.cases.findings import BrokenRule
from domain.facts import Fact
from domain.facts.door.fees import Charged, FeesAcknowledged, FeesDisclosed
from domain.facts.door.work import Diagnosed, PartUsed, RepairRecorded
from domain.job.document import Job
from domain.memory import Memory
from domain.prices.advertised import above_advertised
from domain.prices.ceilings import overpriced
from domain.prices.part_checks import part_gaps
from domain.prices.permits import code_gaps
from domain.repair_record.codes import unknown_codes

Judge = Callable[[Job, Fact, Memory], list[BrokenRule]]


def broken_rules(job: Job, fact: Fact, memory: Memory) -> list[BrokenRule]:
    """The rules that the fact breaks, judged by what was frozen or issued before it (R03, R10, R19, K23, K24)."""
    judges = _JUDGES.get(type(fact.body))
    return [] if judges is None else [found for judge in judges for found in judge(job, fact, memory)]


def _prices(job: Job, fact: Fact, memory: Memory) -> list[BrokenRule]:
    return overpriced(job, fact, memory.prices)


def _advertised(job: Job, fact: Fact, memory: Memory) -> list[BrokenRule]:
    return above_advertised(job, fact, memory.prices)


def _permits(job: Job, fact: Fact, memory: Memory) -> list[BrokenRule]:
    return code_gaps(job, fact, memory.permits)


def _parts(job: Job, fact: Fact, memory: Memory) -> list[BrokenRule]:
    return part_gaps(job, fact, memory.prices)


def _codes(_job: Job, fact: Fact, memory: Memory) -> list[BrokenRule]:
    return unknown_codes(fact, memory.codes)


_JUDGES: dict[type[Struct], tuple[Judge, ...]] = {
    FeesDisclosed: (_prices, _permits),
    Charged: (_prices, _advertised, _permits),
    FeesAcknowledged: (_permits,),
    PartUsed: (_parts,),
    Diagnosed: (_codes,),
    RepairRecorded: (_codes,),
}
