"""The record of a visit, as its document shows it: complete or not, what passed, what is missing (K11, K24, K31)."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.catalogue import FaultCode, FaultCodeKind
from domain.dispatch.requirements import frozen_fault_codes
from domain.facts import desk, door, shared
from domain.facts.requirements import FrozenChecklist, RecordField
from domain.facts.words import Check, Result, SpecialWork, Warranty, WorkType
from domain.job.visit_record import Safety, VisitRecord
from domain.repair_record.fields import FIELDS_BY_WORK
from tests.domain.bodies import CHECKED_IN, WHOLE_VISIT, a_visit, instead
from tests.domain.builders import (
    DESK,
    A,
    Said,
    arrivals,
    door_steps,
    folded,
    history,
    job_of,
    opened,
    planned,
    said,
    visit_of,
)
from tests.domain.examples_of_records import (
    ANSWERED,
    CURRENT,
    GOODBYE,
    KEPT,
    PHOTO,
    RECORD,
    ROUTINE,
    SAFETY,
    answering,
    asking,
    overnight,
    whole,
    without_answer,
)


def record(*lines: Said) -> VisitRecord:
    """The record of the first visit."""
    found = visit_of(job_of(*lines)).record
    assert found is not None
    return found


def with_check(code: str, result: Result, **more: Any) -> VisitRecord:
    """The record when one item was answered by this check and by nothing else."""
    left = without_answer(code)
    check = Check(code=code, result=result, **more)
    return record(*answering(**{**left, "checks": (*left["checks"], check)}))


def test_a_visit_with_every_field_and_answer_is_complete() -> None:
    assert record(*KEPT) == VisitRecord(
        complete=True,
        missing_fields=(),
        missing_items=(),
        passed=8,
        failed=(),
        not_applicable=(),
        unanswered=(),
        norm_kept=True,
        out_of_limits=(),
        safety=Safety.PASSED,
    )


LEFT_OUT: dict[RecordField, tuple[Said, ...]] = {
    RecordField.REPORTED_FAULT: (replace(KEPT[0], body=replace(KEPT[0].body, symptom=None)), *KEPT[1:]),
    RecordField.FOUND_FAULT: asking(
        *[b for b in whole(replace(ANSWERED, symptom_code=None)) if not isinstance(b, door.Diagnosed)]
    ),
    RecordField.PARTS: answering(measure_codes=("M01",)),
    RecordField.TEST_RESULT: asking(*whole(door.WorkFinished(tested=False))),
    RecordField.TECHNICIAN: asking(*[b for b in whole() if not isinstance(b, door.CheckedIn)]),
    RecordField.SIGN_OFF: asking(*[b for b in whole() if not isinstance(b, door.SignedOff)]),
    RecordField.WARRANTY_DECISION: (opened(symptom="x", warranty=Warranty.UNKNOWN), *KEPT[1:]),
    RecordField.FEE: asking(*[b for b in whole() if not isinstance(b, door.Charged | door.Paid)]),
    RecordField.TIMES: asking(*[b for b in whole() if not isinstance(b, door.WorkStarted)]),
}


@pytest.mark.parametrize("field", sorted(LEFT_OUT))
def test_what_the_record_does_not_tell_is_missing_by_name(field: RecordField) -> None:
    found = record(*LEFT_OUT[field])
    assert (found.missing_fields, found.complete) == ((field,), False)


def test_without_a_repair_record_cause_measure_and_parts_are_missing() -> None:
    found = record(*asking(*[b for b in whole() if not isinstance(b, door.RepairRecorded)]))
    assert found.missing_fields == (RecordField.CAUSE, RecordField.MEASURE, RecordField.PARTS)


def test_a_visit_that_nobody_planned_is_held_to_what_its_work_asks_for() -> None:
    steps = door_steps(*WHOLE_VISIT, sees=1)
    assert record(opened(), *steps).missing_fields == (RecordField.REPORTED_FAULT,)


def test_work_that_goes_on_after_a_pause_has_no_end_until_it_stops_again() -> None:
    stopped = (CHECKED_IN, door.WorkStarted(), door.WorkPaused(reason=door.PauseReason.BREAK))
    assert RecordField.TIMES not in record(*asking(*stopped)).missing_fields
    assert RecordField.TIMES in record(*asking(*stopped, door.WorkResumed())).missing_fields


def test_each_kind_of_work_has_its_fields() -> None:
    assert FIELDS_BY_WORK.keys() == set(WorkType)
    assert RecordField.CAUSE not in FIELDS_BY_WORK[WorkType.INSTALL]


def test_before_anybody_came_there_is_no_record() -> None:
    assert visit_of(job_of(*asking(door.Departed()))).record is None


@pytest.mark.parametrize("code", ["S02", "level", "current", "operation", "before"])
def test_an_unanswered_mandatory_item_is_neither_passed_nor_left_out(code: str) -> None:
    found = record(*answering(**without_answer(code)))
    assert (found.unanswered, found.missing_items, found.passed) == ((code,), (code,), 7)
    assert (found.norm_kept, found.complete) == (False, False)


@pytest.mark.parametrize("code", ["S02", "level", "current", "operation", "before"])
def test_an_item_does_not_apply_only_for_a_reason(code: str) -> None:
    silent, said_why = with_check(code, Result.NOT_APPLICABLE), with_check(code, Result.NOT_APPLICABLE, reason="无")
    assert (silent.unanswered, silent.not_applicable) == ((code,), ())
    assert (said_why.unanswered, said_why.not_applicable, said_why.passed) == ((), (code,), 7)
    assert (said_why.norm_kept, said_why.complete) == (True, True)


@pytest.mark.parametrize("code", ["S02", "level", "current", "operation", "before"])
def test_a_failure_that_was_owned_up_to_is_an_answer_and_no_pass(code: str) -> None:
    found = with_check(code, Result.FAIL)
    assert (found.failed, found.unanswered, found.norm_kept, found.complete) == ((code,), (), False, True)


@pytest.mark.parametrize("code", ["current", "operation", "before"])
def test_a_bare_pass_answers_no_item_that_asks_for_more(code: str) -> None:
    assert with_check(code, Result.PASS).unanswered == (code,)
    left = without_answer(code)
    assert record(*answering(**{**left, "passed": (*left["passed"], code)})).unanswered == (code,)


def test_a_choice_is_one_of_those_offered() -> None:
    assert with_check("operation", Result.PASS, choice="limited").unanswered == ()
    assert with_check("operation", Result.PASS, choice="burning").unanswered == ("operation",)


@pytest.mark.parametrize(
    ("thousandths", "out"), [(499, True), (500, False), (16_000, False), (16_001, True), (-16_000, True)]
)
def test_a_reading_passes_from_limit_to_limit(thousandths: int, out: bool) -> None:  # noqa: FBT001 (a column)
    found = record(*answering(readings=(replace(CURRENT, value_thousandths=thousandths),)))
    assert (found.out_of_limits, found.failed) == ((("current",), ("current",)) if out else ((), ()))


def test_a_reading_in_another_unit_answers_nothing() -> None:
    found = record(*answering(readings=(replace(CURRENT, unit="mA"),)))
    assert (found.unanswered, found.failed, found.out_of_limits) == (("current",), (), ())


def test_a_photo_may_be_an_attachment_of_that_purpose_on_the_same_visit() -> None:
    photo = shared.AttachmentAdded(digest=PHOTO, media_type="image/jpeg", size_bytes=1, purpose=shared.Purpose.BEFORE)
    steps = whole(replace(ANSWERED, **without_answer("before")))
    of_visit, of_job = asking(photo, *steps), (*asking(*steps), said(A, photo, "10:00"))
    assert record(*of_visit).unanswered == ()
    assert record(*of_job).unanswered == ("before",)


def test_what_the_door_routine_asks_for_last_is_answered_at_the_end() -> None:
    late = replace(GOODBYE, passed=(), checks=(Check(code="D02", result=Result.FAIL),))
    assert record(*asking(*whole(late))).failed == ("D02",)


def test_the_routine_is_no_part_of_a_complete_record() -> None:
    found = record(*asking(*whole(replace(GOODBYE, passed=()))))
    assert (found.unanswered, found.missing_items, found.complete, found.norm_kept) == (("D02",), (), True, False)


def test_an_optional_item_is_not_missed() -> None:
    assert record(*answering(**without_answer("D03"))).unanswered == ()


def test_an_item_of_two_lists_is_answered_once_and_mandatory_where_one_wants_it() -> None:
    twice = FrozenChecklist(code="OTHER", purpose=ROUTINE.purpose, mandatory=("D03",), optional=("S01",))
    found = record(*asking(*whole(), asked=(SAFETY, ROUTINE, RECORD, twice)))
    assert (found.passed, found.unanswered, found.safety) == (8, ("D03",), Safety.PASSED)


@pytest.mark.parametrize(
    ("asked", "changes", "safety"),
    [
        ((RECORD,), {}, Safety.NOT_ASKED),
        ((SAFETY,), {}, Safety.PASSED),
        ((SAFETY,), {"passed": ("S01",)}, Safety.OPEN),
        ((SAFETY,), {"checks": (Check(code="S01", result=Result.FAIL),)}, Safety.OPEN),
    ],
)
def test_safety_after_repair_is_passed_as_a_whole(
    asked: tuple[FrozenChecklist, ...], changes: dict[str, Any], safety: Safety
) -> None:
    assert record(*asking(*whole(replace(ANSWERED, **changes)), asked=asked)).safety is safety


def test_a_corrected_record_counts_and_the_finding_waits_for_a_person() -> None:
    first = whole(replace(ANSWERED, **without_answer("S02")))
    job = job_of(*asking(*first, ANSWERED))
    assert visit_of(job).record == record(*KEPT)
    assert [finding.code for finding in job.findings] == ["safety_after_repair_open"]


def test_a_record_is_the_same_in_whichever_order_its_facts_arrive() -> None:
    decided = said(DESK, desk.WarrantyDecided(decision=Warranty.PAID, basis="x"), "09:05", sees=2)
    steps = (*door_steps(ANSWERED, door.WorkFinished()), decided)
    facts = history(*asking()[:2], *steps)
    found = {visit_of(folded(facts)).record for facts in arrivals(facts)}
    assert len(found) == 1


def test_a_certificate_holds_on_its_last_day_and_not_on_the_next() -> None:
    held, out = visit_of(job_of(*overnight("2025-07-02"))), visit_of(job_of(*overnight("2025-07-01")))
    assert (held.special_work, held.uncertified) == ((SpecialWork.HEIGHT,), ())
    assert (out.special_work, out.uncertified) == ((SpecialWork.HEIGHT,), (SpecialWork.HEIGHT,))


def test_codes_leave_the_document_and_stay_in_the_log() -> None:
    plan = visit_of(job_of(*KEPT)).plan
    assert plan is not None
    assert plan.fault_codes is None


def test_codes_are_frozen_for_the_product_group_or_all_of_them_where_it_is_unknown() -> None:
    codes = [fault_code("AC-C01", "AC"), fault_code("RF-C01", "RF"), fault_code("X-C90")]
    frozen, every = frozen_fault_codes(codes, "AC"), frozen_fault_codes(codes, None)
    assert frozen is not None
    assert every is not None
    assert (frozen.causes, every.causes) == (("AC-C01", "X-C90"), ("AC-C01", "RF-C01", "X-C90"))
    assert frozen_fault_codes((), "AC") is None


def test_an_old_plan_asks_for_what_it_always_asked_for() -> None:
    plain = a_visit(*instead(replace(ANSWERED, cause_code="anything")))
    silent = a_visit(*[body for body in WHOLE_VISIT if not isinstance(body, door.Diagnosed)])
    assert (job_of(*plain).findings, job_of(*silent).findings) == ((), ())
    assert planned().body.requirements.record == ()  # type: ignore[attr-defined]


def fault_code(code: str, *groups: str) -> FaultCode:
    """A cause of these groups."""
    about: dict[str, Any] = {"kind": FaultCodeKind.CAUSE, "urgent": False, "needs_part": False}
    return FaultCode(code=code, name_zh="x", name_en="x", groups=groups, **about)
