"""Fees before the work: disclosed line by line, agreed to or declined (R01-R04, R10). Integer fen throughout."""

import hashlib

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.door.fees import Charged, Consent, FeesAcknowledged, FeesDeclined, FeesDisclosed
from domain.facts.words import FeeKind, Warranty
from domain.job.document import Job
from domain.job.money import COVERED, Acknowledgement, Disclosure, last_agreed
from domain.job.visit import Visit
from domain.prices.line_checks import is_reduced_silently, line_gap, plain_gaps, sum_gap
from domain.steps.planning import off_price_list
from domain.steps.result import VisitStep


def content_hash(body: FeesDisclosed | Charged) -> str:
    """SHA-256 of what the customer is shown, so that an acknowledgement or a sign-off binds to exactly it (R04, R10).

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
        price_list_shown=body.price_list_shown,
        expected_finish_at=body.expected_finish_at,
    )
    found = sum_gap("disclosure_does_not_add_up", body.lines, body.total_fen)
    if not body.price_list_shown:
        found.append(broken("price_list_not_shown"))
    if off_price_list(body.price_list_code, visit.plan):
        found.append(broken("price_list_differs"))
    found += plain_gaps(body.lines, body.currency)
    found += line_gap("reduced_without_reason", [line for line in body.lines if is_reduced_silently(line)])
    if visit.diagnosis is not None and _asks_for_diagnosis(disclosure):
        found += [] if any(map(_asks_for_diagnosis, visit.disclosures)) else [broken("diagnosis_not_told")]
    return replace(visit, disclosures=(*visit.disclosures, disclosure)), found


def acknowledged(job: Job, visit: Visit, fact: Fact, body: FeesAcknowledged) -> VisitStep:
    """The customer agreed to the disclosure with this hash, and to no other (R04, R10)."""
    agreed = next((d for d in reversed(visit.disclosures) if d.content_hash == body.content_hash), None)
    if agreed is None:
        return visit, [broken("acknowledgement_unmatched")]
    if body.method in (Consent.REFUSED, Consent.ABSENT):
        return visit, [broken("acknowledgement_without_reason")]
    found = _unproven(job, body)
    if agreed.valid_until is not None and fact.corrected_at > agreed.valid_until:
        found.append(broken("acknowledgement_expired"))
    stamped = replace(
        agreed,
        acknowledged_at=fact.corrected_at,
        acknowledged_by=body.method,
        acknowledgement=_acknowledgement(fact, body),
        declined_at=None,
    )
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
    agreed = last_agreed(disclosures)
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


def _unproven(job: Job, body: FeesAcknowledged) -> list[BrokenRule]:
    """What is still missing from the way in which the customer agreed: a reason, a code, or a code not used before."""
    if body.method is Consent.SPOKEN:
        return [] if body.reason else [broken("acknowledgement_without_reason")]
    if body.method not in (Consent.ONE_TIME_CODE, Consent.LINK):
        return []
    if body.code is not None:
        return []
    if not body.reference:
        return [broken("acknowledgement_without_reference")]
    used = [d for visit in job.visits for d in visit.disclosures if _named(d) == body.reference]
    again = any(d.content_hash != body.content_hash for d in used)
    return [broken("acknowledgement_reused", reference=body.reference)] if again else []


def _named(disclosure: Disclosure) -> str | None:
    return None if disclosure.acknowledgement is None else disclosure.acknowledgement.reference


def _acknowledgement(fact: Fact, body: FeesAcknowledged) -> Acknowledgement:
    return Acknowledgement(
        fact_id=fact.id,
        relation=body.relation,
        reference=body.reference,
        reason=body.reason,
        evidence_digest=body.evidence_digest,
        code=body.code,
    )


def _asks_for_diagnosis(disclosure: Disclosure) -> bool:
    return any(line.kind is FeeKind.DIAGNOSIS and line.amount_fen > 0 for line in disclosure.lines)
