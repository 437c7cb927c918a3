"""Showing oneself, working, recording: each rule broken once and kept once (domain 7, gates G1, G3, G5)."""

from msgspec.structs import replace

from domain.facts import desk, door
from domain.facts.requirements import Requirements
from domain.facts.words import Certificate, Check, Result, SpecialWork
from tests.domain.bodies import CHECKED_IN, REPAIRED, SOLVED, WHOLE_VISIT, a_visit, instead, without
from tests.domain.builders import DESK, FAIL, OTHER_VISIT, PASS, Said, door_steps, opened, planned, said
from tests.domain.examples import Example

KEPT = a_visit(*WHOLE_VISIT)
NOT_NEEDED = Requirements(uniform=False, badge=False, sign_off=False)
KIT = Requirements(kit_items=("shoe_covers", "mat"), safety_checks=("power_off",))
HEIGHT = Certificate(kind=SpecialWork.HEIGHT, number="HZ-1", valid_until="2025-07-01")
NO_REASON = Check(code="item", result=Result.NOT_APPLICABLE)
WITH_REASON = Check(code="item", result=Result.NOT_APPLICABLE, reason="小区要求便装")
GONE = door.VisitEnded(outcome=door.VisitOutcome.NO_ACCESS)
CALLED = replace(GONE, waited_minutes=5, contact_attempts=1)


def required(requirements: Requirements, *bodies: object) -> tuple[Said, ...]:
    return opened(), planned(requirements=requirements), *door_steps(*bodies)  # type: ignore[arg-type]


def at_height(*certificates: Certificate, zone: str = "Asia/Shanghai") -> tuple[Said, ...]:
    job = opened(special_work=(SpecialWork.HEIGHT,), time_zone=zone)
    return job, planned(certificates=certificates), *door_steps(*WHOLE_VISIT)


def item(code: str) -> Check:
    return Check(code=code, result=Result.PASS)


def brought(*codes: str) -> door.CheckedIn:
    return door.CheckedIn(uniform=PASS, badge=PASS, kit_items=tuple(item(code) for code in codes))


EXAMPLES = (
    Example(
        "uniform_not_shown",
        "a missing uniform is recorded",
        a_visit(door.CheckedIn(uniform=FAIL, badge=PASS)),
        required(NOT_NEEDED, door.CheckedIn(uniform=FAIL, badge=PASS)),
    ),
    Example(
        "uniform_not_shown",
        "not applicable counts with a reason only",
        a_visit(door.CheckedIn(uniform=NO_REASON, badge=PASS)),
        a_visit(door.CheckedIn(uniform=WITH_REASON, badge=PASS)),
    ),
    Example(
        "badge_not_shown",
        "a missing badge is recorded",
        a_visit(door.CheckedIn(uniform=PASS, badge=FAIL)),
        required(NOT_NEEDED, door.CheckedIn(uniform=PASS, badge=FAIL)),
    ),
    Example(
        "kit_item_missing",
        "what was to be brought along was brought along",
        required(KIT, brought("mat")),
        required(KIT, brought("mat", "shoe_covers")),
    ),
    Example(
        "certificate_missing",
        "special work needs its certificate",
        at_height(),
        at_height(HEIGHT),
    ),
    Example(
        "certificate_missing",
        "a certificate is good through its last day at the site, not in some other zone (order 14)",
        at_height(HEIGHT, zone="Pacific/Kiritimati")[:2] + door_steps(CHECKED_IN, door.WorkStarted(), start="10:01"),
        at_height(HEIGHT),
    ),
    Example("work_before_check_in", "work follows check-in", a_visit(*without(door.CheckedIn)), KEPT),
    Example(
        "safety_checks_missing",
        "required safety checks come before work",
        required(KIT, CHECKED_IN, door.WorkStarted()),
        required(KIT, CHECKED_IN, door.WorkStarted(safety_checks=(item("power_off"),))),
    ),
    Example("repair_record_incomplete", "a finish has its repair record", a_visit(*without(door.RepairRecorded)), KEPT),
    Example("repair_record_incomplete", "a repair is tested", a_visit(*instead(door.WorkFinished(tested=False))), KEPT),
    Example("repair_record_incomplete", "solved means finished", a_visit(*without(door.WorkFinished)), KEPT),
    Example("sign_off_missing", "a solved visit is signed off", a_visit(*without(door.SignedOff)), KEPT),
    Example(
        "sign_off_without_reason",
        "a refusal to sign says why",
        a_visit(REPAIRED, door.SignedOff(method=door.Consent.REFUSED)),
        a_visit(REPAIRED, door.SignedOff(method=door.Consent.REFUSED, reason="要求先开发票")),
    ),
    Example(
        "no_access_unproven",
        "five minutes are the least to wait",
        a_visit(door.Arrived(), replace(CALLED, waited_minutes=4)),
        a_visit(door.Arrived(), CALLED),
    ),
    Example(
        "no_access_unproven",
        "nobody at home means having waited and called",
        a_visit(door.Arrived(), GONE),
        a_visit(door.Arrived(), CALLED),
    ),
    Example(
        "incident",
        "a serious incident waits for a person",
        a_visit(door.IncidentReported(kind="gas_leak", serious=True)),
        a_visit(door.IncidentReported(kind="scratch", serious=False)),
    ),
    Example(
        "late_part",
        "a part after closing is a late cost",
        (*KEPT, said(DESK, desk.JobClosed(), "10:00"), *door_steps(door.PartUsed(part_code="P"), start="10:30")),
        a_visit(*WHOLE_VISIT, door.PartUsed(part_code="P")),
    ),
    Example(
        "closed_with_open_cases",
        "a job is closed with nothing left to decide",
        (*a_visit(*without(door.SignedOff)), said(DESK, desk.JobClosed(), "10:00")),
        (*KEPT, said(DESK, desk.JobClosed(), "10:00")),
    ),
    Example(
        "completed_twice",
        "one completion counts",
        (
            *KEPT,
            planned("10:00", visit=OTHER_VISIT),
            *door_steps(door.Arrived(), SOLVED, visit=OTHER_VISIT, start="11:00", sees=17),
        ),
        KEPT,
    ),
)
