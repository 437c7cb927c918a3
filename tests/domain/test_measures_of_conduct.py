"""How visits were carried out and closed, as figures count it: identity, certificates, safety, agreement, the loop."""

from datetime import timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from domain.facts import desk, door, feedback, handling, vouchers
from domain.facts.requirements import ChecklistPurpose, FrozenChecklist, Requirements
from domain.facts.words import Certificate, Check, FeeKind, Result, SpecialWork, Warranty
from domain.people.actor import Role
from tests.domain.bodies import CHECKED_IN, PAID, REPAIRED, SIGNED, SOLVED, WHOLE_VISIT, agreed, bill, fees, line
from tests.domain.builders import (
    DESK,
    FAIL,
    PASS,
    SUPERVISOR,
    VISIT,
    A,
    Person,
    Said,
    clock,
    door_steps,
    history,
    job_of,
    opened,
    planned,
    said,
)
from tests.domain.test_measures import counted, counted_of, desk_said, one, result, step, whole

INSPECTOR = Person("质检员", Role.INSPECTOR, counts=False)
PASSED, FAILED = (feedback.Inspected(result=each) for each in (Result.PASS, Result.FAIL))


def inspected(body: feedback.Inspected, at: str, who: Person = INSPECTOR) -> Said:
    return said(who, body, at, visit=VISIT)


def test_of_several_inspections_the_last_counts_and_nobody_s_of_their_own_work() -> None:
    figures = counted(*whole(inspected(FAILED, "12:00"), inspected(PASSED, "13:00"), inspected(FAILED, "14:00", A)))
    alone = counted(*whole(inspected(PASSED, "14:00", A)))

    assert [(result(each), each.at) for each in figures["K13"]] == [((1, 1, None), clock("13:00"))]
    assert "K13" not in alone
    assert (figures["K13b"][0].numerator, alone["K13b"][0].numerator) == (1, 0)


def certified(
    *certificates: Certificate, steps: tuple[Struct, ...] = (CHECKED_IN, door.WorkStarted())
) -> tuple[Said, ...]:
    return opened(special_work=(SpecialWork.GAS,)), planned(certificates=certificates), *door_steps(*steps)


def test_special_work_that_was_begun_needs_every_certificate_and_other_work_none() -> None:
    gas = Certificate(kind=SpecialWork.GAS, number="1", valid_until="2025-07-01")

    assert result(one("K25", *certified(gas))) == (1, 1, None)
    assert result(one("K25", *certified(replace(gas, kind=SpecialWork.HEIGHT)))) == (0, 1, None)
    assert "K25" not in counted(*certified(gas, steps=(CHECKED_IN,)))
    assert "K25" not in counted(*whole())


def checked(*checks: Check, safety: bool, gas: bool) -> tuple[Said, ...]:
    """A repair whose plan asks for a safety check, or not, with these answers to it."""
    list_ = FrozenChecklist(code="S", purpose=ChecklistPurpose.SAFETY_AFTER_REPAIR, mandatory=("leak",))
    steps = [replace(REPAIRED, checks=checks) if body is REPAIRED else body for body in WHOLE_VISIT]
    opening = opened(special_work=(SpecialWork.GAS,) if gas else ())
    return opening, planned(requirements=Requirements(checklists=(list_,) if safety else ())), *door_steps(*steps)


@pytest.mark.parametrize(
    ("checks", "safety", "gas", "expected"),
    [
        ((replace(PASS, code="leak"),), True, True, [(1, 1, None)]),
        ((replace(FAIL, code="leak"),), True, True, [(0, 1, None)]),
        ((), True, False, [(0, 1, None)]),
        ((), False, True, [(0, 1, None)]),
        ((), False, False, []),
    ],
    ids=["passed", "failed", "not answered", "gas without a list", "neither"],
)
def test_a_repair_with_gas_or_with_a_list_for_it_counts_whether_its_safety_was_checked(
    checks: tuple[Check, ...], expected: list[tuple[int, int, None]], *, safety: bool, gas: bool
) -> None:
    assert [result(each) for each in counted(*checked(*checks, safety=safety, gas=gas)).get("K31", [])] == expected


def test_incidents_are_counted_against_visits_that_were_let_in() -> None:
    incident = door.IncidentReported(kind="slip", serious=False)
    closed = door.VisitEnded(outcome=door.VisitOutcome.NO_ACCESS)

    hurt = counted(opened(), planned(), *door_steps(CHECKED_IN, incident))["K31b"]
    outside = counted(opened(), planned(), *door_steps(door.Arrived(), incident, closed))["K31b"]

    assert [result(each)[:2] for each in hurt] == [(0, 1), (1, 0)]
    assert [result(each)[:2] for each in outside] == [(1, 0)]


def test_who_was_at_the_door_is_shown_by_uniform_and_badge_unless_the_customer_says_otherwise() -> None:
    denied = desk_said(door.Rated(score=5, identity_shown=False), "12:00")
    job = job_of(*whole(denied))
    case = next(each.id for each in job.findings if each.code == "identity_denied")
    mistaken = said(SUPERVISOR, desk.CaseDecided(case_id=case, choice=desk.Choice.DISMISS, reason="认错人"), "13:00")

    assert [one("K32", *whole(*more)).numerator for more in ((), (denied,), (denied, mistaken))] == [1, 0, 1]
    for bad in ({"uniform": FAIL}, {"badge": replace(PASS, result=Result.NOT_APPLICABLE, reason="补办中")}):
        assert one("K32", opened(), planned(), *door_steps(replace(CHECKED_IN, **bad))).numerator == 0


def test_a_warranty_decision_counts_when_the_job_ends_and_needs_its_basis_and_its_evidence() -> None:
    based = desk.WarrantyDecided(decision=Warranty.PAID, basis="已过保修期", evidence_digests=("5d" * 32,))

    for body, kept in ((based, 1), (replace(based, basis=" "), 0), (replace(based, evidence_digests=()), 0)):
        assert result(one("K30", *whole(desk_said(body, "12:00")))) == (kept, 1, None)
    assert "K30" not in counted(opened(), desk_said(based, "12:00"))


BEFORE_WORK = (CHECKED_IN, fees(), agreed())
DONE = (door.WorkStarted(), REPAIRED, door.WorkFinished())


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((*BEFORE_WORK, *DONE, SIGNED, SOLVED), (1, 1, None)),
        ((CHECKED_IN, fees(), door.WorkStarted(), agreed(), *DONE[1:], SIGNED, SOLVED), (0, 1, None)),
        ((*BEFORE_WORK, door.WorkStarted(), SIGNED, *DONE[1:], SOLVED), (0, 1, None)),
        ((*BEFORE_WORK, *DONE, replace(SIGNED, method=door.Consent.ABSENT, reason="外出"), SOLVED), (0, 1, None)),
        ((*BEFORE_WORK, *DONE, replace(SIGNED, method=door.Consent.REFUSED, reason="不满"), SOLVED), (0, 1, "refused")),
        ((*BEFORE_WORK, *DONE, replace(SIGNED, method=door.Consent.REFUSED), SOLVED), (0, 1, None)),
    ],
    ids=["as it should be", "agreed to later", "signed before the end", "absent", "refused", "refused without a word"],
)
def test_a_job_is_agreed_to_before_work_and_signed_off_after_it(
    steps: tuple[Struct, ...], expected: tuple[int, int, str | None]
) -> None:
    assert result(one("K33", opened(), planned(), *door_steps(*steps))) == expected


def called(at: str, who: Person = DESK, *, reached: bool = False) -> Said:
    return said(who, feedback.FollowedUp(reached=reached), at)


@pytest.mark.parametrize(
    ("calls", "kept"),
    [
        ((called("12:00", reached=True),), 1),
        ((called("12:00"),), 0),
        ((called("12:00"), called("13:00")), 1),
        ((called("12:00", A, reached=True), called("13:00", A)), 0),
    ],
    ids=["reached", "tried once", "tried twice", "by who did the work"],
)
def test_a_loop_is_closed_by_one_call_that_reached_the_customer_or_two_that_did_not(
    calls: tuple[Said, ...], kept: int
) -> None:
    others = desk_said(handling.ReportDelivered(), "11:00"), desk_said(desk.JobClosed(), "18:00")

    figures = counted(*whole(others[0], *calls, others[1]))

    assert figures["K17"][0].numerator == kept
    assert figures["K20"][0].numerator == int(calls[0].who is DESK)


def test_a_job_is_settled_when_the_last_bill_is_written_and_paid() -> None:
    part = line(3_500, FeeKind.PART, "P-AC-011")
    more = replace(PAID, amount_fen=15_500)
    ahead = (step(bill(), "10:00"), step(more, "10:01"), step(bill(part), "10:05"))
    behind = (step(bill(), "10:00"), step(bill(part), "10:05"), step(PAID, "10:06"))

    assert one("K12", opened(), planned(), *ahead).at == clock("10:05")
    assert "K12" not in counted(opened(), planned(), *behind)
    assert one("K12", opened(), planned(), *behind, step(replace(PAID, amount_fen=3_500), "10:09")).at == clock("10:09")


def test_a_receipt_that_is_given_later_is_one() -> None:
    bare = (opened(), planned(), *door_steps(bill(), replace(PAID, receipt_given=False)))
    receipt = vouchers.InvoiceIssued(kind=vouchers.Voucher.RECEIPT, number="R-1", amount_fen=12_000)

    assert result(one("K39b", *bare)) == (0, 1, None)
    assert result(one("K39b", *bare, desk_said(receipt, "12:00"))) == (1, 1, None)


@pytest.mark.parametrize(("seconds", "reliable"), [(300, 1), (301, 0), (-300, 1), (-301, 0)])
def test_a_clock_is_good_within_five_minutes_of_the_right_time(seconds: int, reliable: int) -> None:
    facts = history(opened(), planned(), step(CHECKED_IN, "10:00"))
    facts[-1] = replace(facts[-1], happened_at=facts[-1].happened_at + timedelta(seconds=seconds))

    assert [result(each) for each in counted_of(facts)["K29b"]] == [(reliable, 1, None)]
