"""What it did cost: the bill, what was paid, what goes back (R05-R09). Integer fen throughout."""

from collections.abc import Iterable

from msgspec.structs import replace

from domain.cases import broken, is_blocked
from domain.facts import Fact
from domain.facts.desk import Refunded, RefundRequested
from domain.facts.door import Charged, Paid
from domain.facts.words import FeeKind, FeeLine, Warranty
from domain.fees import COVERED, line_gap, sum_gap
from domain.job import Bill, Blocks, Job, Payment, Visit
from domain.planning import JobStep, VisitStep

CHARGEABLE_AFTER_DECLINE = frozenset({FeeKind.VISIT, FeeKind.DIAGNOSIS, FeeKind.DISTANCE})
FREE_WITHIN_TERM = frozenset({FeeKind.LABOUR, FeeKind.PART, FeeKind.MATERIAL})
"""Within the term the repair is free: material and labour (R21)."""


def charged(job: Job, visit: Visit, fact: Fact, body: Charged) -> VisitStep:
    """The bill: never above what was acknowledged, nothing that warranty covers, never twice (G4, R05, R21)."""
    bill = Bill(
        fact_id=fact.id, at=fact.corrected_at, lines=body.lines, total_fen=body.total_fen, currency=body.currency
    )
    found = sum_gap("bill_does_not_add_up", body.lines, body.total_fen)
    visit = replace(visit, bills=(*visit.bills, bill))
    if is_declined(visit):
        found += line_gap("charged_after_decline", [line for line in body.lines if _not_for_coming(line)])
    charged_fen, limit_fen = sum([known.total_fen for known in visit.bills]), chargeable_fen(visit)
    if charged_fen > limit_fen:
        found.append(broken("charge_above_acknowledged", charged=charged_fen, acknowledged=limit_fen))
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
    )
    visit = replace(visit, payments=(*visit.payments, payment))
    paid_fen = sum([known.amount_fen for known in visit.payments])
    charged_fen = sum([bill.total_fen for bill in visit.bills])
    if paid_fen <= charged_fen:
        return visit, []
    return visit, [broken("paid_above_charged", paid=paid_fen, charged=charged_fen)]


def refund_requested(job: Job, _fact: Fact, body: RefundRequested) -> JobStep:
    """Money is owed back (R08)."""
    return replace(job, money=replace(job.money, refund_due_fen=job.money.refund_due_fen + body.amount_fen)), []


def refunded(job: Job, fact: Fact, body: Refunded) -> JobStep:
    """Money went back."""
    refund = Payment(
        fact_id=fact.id, at=fact.corrected_at, amount_fen=body.amount_fen, method=None, reference=body.reference
    )
    return replace(job, refunds=(*job.refunds, refund)), []


def is_declined(visit: Visit) -> bool:
    """Whether the customer said no to the fees and agreed to none."""
    return visit.acknowledged_fen is None and any(d.declined_at is not None for d in visit.disclosures)


def chargeable_fen(visit: Visit) -> int:
    """What a bill may come to: what was agreed to, or after a decline what was told for coming (G4, R09)."""
    if not is_declined(visit):
        return visit.acknowledged_fen or 0
    told = visit.disclosures[-1].lines
    return sum(line.amount_fen for line in told if line.kind in CHARGEABLE_AFTER_DECLINE)


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
