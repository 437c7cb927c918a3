"""What was answered to the items of a visit's checklists, and what each of them came to (K11)."""

from collections.abc import Mapping

from msgspec import Struct

from domain.facts.requirements import ChecklistPurpose, FrozenChecklist, FrozenNumber
from domain.facts.words import Check, Reading, Result
from domain.job.document import Job
from domain.job.visit import Visit
from domain.job.visit_record import Verdict


class _Answers(Struct, frozen=True, kw_only=True):
    """All that was answered on a visit, by the code of the item; what was said last counts."""

    passed: frozenset[str]
    checks: Mapping[str, Check]
    readings: Mapping[str, Reading]
    photos: frozenset[str]


class Item(Struct, frozen=True, kw_only=True):
    """One item that was asked for, and what it came to."""

    code: str
    purpose: ChecklistPurpose
    is_mandatory: bool
    verdict: Verdict


def items_of(job: Job, visit: Visit) -> tuple[Item, ...]:
    """Every item of the frozen checklists, once: mandatory where any list wants it, of the safety check first."""
    checklists = _frozen(visit)
    if not checklists:
        return ()
    answers = _answers(job, visit)
    found: dict[str, Item] = {}
    for checklist in sorted(checklists, key=_safety_last):
        for code in (*checklist.mandatory, *checklist.optional):
            known = found.get(code)
            found[code] = Item(
                code=code,
                purpose=checklist.purpose,
                is_mandatory=code in checklist.mandatory or (known is not None and known.is_mandatory),
                verdict=verdict(checklist, code, answers),
            )
    return tuple(found.values())


def verdict(checklist: FrozenChecklist, code: str, answers: _Answers) -> Verdict:
    """What one item came to. A failure that was owned up to is one, whatever else the item asks for."""
    check = answers.checks.get(code)
    if check is not None and check.result is Result.NOT_APPLICABLE:
        return Verdict.NOT_APPLICABLE if check.reason else Verdict.UNANSWERED
    if check is not None and check.result is Result.FAIL:
        return Verdict.FAILED
    number = next((each for each in checklist.numbers if each.code == code), None)
    if number is not None:
        return _measured(number, answers.readings.get(code))
    choice = next((each for each in checklist.choices if each.code == code), None)
    if choice is not None:
        return _answered(check is not None and check.choice in choice.choices)
    if code in checklist.photos:
        return _answered(code in answers.photos)
    return _answered(check is not None or code in answers.passed)


def out_of_limits(visit: Visit) -> tuple[str, ...]:
    """Readings beyond the limits frozen for them, or else beyond their own."""
    readings = _readings(visit)
    if not readings:
        return ()
    frozen = {number.code: number for checklist in _frozen(visit) for number in checklist.numbers}
    return tuple(code for code, reading in readings.items() if not _is_within(reading, frozen.get(code)))


def _frozen(visit: Visit) -> tuple[FrozenChecklist, ...]:
    return visit.plan.requirements.checklists if visit.plan is not None else ()


def _answers(job: Job, visit: Visit) -> _Answers:
    """Answers in the repair record and at the end of the visit; a photo may also be an attachment of that purpose."""
    repair = visit.repair
    checks = (*(repair.checks if repair else ()), *visit.last_checks)
    shown = [file.body.purpose.value for file in job.attachments if file.visit_id == visit.id]
    return _Answers(
        passed=frozenset((*(repair.passed if repair else ()), *visit.last_passed)),
        checks={check.code: check for check in checks},
        readings=_readings(visit),
        photos=frozenset((*shown, *(check.code for check in checks if check.photo_digests))),
    )


def _readings(visit: Visit) -> dict[str, Reading]:
    return {reading.code: reading for reading in visit.repair.readings} if visit.repair is not None else {}


def _safety_last(checklist: FrozenChecklist) -> bool:
    return checklist.purpose is ChecklistPurpose.SAFETY_AFTER_REPAIR


def _answered(is_answered: bool) -> Verdict:  # noqa: FBT001 (the one thing that it is asked)
    return Verdict.PASSED if is_answered else Verdict.UNANSWERED


def _measured(number: FrozenNumber, reading: Reading | None) -> Verdict:
    """A reading in another unit answers nothing."""
    if reading is None or reading.unit != number.unit:
        return Verdict.UNANSWERED
    return Verdict.PASSED if _is_within(reading, number) else Verdict.FAILED


def _is_within(reading: Reading, frozen: FrozenNumber | None) -> bool:
    low, high = reading.low_thousandths, reading.high_thousandths
    if frozen is not None:
        if reading.unit != frozen.unit:
            return True
        low, high = frozen.low_thousandths, frozen.high_thousandths
    return (low is None or reading.value_thousandths >= low) and (high is None or reading.value_thousandths <= high)
