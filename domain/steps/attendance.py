"""Getting to the door and into the house: accept, travel, arrive, check in, end."""

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.door.attendance import (
    Arrived,
    CheckedIn,
    CustomerContacted,
    Departed,
    VisitAccepted,
    VisitDeclined,
    VisitEnded,
    VisitOutcome,
)
from domain.facts.door.customer import SignedOff
from domain.facts.door.fees import Consent
from domain.facts.words import Result
from domain.job.document import Job
from domain.job.statuses import VisitStatus
from domain.job.visit import CheckIn, Contact, SignOff, Visit
from domain.repair_record.progress import end_gap
from domain.steps.evidence import replacement_gap, telling_gap
from domain.steps.planning import stood_at
from domain.steps.result import VisitStep
from domain.steps.work import is_missing, stopped

WAIT_AT_LEAST_MINUTES = 5

ENDED_AS: dict[VisitOutcome, VisitStatus] = {
    VisitOutcome.NO_ACCESS: VisitStatus.NO_ACCESS,
    VisitOutcome.UNABLE: VisitStatus.UNABLE,
}


def accepted(_job: Job, visit: Visit, fact: Fact, _body: VisitAccepted) -> VisitStep:
    """The technician takes the visit."""
    return replace(visit, accepted_at=visit.accepted_at or fact.corrected_at), []


def declined(job: Job, visit: Visit, _fact: Fact, body: VisitDeclined) -> VisitStep:
    """The visit goes back to the desk with its reason; said again, the first reason stands."""
    gave_up = visit.status is VisitStatus.DECLINED and not stood_at(job, visit.id, VisitStatus.DECLINED)
    return (replace(visit, outcome_reason=body.reason) if gave_up else visit), []


def contacted(_job: Job, visit: Visit, fact: Fact, body: CustomerContacted) -> VisitStep:
    """A call before the visit; the first one that reached somebody counts as first response (K01)."""
    contact = Contact(
        fact_id=fact.id,
        at=fact.corrected_at,
        reached=body.reached,
        channel=body.channel,
        late_until=body.late_until,
    )
    visit = replace(visit, contacts=(*visit.contacts, contact))
    if not body.reached:
        return visit, []
    return replace(visit, contacted_at=visit.contacted_at or fact.corrected_at), []


def departed(_job: Job, visit: Visit, fact: Fact, _body: Departed) -> VisitStep:
    """On the way."""
    return replace(visit, departed_at=visit.departed_at or fact.corrected_at), []


def arrived(_job: Job, visit: Visit, fact: Fact, body: Arrived) -> VisitStep:
    """At the door; the first arrival counts, with what shows it (K03)."""
    if visit.arrived_at is not None:
        return visit, []
    return replace(visit, arrived_at=fact.corrected_at, arrival_evidence=body.evidence), []


def checked_in(_job: Job, visit: Visit, fact: Fact, body: CheckedIn) -> VisitStep:
    """Uniform, badge and kit as they were: bad news is recorded, never refused (G5, E42, E43, K32).

    The exact position stays in the fact alone, where it is erased after its time (R14): no document ever holds one.
    """
    arrived_at = visit.arrived_at or fact.corrected_at
    if visit.check_in is not None:
        return replace(visit, arrived_at=arrived_at), []
    check_in = CheckIn(fact_id=fact.id, at=fact.corrected_at, body=replace(body, position=None))
    return replace(visit, arrived_at=arrived_at, check_in=check_in), _check_in_gaps(visit, body)


def signed_off(_job: Job, visit: Visit, fact: Fact, body: SignedOff) -> VisitStep:
    """The customer signed, or refused or was away for a stated reason (R10). The first sign-off stands."""
    if visit.sign_off is not None:
        return visit, [broken("repeated_step", step="signed_off")]
    sign_off = SignOff(
        fact_id=fact.id,
        at=fact.corrected_at,
        method=body.method,
        reason=body.reason,
        evidence_digest=body.evidence_digest,
        relation=body.relation,
        content_hash=body.content_hash,
    )
    silent = body.method in (Consent.REFUSED, Consent.ABSENT) and not body.reason
    found = [broken("sign_off_without_reason")] if silent else []
    known = [*[told.content_hash for told in visit.disclosures], *[bill.content_hash for bill in visit.bills]]
    if body.content_hash is not None and body.content_hash not in known:
        found.append(broken("sign_off_unmatched"))
    return replace(visit, sign_off=sign_off), found


def ended(job: Job, visit: Visit, fact: Fact, body: VisitEnded) -> VisitStep:
    """The technician leaves; the first end stands. Solved needs its record and sign-off (G3), no access proof (S11)."""
    if visit.ended_at is not None:
        return visit, []
    visit = replace(
        stopped(visit, fact.corrected_at, None),
        status=ENDED_AS.get(body.outcome, visit.status),
        ended_at=fact.corrected_at,
        outcome=body.outcome,
        outcome_reason=body.reason or visit.outcome_reason,
        missing_parts=tuple(need.part_code for need in body.missing_parts),
        short=body.missing_parts,
        missing_tools=body.missing_tools,
        last_passed=body.passed,
        last_checks=body.checks,
    )
    gaps = [*_finish_gap(visit), *_sign_off_gap(visit), *_no_access_gap(body), *replacement_gap(job, visit)]
    gaps += [*telling_gap(visit), *end_gap(job, visit), *_failed_test(visit)] if is_solved(visit) else []
    return visit, [*gaps, *_second_completion(job, visit)]


def is_solved(visit: Visit) -> bool:
    """Whether this visit says that the customer was helped."""
    return visit.outcome in (VisitOutcome.SOLVED, VisitOutcome.NO_FAULT_FOUND)


def completes(job: Job, visit: Visit) -> bool:
    """Whether this visit keeps the promise. One from before a reopening does not keep it again."""
    if job.reopened_at is not None and (visit.ended_at is None or visit.ended_at < job.reopened_at):
        return False
    return is_solved(visit) or visit.outcome is VisitOutcome.CUSTOMER_DECLINED


def _check_in_gaps(visit: Visit, body: CheckedIn) -> list[BrokenRule]:
    requirements = visit.plan.requirements if visit.plan else None
    found: list[BrokenRule] = []
    if is_missing(body.uniform) and (requirements is None or requirements.uniform):
        found.append(broken("uniform_not_shown"))
    if is_missing(body.badge) and (requirements is None or requirements.badge):
        found.append(broken("badge_not_shown"))
    elif requirements is not None and requirements.badge_number and not body.badge_number:
        found.append(broken("badge_number_missing"))
    brought = {item.code for item in body.kit_items if not is_missing(item)}
    missing = [code for code in (requirements.kit_items if requirements else ()) if code not in brought]
    if missing:
        found.append(broken("kit_item_missing", items=", ".join(missing)))
    return found


def _finish_gap(visit: Visit) -> list[BrokenRule]:
    if visit.outcome is not VisitOutcome.SOLVED or visit.finished_at is not None:
        return []
    return [broken("repair_record_incomplete", items="work_finished")]


def _failed_test(visit: Visit) -> list[BrokenRule]:
    return [broken("solved_though_test_failed")] if visit.test_result is Result.FAIL else []


def _sign_off_gap(visit: Visit) -> list[BrokenRule]:
    required = visit.plan is None or visit.plan.requirements.sign_off
    return [broken("sign_off_missing")] if required and is_solved(visit) and visit.sign_off is None else []


def _no_access_gap(body: VisitEnded) -> list[BrokenRule]:
    if body.outcome is not VisitOutcome.NO_ACCESS:
        return []
    proven = (body.waited_minutes or 0) >= WAIT_AT_LEAST_MINUTES and (body.contact_attempts or 0) > 0
    return [] if proven else [broken("no_access_unproven")]


def _second_completion(job: Job, visit: Visit) -> list[BrokenRule]:
    """The visit that ended first counts; the finding on the second one names it (S8)."""
    if not is_solved(visit):
        return []
    first = next((other for other in job.visits if other.id != visit.id and _solves(job, other)), None)
    return [broken("completed_twice", counts=first.id)] if first is not None else []


def _solves(job: Job, visit: Visit) -> bool:
    return is_solved(visit) and completes(job, visit)
