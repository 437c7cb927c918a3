"""What it costs: disclosure, acknowledgement, bill, payment (R01-R10). Integer fen throughout."""

import hashlib
from collections.abc import Iterable

from msgspec.structs import replace

from domain.cases import Break, broken, is_blocked
from domain.facts import Fact
from domain.facts.desk import Refunded, RefundRequested
from domain.facts.door import Charged, Consent, FeesAcknowledged, FeesDeclined, FeesDisclosed, Paid
from domain.facts.words import FeeKind, FeeLine, Warranty
from domain.job import Bill, Blocks, Disclosure, Job, Payment, Visit
from domain.planning import JobStep, VisitStep

COVERED = frozenset({Warranty.COVERED_WHOLE, Warranty.COVERED_MAIN_PART, Warranty.COVERED_REPAIR_GUARANTEE})
CHARGEABLE_AFTER_DECLINE = frozenset({FeeKind.VISIT, FeeKind.DIAGNOSIS, FeeKind.DISTANCE})


def content_hash(body: FeesDisclosed) -> str:
    """SHA-256 of what the customer is shown, so that an acknowledgement binds to exactly it (R04, R10).

    One line per item, fields joined by U+001F, lines by LF, first line currency and total. Apps compute the same.
    """
    rows = [f"{body.currency}\x1f{body.total_fen}"]
    rows += [
        "\x1f".join(
            (
                line.line_id,
                line.kind,
                line.code,
                line.description,
                str(line.quantity_thousandths),
                str(line.unit_price_fen),
                str(line.amount_fen),
                line.warranty,
            )
        )
        for line in body.lines
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def disclosed(_job: Job, visit: Visit, fact: Fact, body: FeesDisclosed) -> VisitStep:
    """A new version of the fees; earlier versions stay readable (R01-R03)."""
    disclosure = Disclosure(
        fact_id=fact.id,
        at=fact.corrected_at,
        number=len(visit.disclosures) + 1,
        content_hash=content_hash(body),
        lines=body.lines,
        total_fen=body.total_fen,
        currency=body.currency,
        price_list_code=body.price_list_code,
        valid_until=body.valid_until,
        acknowledged_at=None,
        acknowledged_by=None,
        declined_at=None,
    )
    found = _sum_gap("disclosure_does_not_add_up", body.lines, body.total_fen)
    if not body.price_list_shown:
        found.append(broken("price_list_not_shown"))
    found += [broken("reduced_without_reason", line=line.line_id) for line in body.lines if _reduced_silently(line)]
    return replace(visit, disclosures=(*visit.disclosures, disclosure)), found


def acknowledged(_job: Job, visit: Visit, fact: Fact, body: FeesAcknowledged) -> VisitStep:
    """The customer agreed to the disclosure with this hash, and to no other (R04, R10)."""
    agreed = next((d for d in reversed(visit.disclosures) if d.content_hash == body.content_hash), None)
    if agreed is None:
        return visit, [broken("acknowledgement_unmatched")]
    if body.method in (Consent.REFUSED, Consent.ABSENT):
        return visit, [broken("acknowledgement_without_reason")]
    found: list[Break] = []
    if body.method is Consent.SPOKEN and not body.reason:
        found.append(broken("acknowledgement_without_reason"))
    if agreed.valid_until is not None and fact.corrected_at > agreed.valid_until:
        found.append(broken("acknowledgement_expired"))
    stamped = replace(agreed, acknowledged_at=fact.corrected_at, acknowledged_by=body.method)
    disclosures = tuple(stamped if d.fact_id == agreed.fact_id else d for d in visit.disclosures)
    return replace(
        visit,
        disclosures=disclosures,
        acknowledged_fen=agreed.total_fen,
        acknowledged_at=fact.corrected_at,
    ), found


def fees_declined(_job: Job, visit: Visit, fact: Fact, body: FeesDeclined) -> VisitStep:
    """The customer said no to the disclosure named, or to the latest (R09)."""
    named = [d for d in visit.disclosures if body.content_hash in (None, d.content_hash)]
    if not named:
        return visit, []
    declined = replace(named[-1], declined_at=fact.corrected_at)
    disclosures = tuple(declined if d.fact_id == declined.fact_id else d for d in visit.disclosures)
    return replace(visit, disclosures=disclosures), []


def charged(job: Job, visit: Visit, fact: Fact, body: Charged) -> VisitStep:
    """The bill: never above what was acknowledged, nothing that warranty covers, never twice (G4, R05, R21)."""
    bill = Bill(
        fact_id=fact.id, at=fact.corrected_at, lines=body.lines, total_fen=body.total_fen, currency=body.currency
    )
    found = _sum_gap("bill_does_not_add_up", body.lines, body.total_fen)
    limit = visit.acknowledged_fen or 0
    declined = is_declined(visit)
    if declined:
        found += [broken("charged_after_decline", line=line.line_id) for line in body.lines if _not_for_coming(line)]
    elif body.total_fen > limit:
        found.append(broken("charge_above_acknowledged", charged=body.total_fen, acknowledged=limit))
    found += [broken("charged_though_covered", line=line.line_id) for line in body.lines if _covered(job, line)]
    if is_blocked(job, Blocks.CHARGING) and body.total_fen > 0:
        found.append(broken("charged_while_blocked"))
    if body.total_fen > 0 and any(known.total_fen > 0 for other in job.visits for known in other.bills):
        found.append(broken("charged_twice"))
    return replace(visit, bills=(*visit.bills, bill)), found


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
    paid_fen = sum(known.amount_fen for known in visit.payments)
    charged_fen = sum(bill.total_fen for bill in visit.bills)
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
    """Whether the customer's last word on the fees was no."""
    last = max((d.declined_at for d in visit.disclosures if d.declined_at), default=None)
    return last is not None and (visit.acknowledged_at is None or visit.acknowledged_at < last)


def unacknowledged(job: Job, visit: Visit) -> bool:
    """Whether work now would be paid work that nobody agreed to (G2)."""
    if visit.acknowledged_fen is not None:
        return False
    if visit.disclosures:
        return visit.disclosures[-1].total_fen > 0
    return job.warranty not in COVERED and job.warranty is not Warranty.GOODWILL


def _sum_gap(code: str, lines: Iterable[FeeLine], stated_fen: int) -> list[Break]:
    counted_fen = sum(line.amount_fen for line in lines)
    return [] if counted_fen == stated_fen else [broken(code, stated=stated_fen, counted=counted_fen)]


def _reduced_silently(line: FeeLine) -> bool:
    full_fen = (line.quantity_thousandths * line.unit_price_fen + 500) // 1000
    return line.amount_fen < full_fen and not line.reason and line.warranty is Warranty.PAID


def _not_for_coming(line: FeeLine) -> bool:
    return line.amount_fen > 0 and line.kind not in CHARGEABLE_AFTER_DECLINE


def _covered(job: Job, line: FeeLine) -> bool:
    if line.amount_fen <= 0:
        return False
    return line.warranty in COVERED or (job.warranty is Warranty.COVERED_WHOLE and line.kind is FeeKind.LABOUR)
