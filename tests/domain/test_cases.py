"""Deciding findings, and taking words back."""

from domain.cases.findings import is_blocked, open_cases
from domain.facts import desk, door, shared
from domain.facts.desk import Choice
from domain.fold import fold, go_on
from domain.job.cases import Blocks
from domain.job.document import Job
from domain.people.actor import Role
from tests.domain.bodies import WHOLE_VISIT, a_visit, agreed, bill, fees, line, without
from tests.domain.builders import (
    DESK,
    JOB,
    SUPERVISOR,
    VISIT,
    A,
    B,
    Person,
    Said,
    codes,
    finding,
    history,
    job_of,
    named,
    opened,
    planned,
    said,
    visit_of,
)

UNAGREED = a_visit(*without(door.FeesAcknowledged, door.Charged, door.Paid))


def waiving(job: Job, code: str, at: str = "12:00") -> Said:
    body = desk.CaseDecided(case_id=finding(job, code).id, choice=Choice.WAIVE, reason="顾客电话补确认")
    return said(DESK, body, at)


def taking_back(number: int, of: Person, who: Person, at: str = "13:00") -> Said:
    """`number` is the line of the history that is taken back."""
    body = shared.FactRetracted(fact_id=named(f"fact {number} of {of.name}"), reason="写错")
    return said(who, body, at)


def test_a_finding_blocks_until_somebody_decides_it() -> None:
    before = job_of(*UNAGREED)
    after = job_of(*UNAGREED, waiving(before, "work_without_acknowledgement"))
    assert is_blocked(before, Blocks.CHARGING)
    assert not is_blocked(after, Blocks.CHARGING)
    assert (open_cases(before), open_cases(after)) == (1, 0)


def test_what_blocks_charging_blocks_closing() -> None:
    assert is_blocked(job_of(*UNAGREED), Blocks.CLOSING)


def test_a_rule_broken_again_after_the_decision_waits_for_a_person_again() -> None:
    too_much = a_visit(fees(), agreed(), bill(line(13_000)))
    waived = (*too_much, waiving(job_of(*too_much), "charge_above_acknowledged"))
    again = job_of(*waived, said(A, bill(line(99_000)), "13:00", visit=VISIT))
    assert finding(job_of(*waived), "charge_above_acknowledged").decision is not None
    assert finding(again, "charge_above_acknowledged").decision is None


def test_a_later_decision_replaces_an_earlier_one() -> None:
    first = waiving(job_of(*UNAGREED), "work_without_acknowledgement")
    second = waiving(job_of(*UNAGREED), "work_without_acknowledgement", "12:30")
    decision = finding(job_of(*UNAGREED, first, second), "work_without_acknowledgement").decision
    assert decision is not None
    assert f"{decision.at:%H:%M}" == "12:30"


def test_a_decision_on_a_case_that_is_not_there_changes_nothing_else() -> None:
    nowhere = desk.CaseDecided(case_id=named("nowhere"), choice=Choice.OVERRIDE, reason="误")
    before, after = job_of(*UNAGREED), job_of(*UNAGREED, said(DESK, nowhere, "12:00"))
    assert (after.findings, after.conflicts, after.visits) == (before.findings, before.conflicts, before.visits)


def test_an_acknowledgement_by_link_that_arrives_late_but_was_given_before_the_work_clears_the_finding() -> None:
    link = Person("顾客链接", Role.INTEGRATION, counts=False)
    in_time, too_late = (said(link, agreed(), at, sees=2, visit=VISIT) for at in ("09:05:30", "09:07"))
    assert "work_without_acknowledgement" not in codes(job_of(*UNAGREED, in_time))
    assert "work_without_acknowledgement" in codes(job_of(*UNAGREED, too_late))


def test_authors_take_back_their_own_words() -> None:
    job = job_of(opened(), planned(), said(A, shared.NoteAdded(text="写错"), "09:00"), taking_back(3, A, A))
    assert (job.notes, job.version) == ((), 4)
    assert job.retractions[0].retracted_fact_id == named(f"fact 3 of {A.name}")


def test_nobody_takes_back_the_words_of_another_but_a_supervisor() -> None:
    note = said(A, shared.NoteAdded(text="到了"), "09:00")
    by_other = job_of(opened(), planned(), note, taking_back(3, A, B))
    by_supervisor = job_of(opened(), planned(), note, taking_back(3, A, SUPERVISOR))
    assert (len(by_other.notes), "retraction_refused" in codes(by_other)) == (1, True)
    assert (len(by_supervisor.notes), "retraction_refused" in codes(by_supervisor)) == (0, False)


def test_an_opened_job_stays_opened() -> None:
    job = job_of(opened(), taking_back(1, DESK, SUPERVISOR))
    assert job.opened_at is not None
    assert "retraction_refused" in codes(job)


def test_a_retraction_can_be_taken_back_itself() -> None:
    note = said(A, shared.NoteAdded(text="到了"), "09:00")
    job = job_of(opened(), planned(), note, taking_back(3, A, A), taking_back(4, A, A, "13:05"))
    assert [kept.text for kept in job.notes] == ["到了"]
    assert [kept.retracted_fact_id for kept in job.retractions] == [named(f"fact 4 of {A.name}")]


def test_two_retractions_of_each_other_do_not_both_vanish() -> None:
    first, second = taking_back(4, A, A, "09:00"), taking_back(3, A, A, "09:05")
    job = job_of(opened(), planned(), first, second)
    assert len(job.retractions) == 1


def test_a_retraction_reaches_back_only() -> None:
    early = taking_back(4, A, A, "08:30")
    later_note = said(A, shared.NoteAdded(text="到了"), "09:00", sees=2)
    job = job_of(opened(), planned(), early, later_note)
    assert ([note.text for note in job.notes], "retraction_refused" in codes(job)) == (["到了"], True)


def test_a_retraction_always_folds_the_whole_log_again() -> None:
    facts = history(opened(), planned(), said(A, shared.NoteAdded(text="写错"), "09:00"), taking_back(3, A, A))
    assert go_on(fold(JOB, facts[:3]), facts[3:]) is None


def test_a_part_voided_by_the_supervisor_stays_void_when_its_author_adds_another_line() -> None:
    part = said(A, door.PartUsed(part_code="P-AC-011"), "09:00", sees=2, visit=VISIT)
    more = said(A, door.PartUsed(part_code="P-AC-011", quantity_thousandths=2000), "09:10", sees=2, visit=VISIT)
    job = job_of(opened(), planned(), part, taking_back(3, A, SUPERVISOR, "09:05"), more)
    assert [kept.body.quantity_thousandths for kept in visit_of(job).parts] == [2000]


def test_the_same_part_recorded_by_two_people_is_two_lines() -> None:
    used = door.PartUsed(part_code="P-AC-011")
    lines = [said(who, used, "09:00", sees=2, visit=VISIT) for who in (A, B)]
    assert len(visit_of(job_of(opened(), planned(), *lines)).parts) == 2


def test_a_signed_disclosure_stands_against_a_later_unsigned_one() -> None:
    cheaper = fees(line(8_900))
    job = job_of(*a_visit(fees(line(9_800)), agreed(fees(line(9_800))), cheaper))
    assert (job.money.acknowledged_fen, job.money.disclosed_fen) == (9_800, 8_900)


def test_declining_an_addition_leaves_what_was_agreed_to_before() -> None:
    both = fees(line(), line(3_500, line_id="2"))
    visit = visit_of(job_of(*a_visit(fees(), agreed(), both, door.FeesDeclined())))
    assert visit.acknowledged_fen == 12_000


def test_declining_what_was_agreed_to_takes_the_agreement_back() -> None:
    changed_mind = a_visit(fees(), agreed(), door.FeesDeclined())
    assert visit_of(job_of(*changed_mind)).acknowledged_fen is None


def test_a_pause_begins_once_and_ends_once_however_often_it_is_recorded() -> None:
    pause = door.WorkPaused(reason=door.PauseReason.BREAK)
    start = door.WorkStarted(make_safe=True)
    visit = visit_of(
        job_of(*a_visit(start, start, pause, pause, door.WorkResumed(), door.WorkResumed(), WHOLE_VISIT[-1]))
    )
    assert [(f"{s.started_at:%H:%M}", s.ended_at and f"{s.ended_at:%H:%M}") for s in visit.work] == [
        ("09:00", "09:02"),
        ("09:04", "09:06"),
    ]


def test_the_first_end_of_a_visit_stands() -> None:
    ends = door.VisitEnded(outcome=door.VisitOutcome.NO_ACCESS), door.VisitEnded(outcome=door.VisitOutcome.UNABLE)
    visit = visit_of(job_of(*a_visit(door.Arrived(), *ends)))
    assert (visit.outcome, visit.status) == (door.VisitOutcome.NO_ACCESS, "no_access")
