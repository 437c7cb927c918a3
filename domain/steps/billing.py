"""Money after the work: the bill, and what was paid (R05-R07, R09, R19). Integer fen throughout."""

from collections.abc import Iterable

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken, is_blocked
from domain.facts import Fact
from domain.facts.door.fees import Charged, Paid
from domain.facts.words import FeeKind, FeeLine, Warranty
from domain.job.cases import Blocks
from domain.job.document import Job
from domain.job.money import COVERED, Bill, Disclosure, Payment, last_agreed
from domain.job.visit import Visit
from domain.prices.amounts import amount_of, percent_of
from domain.prices.line_checks import line_gap, plain_gaps, sum_gap
from domain.steps.fees import content_hash
from domain.steps.result import VisitStep

CHARGEABLE_AFTER_DECLINE = frozenset({FeeKind.VISIT, FeeKind.DIAGNOSIS, FeeKind.DISTANCE})
FREE_WITHIN_TERM = frozenset({FeeKind.LABOUR, FeeKind.PART, FeeKind.MATERIAL})
"""Within the term the repair is free: material and labour (R21)."""


def charged(job: Job, visit: Visit, fact: Fact, body: Charged) -> VisitStep:
    """The bill: never above what was acknowledged, nothing that warranty covers, never twice (G4, R05, R21)."""
    visit = replace(visit, bills=(*visit.bills, _bill(fact, body)), charged_fen=visit.charged_fen + body.total_fen)
    found = [*sum_gap("bill_does_not_add_up", body.lines, body.total_fen), *plain_gaps(body.lines, body.currency)]
    found += _settlement_gaps(visit, body)
    if is_declined(visit):
        found += line_gap("charged_after_decline", [line for line in body.lines if _not_for_coming(line)])
    limit_fen = chargeable_fen(visit)
    if visit.charged_fen > limit_fen:
        found.append(broken("charge_above_acknowledged", charged=visit.charged_fen, acknowledged=limit_fen))
    found += _against_quote(visit, body.lines)
    found += line_gap("charged_though_covered", [line for line in body.lines if _covered(job, line)])
    if is_blocked(job, Blocks.CHARGING) and body.total_fen > 0:
        found.append(broken("charged_while_blocked"))
    billed = [line for other in job.visits for known in other.bills for line in known.lines]
    if _services(body.lines) & _services(billed):
        found.append(broken("charged_twice"))
    return visit, found


def paid(_job: Job, visit: Visit, fact: Fact, body: Paid) -> VisitStep:
    """Money came in; more than was charged goes back unasked (R05, R08)."""
    payment = Payment(
        fact_id=fact.id,
        at=fact.corrected_at,
        amount_fen=body.amount_fen,
        method=body.method,
        reference=body.reference,
        receipt_given=body.receipt_given,
    )
    visit = replace(visit, payments=(*visit.payments, payment), paid_fen=visit.paid_fen + body.amount_fen)
    found = [] if body.receipt_given or body.amount_fen <= 0 else [broken("receipt_not_given")]
    if visit.paid_fen > visit.charged_fen:
        found.append(broken("paid_above_charged", paid=visit.paid_fen, charged=visit.charged_fen))
    return visit, found


def is_declined(visit: Visit) -> bool:
    """Whether the customer said no to the fees and agreed to none."""
    return visit.acknowledged_fen is None and any(d.declined_at is not None for d in visit.disclosures)


def chargeable_fen(visit: Visit) -> int:
    """What a bill may come to: what was agreed to, or after a decline what was told for coming (G4, R09)."""
    if not is_declined(visit):
        return visit.acknowledged_fen or 0
    percent = 100 if visit.plan is None else visit.plan.declined_diagnosis_percent
    told = [line for line in visit.disclosures[-1].lines if line.kind in CHARGEABLE_AFTER_DECLINE]
    return sum([_after_decline_fen(line, percent) for line in told])


def _bill(fact: Fact, body: Charged) -> Bill:
    return Bill(
        fact_id=fact.id,
        at=fact.corrected_at,
        lines=body.lines,
        total_fen=body.total_fen,
        currency=body.currency,
        content_hash=content_hash(body),
        invoice_asked=body.invoice_asked,
    )


def _settlement_gaps(visit: Visit, body: Charged) -> list[BrokenRule]:
    """The list is shown before payment, and a sign-off holds for what it was given for (R06, R10)."""
    found = [] if body.settlement_shown or body.total_fen <= 0 else [broken("settlement_not_shown")]
    signed = visit.sign_off.content_hash if visit.sign_off is not None else None
    return found if signed in (None, visit.bills[-1].content_hash) else [*found, broken("billed_after_sign_off")]


def _against_quote(visit: Visit, lines: Iterable[FeeLine]) -> list[BrokenRule]:
    """Lines that the quote has not, or not for so much (R05), or that were first told cheaper (R19)."""
    agreed = last_agreed(visit.disclosures) if visit.disclosures else None
    if agreed is None:
        return []
    quoted = _amounts(agreed.lines)
    billed = _amounts([line for bill in visit.bills for line in bill.lines])
    outside = [line for line in lines if line.amount_fen > 0 and billed[_item(line)] > quoted.get(_item(line), 0)]
    reasons = {_item(line) for line in agreed.lines if line.reason}
    first = _first_told(visit.disclosures)
    dearer = [
        line
        for line in lines
        if line.unit_price_fen > first.get(_item(line), line.unit_price_fen) and _item(line) not in reasons
    ]
    return [*line_gap("charged_outside_quote", outside), *line_gap("dearer_than_first_told", dearer)]


def _item(line: FeeLine) -> tuple[FeeKind, str]:
    return line.kind, line.code


def _amounts(lines: Iterable[FeeLine]) -> dict[tuple[FeeKind, str], int]:
    amounts: dict[tuple[FeeKind, str], int] = {}
    for line in lines:
        item = (line.kind, line.code)
        amounts[item] = amounts.get(item, 0) + line.amount_fen
    return amounts


def _first_told(disclosures: Iterable[Disclosure]) -> dict[tuple[FeeKind, str], int]:
    """What one unit of each item was to cost when it was told for the first time."""
    first: dict[tuple[FeeKind, str], int] = {}
    for disclosure in disclosures:
        for line in disclosure.lines:
            first.setdefault((line.kind, line.code), line.unit_price_fen)
    return first


def _after_decline_fen(line: FeeLine, percent: int) -> int:
    """Of the diagnosis fee so much of a hundred; a line that was told reduced is not reduced twice."""
    if line.kind is not FeeKind.DIAGNOSIS:
        return line.amount_fen
    return min(line.amount_fen, percent_of(amount_of(line.quantity_thousandths, line.unit_price_fen), percent))


def _services(lines: Iterable[FeeLine]) -> set[tuple[FeeKind, str]]:
    """What is charged, to tell a service charged twice: a job has one labour, but parts of many kinds."""
    goods = (FeeKind.PART, FeeKind.MATERIAL)
    return {(line.kind, line.code if line.kind in goods else "") for line in lines if line.amount_fen > 0}


def _not_for_coming(line: FeeLine) -> bool:
    return line.amount_fen > 0 and line.kind not in CHARGEABLE_AFTER_DECLINE


def _covered(job: Job, line: FeeLine) -> bool:
    if line.amount_fen <= 0:
        return False
    return line.warranty in COVERED or (job.warranty is Warranty.COVERED_WHOLE and line.kind in FREE_WITHIN_TERM)
