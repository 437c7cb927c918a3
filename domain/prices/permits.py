"""Codes that were issued for a job, and what of the codes that people give does not hold (R03, R10).

A code counts from wherever in the log it was issued: who tells it knew it. It serves once: one item at one price, or
one disclosure.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.door.fees import Charged, Consent, FeesAcknowledged, FeesDisclosed
from domain.facts.issued_codes import CustomerCodeIssued, PriceCodeIssued, code_digest
from domain.facts.requirements import Requirements
from domain.facts.words import FeeLine
from domain.job.document import Job
from domain.prices.line_checks import line_gap

JUDGED = frozenset(
    {
        *("supervisor_code_unknown", "supervisor_code_expired", "supervisor_code_reused"),
        *("acknowledgement_code_unknown", "acknowledgement_code_expired"),
    }
)
"""Findings that a code which becomes known later may undo."""


class Permit(Struct, frozen=True, array_like=True):
    """A code that was issued, and until when it serves."""

    for_price: bool
    valid_until: datetime


Permits = Mapping[str, Permit]
"""By the code's digest."""


def permitted(facts: Iterable[Fact]) -> dict[str, Permit]:
    """The codes that these facts issue."""
    return {
        fact.body.digest: Permit(isinstance(fact.body, PriceCodeIssued), fact.body.valid_until)
        for fact in facts
        if isinstance(fact.body, PriceCodeIssued | CustomerCodeIssued)
    }


def undone_by_codes(job: Job) -> bool:
    """Whether a finding says that a code does not hold, which one more that was issued may undo."""
    return any(finding.code in JUDGED for finding in job.findings)


def code_gaps(job: Job, fact: Fact, permits: Permits) -> list[BrokenRule]:
    """Codes given that were not issued for this job, no longer serve, or served for something else."""
    plan = next((visit.plan for visit in job.visits if visit.id == fact.visit_id), None)
    asked = Requirements() if plan is None else plan.requirements
    if not asked.issued_codes:
        return []
    match fact.body:
        case FeesDisclosed() | Charged() as body:
            return _of_prices(job, fact, body.lines, permits)
        case FeesAcknowledged(method=Consent.ONE_TIME_CODE) as body:
            return _of_customer(job, fact, body, permits)
    return []


def _of_prices(job: Job, fact: Fact, lines: Iterable[FeeLine], permits: Permits) -> list[BrokenRule]:
    coded = [(line, _permit(job, line.supervisor_code, permits, for_price=True)) for line in lines]
    coded = [(line, permit) for line, permit in coded if line.supervisor_code is not None]
    late = [line for line, permit in coded if permit is not None and fact.corrected_at > permit.valid_until]
    return [
        *line_gap("supervisor_code_unknown", [line for line, permit in coded if permit is None]),
        *line_gap("supervisor_code_expired", [line for line in late if not _was_told(job, fact, line)]),
        *line_gap("supervisor_code_reused", [line for line, permit in coded if permit and _serves_another(job, line)]),
    ]


def _of_customer(job: Job, fact: Fact, body: FeesAcknowledged, permits: Permits) -> list[BrokenRule]:
    permit = _permit(job, body.code, permits, for_price=False)
    if permit is None:
        return [broken("acknowledgement_code_unknown")]
    if fact.corrected_at > permit.valid_until:
        return [broken("acknowledgement_code_expired")]
    digest = code_digest(job.id, body.code or "")
    others = [told for visit in job.visits for told in visit.disclosures if told.content_hash != body.content_hash]
    codes = [told.acknowledgement.code for told in others if told.acknowledgement is not None]
    again = any(code is not None and code_digest(job.id, code) == digest for code in codes)
    return [broken("acknowledgement_reused", reference=body.reference or body.code or "")] if again else []


def _permit(job: Job, code: str | None, permits: Permits, *, for_price: bool) -> Permit | None:
    permit = None if code is None else permits.get(code_digest(job.id, code))
    return permit if permit is not None and permit.for_price is for_price else None


def _serves_another(job: Job, line: FeeLine) -> bool:
    """Whether another item, or the same at another price, was told or billed with this code."""
    digest = code_digest(job.id, line.supervisor_code or "")
    others = [each for each in _coded(job) if _item(each) != _item(line)]
    return any(code_digest(job.id, each.supervisor_code or "") == digest for each in others)


def _was_told(job: Job, fact: Fact, line: FeeLine) -> bool:
    """Whether the very item was told with its code before: a bill may come after the code's last hour."""
    told = [each for visit in job.visits for each in visit.disclosures if each.fact_id != fact.id]
    coded = ((_item(each), each.supervisor_code) for disclosure in told for each in disclosure.lines)
    return (_item(line), line.supervisor_code) in coded


def _coded(job: Job) -> Iterator[FeeLine]:
    for visit in job.visits:
        lines = [line for told in visit.disclosures for line in told.lines]
        lines += [line for bill in visit.bills for line in bill.lines]
        yield from (line for line in lines if line.supervisor_code is not None)


def _item(line: FeeLine) -> tuple[str, str, int]:
    return line.kind, line.code, line.unit_price_fen
