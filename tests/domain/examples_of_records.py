"""The repair record: codes, readings, checklists, test and safety check, each rule broken once and kept once."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import door
from domain.facts.requirements import (
    ChecklistPurpose,
    FrozenChecklist,
    FrozenChoice,
    FrozenFaultCodes,
    FrozenNumber,
    RecordField,
    Requirements,
)
from domain.facts.words import Certificate, Check, Reading, Result, SpecialWork
from tests.domain.bodies import CHECKED_IN, REPAIRED, SOLVED, a_visit, instead
from tests.domain.builders import Said, door_steps, opened, planned
from tests.domain.examples import Example

SAFETY = FrozenChecklist(
    code="SAFETY-AC", purpose=ChecklistPurpose.SAFETY_AFTER_REPAIR, mandatory=("S01", "S02"), optional=("S09",)
)
ROUTINE = FrozenChecklist(
    code="DOOR-REPAIR", purpose=ChecklistPurpose.DOOR_ROUTINE, mandatory=("D01", "D02"), optional=("D03",)
)
RECORD = FrozenChecklist(
    code="RECORD-AC",
    purpose=ChecklistPurpose.REPAIR_RECORD,
    mandatory=("current", "operation", "before", "level"),
    optional=("earth",),
    numbers=(
        FrozenNumber(code="current", unit="A", low_thousandths=500, high_thousandths=16_000),
        FrozenNumber(code="earth", unit="ohm", low_thousandths=0, high_thousandths=4_000),
    ),
    choices=(FrozenChoice(code="operation", choices=("normal", "limited")),),
    photos=("before",),
)
ALL = (SAFETY, ROUTINE, RECORD)
CODES = FrozenFaultCodes(symptoms=("AC-S01",), conditions=("Z1",), causes=("AC-C02",), measures=("M01", "M03"))
PHOTO = "1" * 64
CURRENT = Reading(code="current", value_thousandths=4_200, unit="A")
ANSWERED = replace(
    REPAIRED,
    symptom_code="AC-S01",
    condition_code="Z1",
    measure_codes=("M03",),
    readings=(CURRENT,),
    passed=("S01", "S02", "D01", "level"),
    checks=(
        Check(code="operation", result=Result.PASS, choice="normal"),
        Check(code="before", result=Result.PASS, photo_digests=(PHOTO,)),
    ),
)
GOODBYE = replace(SOLVED, passed=("D02",))


def asking(*steps: Struct, asked: Sequence[FrozenChecklist] = ALL, zone: str = "UTC", **more: Any) -> tuple[Said, ...]:
    """A visit whose record is asked for in full, with these steps."""
    requirements = Requirements(record=tuple(RecordField), checklists=tuple(asked), part_measures=("M01",))
    plan = planned(requirements=requirements, fault_codes=CODES, **more)
    return opened(symptom="不制冷", time_zone=zone), plan, *door_steps(*steps)


def whole(*bodies: Struct) -> tuple[Struct, ...]:
    """A whole visit with every answer, and these bodies in the place of those of their kind."""
    answered = {type(body): body for body in (ANSWERED, GOODBYE, *bodies)}
    return instead(*answered.values())


def answering(**changes: Any) -> tuple[Said, ...]:
    """The same with this in the repair record."""
    return asking(*whole(replace(ANSWERED, **changes)))


def without_answer(code: str) -> dict[str, Any]:
    """The repair record without its answer to one item."""
    return {
        "passed": tuple(each for each in ANSWERED.passed if each != code),
        "checks": tuple(check for check in ANSWERED.checks if check.code != code),
        "readings": tuple(reading for reading in ANSWERED.readings if reading.code != code),
    }


def overnight(until: str) -> tuple[Said, ...]:
    """Work at height that is paused in the evening and goes on after midnight."""
    held = Certificate(kind=SpecialWork.HEIGHT, number="T-1", valid_from="2025-07-01", valid_until=until)
    evening = door_steps(
        CHECKED_IN, door.WorkStarted(make_safe=True, special_work=(SpecialWork.HEIGHT,)), start="23:00"
    )
    pause = door_steps(door.WorkPaused(reason=door.PauseReason.BREAK), start="23:30")
    return opened(time_zone="UTC"), planned(certificates=(held,)), *evening, *pause, *resumed("2025-07-02T00:10")


def resumed(at: str) -> tuple[Said, ...]:
    """Going on at this moment."""
    (step,) = door_steps(door.WorkResumed())
    return (replace(step, at=at),)


KEPT = asking(*whole())

EXAMPLES = (
    Example(
        "fault_code_unknown",
        "a cause is one of the product's own",
        answering(cause_code="RF-C01"),
        KEPT,
    ),
    Example("fault_code_unknown", "a measure is one that there is", answering(measure_codes=("M03", "M99")), KEPT),
    Example(
        "fault_code_unknown",
        "a diagnosis speaks in the same codes",
        asking(door.Diagnosed(symptom_code="AC-S77")),
        a_visit(door.Diagnosed(symptom_code="AC-S77")),
    ),
    Example(
        "repair_record_incomplete",
        "a mandatory item is answered before the tools are in",
        answering(**without_answer("level")),
        KEPT,
    ),
    Example(
        "repair_record_incomplete",
        "what does not apply says why",
        answering(
            passed=("S01", "S02", "D01"),
            checks=(*ANSWERED.checks, Check(code="level", result=Result.NOT_APPLICABLE)),
        ),
        answering(
            passed=("S01", "S02", "D01"),
            checks=(*ANSWERED.checks, Check(code="level", result=Result.NOT_APPLICABLE, reason="壁挂机无调平脚")),
        ),
    ),
    Example(
        "repair_record_incomplete",
        "a measure that replaces something names the part",
        answering(measure_codes=("M01",)),
        asking(*whole(replace(ANSWERED, measure_codes=("M01",)))[:8], door.PartUsed(part_code="P"), *whole()[8:]),
    ),
    Example(
        "record_check_failed",
        "a reading lies within the limits that were frozen, whatever it says of itself",
        answering(readings=(replace(CURRENT, value_thousandths=16_001, high_thousandths=99_000),)),
        answering(readings=(replace(CURRENT, value_thousandths=16_000),)),
    ),
    Example(
        "record_check_failed",
        "a reading that no limits were frozen for is held to its own",
        answering(readings=(CURRENT, Reading(code="x", value_thousandths=1, unit="V", low_thousandths=2))),
        answering(readings=(CURRENT, Reading(code="x", value_thousandths=2, unit="V", low_thousandths=2))),
    ),
    Example(
        "record_check_failed",
        "an item of the record passes",
        answering(checks=(*ANSWERED.checks, Check(code="level", result=Result.FAIL))),
        KEPT,
    ),
    Example(
        "solved_though_test_failed",
        "who was helped has an appliance that runs",
        asking(*whole(door.WorkFinished(test_result=Result.FAIL))),
        asking(*whole(door.WorkFinished(test_result=Result.PASS))),
    ),
    Example("safety_after_repair_open", "safety is checked after a repair", answering(**without_answer("S02")), KEPT),
    Example(
        "safety_after_repair_open",
        "and it passed",
        answering(checks=(*ANSWERED.checks, Check(code="S02", result=Result.FAIL, reason="绝缘偏低"))),
        answering(checks=(*ANSWERED.checks, Check(code="S09", result=Result.FAIL, reason="无关"))),
    ),
    Example("service_norm_missed", "the door routine is kept", asking(*whole(SOLVED)), KEPT),
    Example(
        "certificate_missing",
        "a certificate holds on each day of the work",
        overnight("2025-07-01"),
        overnight("2025-07-02"),
    ),
)
