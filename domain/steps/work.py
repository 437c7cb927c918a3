"""The work itself: start, pause, parts, record, finish."""

from datetime import datetime

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts import Fact
from domain.facts.door.attendance import IncidentReported
from domain.facts.door.work import (
    Diagnosed,
    GuidanceGiven,
    PartUsed,
    RepairRecorded,
    WorkFinished,
    WorkPaused,
    WorkResumed,
    WorkStarted,
)
from domain.facts.words import Check, Result, SpecialWork, Warranty, WorkType
from domain.job.document import Job
from domain.job.money import stands
from domain.job.site_time import site_day
from domain.job.visit import Incident, PartLine, Visit, WorkSpan
from domain.repair_record.progress import finish_gap
from domain.steps.fees import unacknowledged
from domain.steps.result import VisitStep


def diagnosed(_job: Job, visit: Visit, _fact: Fact, body: Diagnosed) -> VisitStep:
    """What was found; the customer's own words stay on the job."""
    return replace(visit, diagnosis=body), []


def started(job: Job, visit: Visit, fact: Fact, body: WorkStarted) -> VisitStep:
    """Tools out: checked in, certified for the day, fees acknowledged (G1, G2, G5, R16)."""
    found: list[BrokenRule] = []
    if visit.check_in is None:
        found.append(broken("work_before_check_in"))
    if not body.make_safe:
        found += (
            [broken("work_without_acknowledgement")] if unacknowledged(job, visit) else _overrun(visit, "work_started")
        )
    special = {*job.special_work, *body.special_work}
    visit, lacking = _certified(job, visit, fact.corrected_at, special)
    found += [*lacking, *_unchecked(visit, body.safety_checks)]
    return replace(_begun(visit, fact.corrected_at), make_safe=visit.make_safe or body.make_safe), found


def paused(_job: Job, visit: Visit, fact: Fact, body: WorkPaused) -> VisitStep:
    """Work stops for a while; pauses are not repair time (K07)."""
    return stopped(visit, fact.corrected_at, body), []


def resumed(job: Job, visit: Visit, fact: Fact, _body: WorkResumed) -> VisitStep:
    """Work goes on; an added item that nobody agreed to is a finding (R04), and so is a certificate that ran out."""
    visit, lacking = _certified(job, visit, fact.corrected_at, {*visit.special_work})
    return _begun(visit, fact.corrected_at), [*_overrun(visit, "work_resumed"), *lacking]


def part_used(job: Job, visit: Visit, fact: Fact, body: PartUsed) -> VisitStep:
    """A part was fitted; the line is kept whatever the rules say (K23, R04)."""
    line = PartLine(fact_id=fact.id, at=fact.corrected_at, after_closing=job.closed_at is not None, body=body)
    found = [broken("late_part")] if line.after_closing else []
    if body.warranty is Warranty.PAID and body.unit_price_fen > 0:
        found += _undisclosed(visit, body)
    return replace(visit, parts=(*visit.parts, line)), found


def repair_recorded(_job: Job, visit: Visit, _fact: Fact, body: RepairRecorded) -> VisitStep:
    """The repair file (K24)."""
    return replace(visit, repair=body), []


def guidance_given(_job: Job, visit: Visit, _fact: Fact, body: GuidanceGiven) -> VisitStep:
    """What the customer was shown (K27)."""
    return replace(visit, guidance=tuple(dict.fromkeys((*visit.guidance, *body.topics)))), []


def finished(job: Job, visit: Visit, fact: Fact, body: WorkFinished) -> VisitStep:
    """Tools in, with a complete record of the repair (G3, K24)."""
    shown = job.work_type is WorkType.GUIDE and visit.guidance
    missing = [] if visit.repair is not None or shown else ["repair_record"]
    missing += [] if body.tested else ["test"]
    visit = replace(
        stopped(visit, fact.corrected_at, None),
        finished_at=visit.finished_at or fact.corrected_at,
        test_result=body.test_result or (Result.PASS if body.tested else visit.test_result),
    )
    return visit, finish_gap(job, visit, missing)


def incident_reported(_job: Job, visit: Visit, fact: Fact, body: IncidentReported) -> VisitStep:
    """Harm or danger; a serious one waits for a person (K31)."""
    incident = Incident(fact_id=fact.id, at=fact.corrected_at, body=body)
    visit = replace(visit, incidents=(*visit.incidents, incident))
    return visit, [broken("incident", kind=body.kind)] if body.serious else []


def is_missing(check: Check) -> bool:
    """Whether an item was not shown or done; `not_applicable` counts with a reason only."""
    return check.result is Result.FAIL or (check.result is Result.NOT_APPLICABLE and not check.reason)


def stopped(visit: Visit, at: datetime, body: WorkPaused | None) -> Visit:
    """Tools in, if they were out."""
    if not visit.work or visit.work[-1].ended_at is not None:
        return visit
    span = replace(visit.work[-1], ended_at=at, paused_for=body.reason if body else None)
    return replace(visit, work=(*visit.work[:-1], span))


def _begun(visit: Visit, at: datetime) -> Visit:
    """Tools out. Recorded twice, the first start counts."""
    if visit.work and visit.work[-1].ended_at is None:
        return visit
    return replace(visit, work=(*visit.work, WorkSpan(started_at=at, ended_at=None, paused_for=None)))


def _certified(job: Job, visit: Visit, at: datetime, special_work: set[SpecialWork]) -> VisitStep:
    """The special work of the day, with the certificates that hold on it: first and last day included (K25)."""
    if not special_work:
        return visit, []
    held = visit.plan.certificates if visit.plan else ()
    today = site_day(job, at).isoformat()
    valid = {each.kind for each in held if (each.valid_from or today) <= today <= each.valid_until}
    lacking = sorted(special_work - valid)
    visit = replace(
        visit,
        special_work=tuple(sorted({*visit.special_work, *special_work})),
        uncertified=tuple(sorted({*visit.uncertified, *lacking})),
    )
    return visit, [broken("certificate_missing", work=", ".join(lacking))] if lacking else []


def _unchecked(visit: Visit, checks: tuple[Check, ...]) -> list[BrokenRule]:
    required = visit.plan.requirements.safety_checks if visit.plan else ()
    passed = {check.code for check in checks if not is_missing(check)}
    missing = [code for code in required if code not in passed]
    return [broken("safety_checks_missing", items=", ".join(missing))] if missing else []


def _undisclosed(visit: Visit, body: PartUsed) -> list[BrokenRule]:
    """A part to be paid that is in no fees agreed to (R04). Making safe waits for no answer to any (G2)."""
    answered = any(told.acknowledged_at or told.declined_at for told in visit.disclosures)
    if visit.make_safe and not answered:
        return []
    agreed = [line for told in visit.disclosures if stands(told) for line in told.lines]
    named = any(body.fee_line_id == line.line_id or body.part_code == line.code for line in agreed)
    return [] if named else [broken("work_beyond_acknowledged", item=body.part_code)]


def _overrun(visit: Visit, item: str) -> list[BrokenRule]:
    offered = [disclosure for disclosure in visit.disclosures if disclosure.declined_at is None]
    if not offered or visit.acknowledged_fen is None:
        return []
    beyond = offered[-1].total_fen > visit.acknowledged_fen
    return [broken("work_beyond_acknowledged", item=item)] if beyond else []
