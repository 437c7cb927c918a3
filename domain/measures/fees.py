"""Whether money was asked for as the rules say: told, agreed to, charged, proven (K12, K30, K33, K39)."""

from collections.abc import Collection, Iterator
from datetime import datetime

from domain.facts.desk import Choice
from domain.facts.door.fees import Consent
from domain.job.cases import Finding
from domain.job.document import Job
from domain.job.visit import Visit
from domain.measures.course import Course
from domain.measures.measure import Tally
from domain.steps.invoices import invoices, requested_at

FEE_RULES = frozenset({"R01", "R02", "R03", "R04", "R05", "R06"})


def of_job(course: Course) -> Iterator[Tally]:
    """What the job's fees, warranty and vouchers count."""
    yield from _notice(course.job)
    yield from _charges(course.job)
    yield from _agreement(course)
    yield from _warranty(course)
    yield from _vouchers(course.job)


def standing(job: Job, codes: Collection[str]) -> list[Finding]:
    """Findings that nobody called mistaken: even where it was forgiven or accepted, a rule was broken."""
    found = [finding for finding in job.findings if finding.code in codes]
    return [each for each in found if each.decision is None or each.decision.choice is not Choice.DISMISS]


def settled(job: Job) -> datetime | None:
    """When everything that was charged had been paid; null while it has not, or where nothing was charged."""
    bills = [bill for visit in job.visits for bill in visit.bills]
    charged_fen, paid_fen = sum(bill.total_fen for bill in bills), 0
    if charged_fen <= 0:
        return None
    last_bill = max(bill.at for bill in bills)
    for payment in sorted((each for visit in job.visits for each in visit.payments), key=lambda each: each.at):
        paid_fen += payment.amount_fen
        if paid_fen >= charged_fen:
            return max(payment.at, last_bill)
    return None


def is_based(job: Job) -> bool:
    """Whether the warranty decision says why, and names the evidence that it rests on."""
    decision = job.warranty_decision
    return decision is not None and bool(decision.basis.strip()) and bool(decision.evidence_digests)


def _notice(job: Job) -> Iterator[Tally]:
    """Paid work began with fees agreed to (K12a). Free work against a danger may come first."""
    broken = standing(job, ("work_without_acknowledgement",))
    paid = [visit for visit in job.visits if visit.work and _is_paid(visit)]
    starts = [visit.work[0].started_at for visit in paid] + [finding.at for finding in broken]
    if starts:
        yield Tally("K12a", min(starts), int(not broken))


def _is_paid(visit: Visit) -> bool:
    return visit.charged_fen > 0 or any(told.total_fen > 0 for told in visit.disclosures)


def _charges(job: Job) -> Iterator[Tally]:
    """Paid jobs: the price list was shown (K12b), nothing above what was agreed to (K12c), every rule held (K12)."""
    bills = [bill for visit in job.visits for bill in visit.bills]
    charged_fen = sum(bill.total_fen for bill in bills)
    if charged_fen <= 0:
        return
    agreed = [told for visit in job.visits for told in visit.disclosures if told.acknowledged_at is not None]
    shown = bool(agreed) and all(told.price_list_shown for told in agreed)
    yield Tally("K12b", min(bill.at for bill in bills), int(shown))
    # What was agreed to on a visit that was never billed was agreed to again on the one that was.
    acknowledged_fen = sum(visit.acknowledged_fen or 0 for visit in job.visits if visit.bills)
    yield Tally("K12c", max(bill.at for bill in bills), charged_fen - acknowledged_fen, acknowledged_fen)
    settled_at = settled(job)
    if settled_at is not None:
        yield Tally("K12", settled_at, int(not _fee_rules_broken(job)))


def _fee_rules_broken(job: Job) -> list[Finding]:
    rules = {finding.code for finding in job.findings if finding.rule in FEE_RULES}
    return standing(job, {*rules, "work_without_acknowledgement", "charge_above_acknowledged"})


def _agreement(course: Course) -> Iterator[Tally]:
    """Agreed to before work, signed off after it; a refusal with its reason is counted apart (K33)."""
    visit = course.completing
    if visit is None or course.completed_at is None or course.declined:
        return
    sign_off, begun = visit.sign_off, visit.work[0].started_at if visit.work else course.completed_at
    if sign_off is not None and sign_off.method is Consent.REFUSED and sign_off.reason:
        yield Tally("K33", course.completed_at, 0, excluded="refused")
        return
    told = [each for visit in course.job.visits for each in visit.disclosures]
    agreed = any(each.acknowledged_at is not None and each.acknowledged_at <= begun for each in told)
    willing = sign_off is not None and sign_off.method not in (Consent.REFUSED, Consent.ABSENT)
    after = sign_off is not None and sign_off.at >= (visit.finished_at or begun)
    yield Tally("K33", course.completed_at, int(agreed and willing and after))


def _warranty(course: Course) -> Iterator[Tally]:
    """A decision with its reason and what it rests on, counted when the job ends (K30)."""
    decision = course.job.warranty_decision
    if decision is not None and course.ended_at is not None:
        yield Tally("K30", course.ended_at, int(is_based(course.job)))


def _vouchers(job: Job) -> Iterator[Tally]:
    """An invoice that was asked for is missing from then on, until it is issued: it has no limit (K39)."""
    asked_at, issued = requested_at(job), [each for each in invoices(job) if each.amount_fen > 0]
    if asked_at is not None and issued:
        yield Tally("K39", max(asked_at, min(each.at for each in issued)), 1)
    elif asked_at is not None:
        yield Tally("K39", asked_at, 0)
    payments = [each for visit in job.visits for each in visit.payments if each.amount_fen > 0]
    if payments:
        given = bool(job.invoices) or all(each.receipt_given for each in payments)
        yield Tally("K39b", max(each.at for each in payments), int(given))
