"""What the index counts that no KPI does: material, quality, promise, complaints, candidates for a deduction."""

from datetime import datetime
from typing import Any

import pytest
from msgspec import Struct

from domain.facts import desk, door, feedback, handling
from domain.facts.words import PartNeed, Warranty, WorkType
from domain.fold import fold
from domain.measures.derive import measures
from domain.measures.evidence import DEDUCTIONS, EVIDENCE
from domain.measures.measure import Tally
from domain.rules.table import RULE_BY_CODE
from domain.scoring.scheme import evidence_of
from service.scoring.shipped import MEASURED, SHIPPED
from tests.domain.bodies import (
    CHECKED_IN,
    REPAIRED,
    SIGNED,
    SOLVED,
    WHOLE_VISIT,
    a_visit,
    agreed,
    fees,
    instead,
    without,
)
from tests.domain.builders import (
    DESK,
    JOB,
    SUPERVISOR,
    VISIT,
    A,
    Said,
    clock,
    door_steps,
    history,
    opened,
    planned,
    said,
)
from tests.domain.examples_of_feedback import BY_INSPECTION, COMPLAINT, INSPECTION_FAILED

QUOTE = fees(expected_finish_at=clock("12:00"))
GOOD = instead(QUOTE, agreed(QUOTE))
DECIDED = said(DESK, desk.WarrantyDecided(decision=Warranty.PAID, basis="已过保修期"), "08:02", sees=2)
SHORT = door.VisitEnded(
    outcome=door.VisitOutcome.NEEDS_REVISIT,
    missing_parts=(PartNeed(part_code="P-AC-011", quantity_thousandths=1000),),
)


def tallies(*lines: Said) -> list[Tally]:
    state = fold(JOB, history(*lines))
    return [tally for measure in measures(state.job, state.memory) for tally in measure.tallies]


def counted(name: str, *lines: Said) -> list[tuple[int, str | None]]:
    return [(tally.numerator, tally.excluded) for tally in tallies(*lines) if tally.kpi == name]


def complaint(*answers: tuple[str, bool]) -> list[tuple[int, datetime]]:
    """A complaint of eight in the morning, answered at these times, with a solution or without."""
    heard = [
        said(DESK, feedback.ComplaintAnswered(complaint_id=COMPLAINT, solved=solved, answer="已联系"), at)
        for at, solved in answers
    ]
    opening = feedback.ComplaintOpened(complaint_id=COMPLAINT, cause_code="late", received_at=clock("08:00"))
    lines = (opened("07:00"), planned("07:01"), said(DESK, opening, "09:00"), *heard)
    return [(tally.numerator, tally.at) for tally in tallies(*lines) if tally.kpi == "E-complaint"]


def test_a_repair_by_the_book_shows_material_quality_and_promise_at_its_end() -> None:
    lines = (*a_visit(*GOOD), DECIDED)
    found = {tally.kpi: tally for tally in tallies(*lines) if tally.kpi.startswith("E-")}
    assert {name: tally.numerator for name, tally in found.items() if name != "E-records"} == {
        "E-material": 1,
        "E-quality": 1,
        "E-promise": 1,
    }
    assert found["E-material"].at == clock("09:13")


@pytest.mark.parametrize(
    "steps",
    [
        without(door.WorkFinished, door.SignedOff),
        instead(door.VisitEnded(outcome=door.VisitOutcome.TEMPORARY)),
        WHOLE_VISIT,
        instead(door.FeesDisclosed(lines=(), total_fen=0, expected_finish_at=clock("12:00"))),
        (*(step for step in GOOD if not isinstance(step, door.FeesDisclosed)), QUOTE),
    ],
    ids=["not proven", "temporary", "no expected time", "no items", "told after the work"],
)
def test_a_repair_is_good_only_when_solved_and_quoted_with_items_and_time_before_work(
    steps: tuple[Struct, ...],
) -> None:
    lines = (opened(), planned(), *door_steps(*steps))
    ended = any(isinstance(step, door.VisitEnded) for step in steps)
    closing = () if ended else (said(DESK, desk.JobClosed(), "18:00"),)
    assert all(numerator == 0 for numerator, _ in counted("E-quality", *lines, *closing))


def test_a_quote_told_at_the_moment_at_which_work_begins_was_told_before_it() -> None:
    work = (door.WorkStarted(), REPAIRED, door.WorkFinished(), SIGNED, SOLVED)
    told = [said(A, body, "09:05", sees=2, visit=VISIT) for body in (CHECKED_IN, QUOTE, agreed(QUOTE), *work)]
    assert counted("E-quality", opened(), planned(), *told) == [(1, None)]


def test_a_confirmed_error_makes_the_repair_bad_once_something_shows_it() -> None:
    error = said(SUPERVISOR, BY_INSPECTION, "18:01", visit=VISIT)
    inspection = said(SUPERVISOR, INSPECTION_FAILED, "18:00", visit=VISIT)
    assert counted("E-quality", *a_visit(*GOOD), error) == [(1, None)]
    assert counted("E-quality", *a_visit(*GOOD), inspection, error) == [(0, None)]


def test_a_quote_that_the_customer_refused_is_excluded_for_that_reason() -> None:
    declined = (
        door.Arrived(),
        QUOTE,
        door.FeesDeclined(),
        door.VisitEnded(outcome=door.VisitOutcome.CUSTOMER_DECLINED),
    )
    assert counted("E-quality", *a_visit(*declined)) == [(0, "quote_refused")]


def test_work_that_cost_nothing_needs_no_quote() -> None:
    free = tuple(
        step
        for step in GOOD
        if not isinstance(step, door.FeesDisclosed | door.FeesAcknowledged | door.Charged | door.Paid)
    )
    lines = (opened(warranty=Warranty.COVERED_WHOLE), planned(), *door_steps(*free))
    assert counted("E-quality", *lines) == [(1, None)]


def test_waiting_for_a_part_or_a_tool_is_lack_of_material_and_waiting_for_the_customer_is_not() -> None:
    holds: dict[handling.HoldReason, Any] = {
        reason: counted("E-material", *a_visit(*GOOD), said(DESK, handling.JobHeld(reason=reason), "07:30", sees=2))
        for reason in handling.HoldReason
    }
    lacking = {reason for reason, found in holds.items() if found == [(0, None)]}
    assert lacking == {handling.HoldReason.PARTS, handling.HoldReason.TOOLS}


def test_a_second_visit_for_a_missing_part_is_lack_of_material() -> None:
    again = door_steps(*GOOD, start="14:00", visit=JOB)
    lines = (*a_visit(door.Arrived(), SHORT), planned("13:00", visit=JOB), *again)
    assert counted("E-material", *lines) == [(0, None)]


def test_an_order_without_a_visit_shows_nothing() -> None:
    lines = (opened(), said(DESK, desk.JobClosed(), "12:00"))
    assert [tally.kpi for tally in tallies(*lines) if tally.kpi in EVIDENCE] == []


def test_without_a_warranty_decision_the_promise_is_not_shown_as_kept() -> None:
    assert counted("E-promise", *a_visit(*GOOD)) == [(0, None)]
    assert counted("E-promise", *a_visit(*GOOD), DECIDED) == [(1, None)]


def test_a_covered_line_that_was_charged_breaks_the_promise_and_is_a_candidate() -> None:
    covered = said(DESK, desk.WarrantyDecided(decision=Warranty.COVERED_WHOLE, basis="保修期内"), "08:02", sees=2)
    lines = (*a_visit(*GOOD), covered)
    assert counted("E-promise", *lines) == [(0, None)]
    assert counted("D-charged-though-covered", *lines) == [(1, None)]


def test_a_covered_line_that_was_found_charged_by_mistake_breaks_no_promise() -> None:
    covered = said(DESK, desk.WarrantyDecided(decision=Warranty.COVERED_WHOLE, basis="保修期内"), "08:02", sees=2)
    lines = (*a_visit(*GOOD), covered)
    job = fold(JOB, history(*lines)).job
    case = next(each.id for each in job.findings if each.code == "charged_though_covered")
    for choice, kept in ((desk.Choice.WAIVE, 0), (desk.Choice.DISMISS, 1)):
        word = said(SUPERVISOR, desk.CaseDecided(case_id=case, choice=choice, reason="已核实"), "20:00")
        assert counted("E-promise", *lines, word) == [(kept, None)]


@pytest.mark.parametrize(("choice", "excluded"), [(desk.Choice.WAIVE, "forgiven"), (desk.Choice.ACCEPT, None)])
def test_a_candidate_that_a_person_forgave_is_counted_apart(choice: desk.Choice, excluded: str | None) -> None:
    lines = a_visit(*without(door.FeesDisclosed, door.FeesAcknowledged))
    job = fold(JOB, history(*lines)).job
    case = next(each.id for each in job.findings if each.code == "work_without_acknowledgement")
    word = said(SUPERVISOR, desk.CaseDecided(case_id=case, choice=choice, reason="已核实"), "20:00")
    assert counted("D-work-before-quote", *lines, word) == [(1, excluded)]


def test_installations_and_repairs_are_counted_once_more_for_their_own_aspects() -> None:
    install = (opened(work_type=WorkType.INSTALL), planned(), *door_steps(*GOOD))
    assert counted("E-installation", *install) == [(1, None)]
    assert counted("E-installation", *a_visit(*GOOD)) == []
    assert counted("E-quality", *install) == []
    assert len(counted("E-records", *a_visit(*GOOD))) == len(counted("K24", *install)) == 1
    assert counted("E-records", *install) == []


@pytest.mark.parametrize(
    ("answers", "numerator", "at"),
    [
        ((("2025-07-02T08:00", False), ("2025-07-03T08:00", True)), 1, "2025-07-03T08:00"),
        ((("2025-07-02T08:00:01", True),), 0, "2025-07-02T08:00"),
        ((("10:00", False), ("2025-07-03T08:00:01", True)), 0, "2025-07-03T08:00"),
        ((), 0, "2025-07-02T08:00"),
    ],
    ids=["both at the last second", "contact a second late", "solution a second late", "nothing ever"],
)
def test_a_complaint_is_decided_when_both_are_there_or_at_the_first_limit_missed(
    answers: tuple[tuple[str, bool], ...], numerator: int, at: str
) -> None:
    assert complaint(*answers) == [(numerator, clock(at))]


def test_every_candidate_is_a_rule_and_every_scheme_asks_for_what_is_measured() -> None:
    assert DEDUCTIONS.keys() <= RULE_BY_CODE.keys()
    for scheme in SHIPPED.values():
        assert evidence_of(scheme) <= MEASURED


def test_all_that_the_index_alone_counts_is_asked_for_by_the_shipped_scheme() -> None:
    assert evidence_of(SHIPPED["gb-t-27922-2011"]) >= EVIDENCE
