"""What the figures ask of a job besides the work: who acted first, what was promised, what others said of it."""

from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct

from domain.facts import desk, door, feedback, handling, shared
from domain.facts.words import PartNeed, Priority, Side
from domain.fold import Folded, fold
from domain.job.handling import excludes
from domain.measures.promises import Window
from domain.people.actor import Role
from tests.domain.bodies import CHECKED_IN, SOLVED, a_visit
from tests.domain.builders import (
    DESK,
    JOB,
    OTHER_VISIT,
    SUPERVISOR,
    VISIT,
    A,
    Person,
    Said,
    arrivals,
    clock,
    door_steps,
    history,
    job_of,
    opened,
    planned,
    said,
    visit_of,
)
from tests.domain.examples_of_feedback import BY_INSPECTION, COMPLAINED, COMPLAINT, DENIED, judged

CALL_CENTRE = Person("呼叫中心", Role.INTEGRATION, counts=False)
LATER: dict[str, Any] = {"window_start": clock("13:00"), "window_end": clock("15:00")}


def answered(**changes: object) -> handling.RequestAnswered:
    return handling.RequestAnswered(**{"means": handling.AnswerMeans.CALLED, **changes})  # type: ignore[arg-type]


def moved(by: Side, *, agreed: bool) -> desk.VisitReplanned:
    work: dict[str, Any] = {"work_start": clock("13:00"), "work_end": clock("14:00")}
    return desk.VisitReplanned(**LATER, **work, asked_by=by, customer_agreed=agreed)


def promised(*lines: Said, visit: UUID = VISIT) -> tuple[Window, ...]:
    return fold(JOB, history(*lines)).memory.promises[visit]


def first_act(*lines: Said) -> tuple[str, str] | None:
    act = job_of(opened(), *lines).first_act
    return None if act is None else (act.kind, f"{act.at:%H:%M}")


def test_a_plan_and_a_receipt_that_no_human_made_are_no_first_act() -> None:
    automatic = said(CALL_CENTRE, answered(means=handling.AnswerMeans.AUTOMATIC), "08:00")
    assert first_act(automatic, planned()) is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (door.VisitAccepted(), "visit_accepted"),
        (door.CustomerContacted(reached=True), "customer_contacted"),
        (door.Diagnosed(), "diagnosed"),
        (door.Arrived(), "arrived"),
    ],
)
def test_the_first_thing_that_a_human_does_towards_the_customer_stops_the_clock(body: Struct, kind: str) -> None:
    assert first_act(planned(), *door_steps(body, door.Departed())) == (kind, "09:00")


def test_a_call_that_reached_nobody_stops_no_clock() -> None:
    assert first_act(planned(), *door_steps(door.CustomerContacted(reached=False))) is None


def test_what_another_system_knew_before_counts_from_then_and_a_desk_cannot_say_so() -> None:
    before = answered(answered_at=clock("08:05"))
    assert first_act(said(CALL_CENTRE, before, "09:00")) == ("request_answered", "08:05")
    assert first_act(said(DESK, before, "09:00")) == ("request_answered", "09:00")


def test_an_answer_of_tomorrow_was_given_when_it_was_recorded() -> None:
    assert first_act(said(CALL_CENTRE, answered(answered_at=clock("23:00")), "09:00")) == ("request_answered", "09:00")


def test_a_priority_that_was_raised_says_when_by_whom_and_why() -> None:
    raised = shared.DetailsAmended(field=shared.Detail.PRIORITY, now="urgent", reason="断电")
    (change,) = job_of(opened(), said(DESK, raised, "10:00")).priority_changes
    assert (change.was, change.now, change.reason) == (Priority.NORMAL, Priority.URGENT, "断电")
    assert (change.at, change.by, change.role) == (clock("10:00"), DESK.id, Role.DISPATCHER)


def test_a_priority_said_again_is_no_change() -> None:
    same = shared.DetailsAmended(field=shared.Detail.PRIORITY, now="normal")
    assert job_of(opened(), said(DESK, same, "10:00")).priority_changes == ()


def test_the_window_of_the_plan_was_moved_by_nobody() -> None:
    (window,) = promised(opened(), planned())
    assert (window.start, window.end, window.at) == (clock("09:00"), clock("11:00"), clock("08:01"))
    assert (window.moved_by, window.customer_agreed) == (None, False)


@pytest.mark.parametrize("agreed", [True, False])
@pytest.mark.parametrize("side", [Side.CUSTOMER, Side.COMPANY])
def test_a_moved_window_says_who_moved_it_when_and_whether_the_customer_agreed(side: Side, *, agreed: bool) -> None:
    first, second = promised(opened(), planned(), said(DESK, moved(side, agreed=agreed), "08:30", visit=VISIT))
    assert (second.moved_by, second.customer_agreed, second.at) == (side, agreed, clock("08:30"))
    assert (first.end, second.end) == (clock("11:00"), clock("15:00"))


def test_planned_again_at_another_time_without_a_word_it_was_the_company_unasked() -> None:
    _, second = promised(opened(), planned(), planned("08:30", **LATER))
    assert (second.moved_by, second.customer_agreed) == (Side.COMPANY, False)


def test_a_visit_in_another_s_place_keeps_what_was_promised() -> None:
    lines = opened(), planned(), planned("08:30", visit=OTHER_VISIT, replaces_visit_id=VISIT, **LATER)
    assert [_times(window) for window in promised(*lines, visit=OTHER_VISIT)] == [
        ("09:00", "11:00"),
        ("13:00", "15:00"),
    ]


def test_a_visit_after_one_that_was_made_is_a_new_promise() -> None:
    steps = door_steps(door.Arrived(), CHECKED_IN)
    lines = opened(), planned(), *steps, planned("12:00", visit=OTHER_VISIT, replaces_visit_id=VISIT, **LATER)
    assert [_times(window) for window in promised(*lines, visit=OTHER_VISIT)] == [("13:00", "15:00")]


def test_a_visit_that_was_called_off_says_by_whom_and_when() -> None:
    off = desk.VisitCancelled(side=Side.CUSTOMER, reason="改期")
    called_off = visit_of(job_of(opened(), planned(), said(DESK, off, "08:40", visit=VISIT))).call_off
    assert called_off is not None
    assert (called_off.side, called_off.at) == (Side.CUSTOMER, clock("08:40"))


def test_every_call_before_the_visit_is_kept_with_what_it_told() -> None:
    calls = (door.CustomerContacted(reached=False), door.CustomerContacted(reached=True, late_until=clock("11:30")))
    contacts = visit_of(job_of(opened(), planned(), *door_steps(*calls))).contacts
    assert [(call.reached, call.late_until) for call in contacts] == [(False, None), (True, clock("11:30"))]


def test_what_was_short_is_kept_with_its_quantity_and_the_tools_beside_it() -> None:
    short = PartNeed(part_code="P-AC-011", quantity_thousandths=2000)
    end = door.VisitEnded(
        outcome=door.VisitOutcome.NEEDS_REVISIT, missing_parts=(short,), missing_tools=("vacuum_pump",)
    )
    visit = visit_of(job_of(*a_visit(CHECKED_IN, end)))
    assert (visit.short, visit.missing_tools) == ((short,), ("vacuum_pump",))


def test_a_hold_ends_when_somebody_arrives() -> None:
    held = said(DESK, handling.JobHeld(reason=handling.HoldReason.PARTS), "08:30", sees=2)
    job = job_of(opened(), planned(), held, *door_steps(door.Arrived()))
    assert [(hold.at, hold.ended_at) for hold in job.holds] == [(clock("08:30"), clock("09:00"))]


def test_waiting_for_something_else_ends_the_hold_before() -> None:
    holds = [handling.JobHeld(reason=reason) for reason in (handling.HoldReason.PARTS, handling.HoldReason.CUSTOMER)]
    job = job_of(opened(), said(DESK, holds[0], "09:00"), said(DESK, holds[1], "10:00"))
    assert [hold.ended_at for hold in job.holds] == [clock("10:00"), None]


def test_the_clocks_of_a_complaint_run_from_its_receipt_and_stop_at_the_first_word() -> None:
    received = feedback.ComplaintOpened(complaint_id=COMPLAINT, cause_code="late", received_at=clock("07:00"))
    job = job_of(
        opened(),
        said(DESK, received, "09:00"),
        said(DESK, _heard(), "10:00"),
        said(DESK, _heard(solution_offered=True), "11:00"),
        said(DESK, _heard(solved=True, result_told=True), "12:00"),
        said(DESK, feedback.RatingAsked(complaint_id=COMPLAINT), "13:00"),
        said(SUPERVISOR, judged(upheld=True), "14:00"),
    )
    (complaint,) = job.complaints
    clocks = (complaint.opened_at, complaint.answered_at, complaint.solution_offered_at, complaint.solved_at)
    assert clocks == (clock("07:00"), clock("10:00"), clock("11:00"), clock("12:00"))
    told_at = (complaint.result_told_at, complaint.rating_asked_at, complaint.closed_at)
    assert told_at == (clock("12:00"), clock("13:00"), clock("14:00"))
    assert complaint.upheld
    assert len(complaint.fact_ids) == 6


def test_a_rating_keeps_every_dimension_and_whose_device_it_was() -> None:
    rating = door.Rated(score=4, attitude=5, fee_clarity=3, given_on=door.RatedOn.TECHNICIAN)
    (review,) = job_of(opened(), said(DESK, rating, "18:00")).reviews
    assert (review.rating, review.score, review.voided) == (rating, 4, None)


def test_a_voided_rating_stays_on_record_with_its_reason() -> None:
    rating = said(DESK, door.Rated(score=1), "18:00")
    voiding = feedback.RatingVoided(rating_fact_id=history(opened(), rating)[1].id, reason=feedback.VoidReason.TEST)
    (review,) = job_of(opened(), rating, said(SUPERVISOR, voiding, "19:00")).reviews
    assert review.score == 1
    assert review.voided is not None
    assert (review.voided.reason, review.voided.by) == (feedback.VoidReason.TEST, SUPERVISOR.id)


def test_a_follow_up_says_whether_it_reached_the_customer_and_who_called() -> None:
    (review,) = job_of(opened(), said(DESK, feedback.FollowedUp(reached=False), "18:00")).reviews
    assert (review.reached, review.by) == (False, DESK.id)


@pytest.mark.parametrize(
    ("who", "reason", "at", "holds"),
    [
        (DESK, "duplicate", "10:00", True),
        (DESK, "duplicate", "10:01", False),
        (SUPERVISOR, "duplicate", "10:01", True),
        (DESK, "force_majeure", "09:00", False),
        (SUPERVISOR, "force_majeure", "23:00", True),
    ],
)
def test_an_exclusion_holds_until_the_deadline_and_from_a_supervisor_after_it(
    who: Person, reason: str, at: str, *, holds: bool
) -> None:
    body = handling.JobExcluded(reason=handling.ExclusionReason(reason), measures=("K01",), note="已核实")
    (exclusion,) = job_of(opened(), said(who, body, at)).exclusions
    assert excludes(exclusion, "K01", clock("10:00")) is holds
    assert not excludes(exclusion, "K02", clock("10:00"))


def test_a_supervisor_who_does_not_say_why_approves_nothing() -> None:
    body = handling.JobExcluded(reason=handling.ExclusionReason.TEST)
    (exclusion,) = job_of(opened(), said(SUPERVISOR, body, "11:00")).exclusions
    assert not excludes(exclusion, "K01", clock("10:00"))


def test_feedback_that_crosses_with_a_phone_comes_to_the_same_for_every_order_of_arrival() -> None:
    facts = history(
        opened(),
        planned(),
        said(DESK, handling.JobHeld(reason=handling.HoldReason.CUSTOMER), "08:30", sees=2),
        said(DESK, moved(Side.CUSTOMER, agreed=True), "08:40", sees=2, visit=VISIT),
        *door_steps(door.VisitAccepted(), door.Arrived(), CHECKED_IN, SOLVED),
        said(DESK, COMPLAINED, "18:00", sees=2),
        said(DESK, DENIED, "18:05", sees=2),
    )
    states = [fold(JOB, each) for each in arrivals(facts)]
    assert len(states) > 100
    assert all(_heard_of(each) == _heard_of(states[0]) for each in states)


def test_a_confirmed_error_names_its_visit_and_who_confirmed_it() -> None:
    (error,) = job_of(opened(), planned(), said(SUPERVISOR, BY_INSPECTION, "18:00", visit=VISIT)).errors
    assert (error.visit_id, error.by, error.proven) == (VISIT, SUPERVISOR.id, False)


def test_only_a_technician_s_own_job_opened_at_the_door_is_an_act_by_itself() -> None:
    assert first_act() is None
    act = job_of(opened(who=A)).first_act
    assert act is not None
    assert act.kind == "job_opened"


def _heard(*, solved: bool = False, **changes: bool) -> feedback.ComplaintAnswered:
    return feedback.ComplaintAnswered(complaint_id=COMPLAINT, solved=solved, answer="已致电", **changes)


def _heard_of(state: Folded) -> tuple[object, ...]:
    job, contacts = state.job, visit_of(state.job).contacts
    return job.first_act, job.holds, job.complaints, job.reviews, state.memory.promises, contacts


def _times(window: Window) -> tuple[str, str]:
    return f"{window.start:%H:%M}", f"{window.end:%H:%M}"
