"""What it will cost: disclosed line by line, agreed to or declined (R01-R04, R10). Integer fen throughout."""

import hashlib
from collections.abc import Iterable

from msgspec.structs import replace

from domain.cases import Break, broken
from domain.facts import Fact
from domain.facts.door import Consent, FeesAcknowledged, FeesDeclined, FeesDisclosed
from domain.facts.words import FeeLine, Warranty
from domain.job import Disclosure, Job, Visit
from domain.planning import VisitStep, off_price_list

COVERED = frozenset({Warranty.COVERED_WHOLE, Warranty.COVERED_MAIN_PART, Warranty.COVERED_REPAIR_GUARANTEE})


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
    found = sum_gap("disclosure_does_not_add_up", body.lines, body.total_fen)
    if not body.price_list_shown:
        found.append(broken("price_list_not_shown"))
    if off_price_list(body.price_list_code, visit.plan):
        found.append(broken("price_list_differs"))
    found += line_gap("reduced_without_reason", [line for line in body.lines if _reduced_silently(line)])
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
    stamped = replace(agreed, acknowledged_at=fact.corrected_at, acknowledged_by=body.method, declined_at=None)
    disclosures = tuple(stamped if d.fact_id == agreed.fact_id else d for d in visit.disclosures)
    return replace(
        visit,
        disclosures=disclosures,
        acknowledged_fen=agreed.total_fen,
        acknowledged_at=fact.corrected_at,
    ), found


def fees_declined(_job: Job, visit: Visit, fact: Fact, body: FeesDeclined) -> VisitStep:
    """The customer said no to the disclosure named, or to the latest (R09). What they agreed to otherwise stands."""
    named = [d for d in visit.disclosures if body.content_hash in (None, d.content_hash)]
    if not named:
        return visit, []
    declined = replace(named[-1], declined_at=fact.corrected_at)
    disclosures = tuple(declined if d.fact_id == declined.fact_id else d for d in visit.disclosures)
    agreed = max(
        (d for d in disclosures if _stands(d)), key=lambda d: (d.acknowledged_at or d.at, d.number), default=None
    )
    return replace(
        visit,
        disclosures=disclosures,
        acknowledged_fen=agreed.total_fen if agreed else None,
        acknowledged_at=agreed.acknowledged_at if agreed else None,
    ), []


def unacknowledged(job: Job, visit: Visit) -> bool:
    """Whether work now would be paid work that nobody agreed to (G2)."""
    if visit.acknowledged_fen is not None:
        return False
    if visit.disclosures:
        return visit.disclosures[-1].total_fen > 0
    return job.warranty not in COVERED and job.warranty is not Warranty.GOODWILL


def sum_gap(code: str, lines: Iterable[FeeLine], stated_fen: int) -> list[Break]:
    """A stated total that the lines do not come to (R01, R06)."""
    counted_fen = sum(line.amount_fen for line in lines)
    return [] if counted_fen == stated_fen else [broken(code, stated=stated_fen, counted=counted_fen)]


def line_gap(code: str, lines: Iterable[FeeLine]) -> list[Break]:
    """One finding for all the lines that break the same rule."""
    line_ids = ", ".join(line.line_id for line in lines)
    return [broken(code, line=line_ids)] if line_ids else []


def _stands(disclosure: Disclosure) -> bool:
    return disclosure.acknowledged_at is not None and disclosure.declined_at is None


def _reduced_silently(line: FeeLine) -> bool:
    full_fen = (line.quantity_thousandths * line.unit_price_fen + 500) // 1000
    return line.amount_fen < full_fen and not line.reason and line.warranty is Warranty.PAID
