"""What is said twice is not lost: one counts, a finding names the other, and the reasons of both stay."""

from domain.facts import desk, door, feedback, shared
from domain.facts.words import Side
from domain.job.document import Job
from domain.job.visit import Visit
from tests.domain.bodies import CHECKED_IN, SIGNED, a_visit, instead
from tests.domain.builders import (
    DESK,
    SUPERVISOR,
    VISIT,
    A,
    Said,
    arrivals,
    clock,
    codes,
    door_steps,
    finding,
    folded,
    history,
    job_of,
    named,
    opened,
    planned,
    said,
    visit_of,
)


def test_a_second_sign_off_is_found_and_the_first_stands() -> None:
    again = door.SignedOff(method=door.Consent.REFUSED, reason="顾客不在")
    job = job_of(*a_visit(*instead()[:-1], SIGNED, again))
    sign_off = visit_of(job).sign_off
    assert sign_off is not None
    assert sign_off.method is door.Consent.SIGNATURE
    assert "repeated_step" in {each.code for each in job.findings}


def test_work_that_is_finished_twice_was_finished_the_first_time() -> None:
    job = job_of(*a_visit(CHECKED_IN, door.WorkStarted(make_safe=True), door.WorkFinished(), door.WorkFinished()))
    assert visit_of(job).finished_at == clock("09:02")


def test_a_complaint_that_is_closed_twice_was_closed_the_first_time_and_is_judged_by_the_last_word() -> None:
    complaint_id = named("complaint")
    complaint = feedback.ComplaintOpened(complaint_id=complaint_id, cause_code="late")
    words = [
        feedback.ComplaintClosed(complaint_id=complaint_id, upheld=upheld, reason="已核实") for upheld in (False, True)
    ]
    job = job_of(
        opened(),
        said(DESK, complaint, "09:00"),
        *[said(SUPERVISOR, *each) for each in zip(words, ("10:00", "11:00"), strict=True)],
    )
    assert [(each.closed_at, each.upheld) for each in job.complaints] == [(clock("10:00"), True)]


def test_a_visit_that_two_people_decline_keeps_the_first_reason_and_names_the_second() -> None:
    facts = history(
        opened(),
        planned(),
        said(A, door.VisitDeclined(reason="车坏了"), "09:00", sees=2, visit=VISIT),
        said(DESK, door.VisitDeclined(reason="技师请假"), "09:05", sees=2, visit=VISIT),
    )
    job = folded(facts)
    assert visit_of(job).outcome_reason == "车坏了"
    assert finding(job, "repeated_step").fact_ids == (facts[3].id,)
    assert reasons(visit_of(job)) == ["车坏了", "技师请假"]


def test_a_visit_that_is_cancelled_twice_keeps_the_first_reason_and_names_the_second() -> None:
    facts = history(
        opened(),
        planned(),
        said(DESK, desk.VisitCancelled(side=Side.CUSTOMER, reason="顾客改期"), "08:30", visit=VISIT),
        said(DESK, desk.VisitCancelled(side=Side.COMPANY, reason="缺件"), "08:40", visit=VISIT),
    )
    job = folded(facts)
    assert visit_of(job).outcome_reason == "顾客改期"
    assert finding(job, "repeated_step").fact_ids == (facts[3].id,)
    assert reasons(visit_of(job)) == ["顾客改期", "缺件"]


def test_a_visit_that_is_cancelled_worked_on_and_cancelled_again_keeps_both_reasons() -> None:
    visit = visit_of(
        every_way(
            opened(),
            planned(),
            said(DESK, desk.VisitCancelled(side=Side.CUSTOMER, reason="顾客改期"), "08:30", visit=VISIT),
            said(A, door.Departed(), "08:40", sees=2, visit=VISIT),
            said(SUPERVISOR, desk.VisitCancelled(side=Side.COMPANY, reason="缺件"), "08:50", sees=2, visit=VISIT),
        )
    )
    assert (visit.outcome_reason, reasons(visit)) == ("缺件", ["顾客改期", "缺件"])


def test_a_reason_that_an_end_displaces_stays_with_its_author_and_side() -> None:
    visit = visit_of(
        job_of(
            opened(),
            planned(),
            said(DESK, desk.VisitCancelled(side=Side.CUSTOMER, reason="顾客改期"), "08:30", visit=VISIT),
            *door_steps(door.Arrived(), door.VisitEnded(outcome=door.VisitOutcome.UNABLE, reason="停电"), sees=2),
        )
    )
    cancelled, ended = visit.reasons
    assert (cancelled.author_id, cancelled.side, cancelled.text) == (DESK.id, Side.CUSTOMER, "顾客改期")
    assert (ended.author_id, ended.side, ended.text) == (A.id, None, visit.outcome_reason)


def test_a_reason_that_was_taken_back_is_not_shown() -> None:
    facts = history(
        opened(), planned(), said(DESK, desk.VisitCancelled(side=Side.COMPANY, reason="错了"), "08:30", visit=VISIT)
    )
    back = said(DESK, shared.FactRetracted(fact_id=facts[2].id, reason="错了"), "08:40")
    lines = (opened(), planned(), said(DESK, facts[2].body, "08:30", visit=VISIT), back)
    assert reasons(visit_of(job_of(*lines))) == []


def test_all_that_was_said_on_cancelling_closing_and_reopening_a_job_stays() -> None:
    job = job_of(
        opened(),
        said(DESK, desk.JobCancelled(side=Side.CUSTOMER, reason="不修了"), "08:30"),
        said(DESK, desk.JobCancelled(side=Side.COMPANY, reason="缺件"), "08:40"),
        said(SUPERVISOR, desk.JobReopened(reason="又要修"), "08:50"),
        said(SUPERVISOR, desk.JobClosed(reason="已电话解决"), "09:00"),
        said(SUPERVISOR, desk.JobReopened(reason="仍有异响"), "09:10"),
        said(SUPERVISOR, desk.JobClosed(), "09:20"),
    )
    assert reasons(job) == ["不修了", "缺件", "又要修", "已电话解决", "仍有异响"]
    assert "cancellation_unseen" not in codes(job)


def test_who_opens_a_job_again_unaware_of_the_newest_cancellation_is_found_and_its_reason_named() -> None:
    job = every_way(
        opened(),
        said(DESK, desk.JobCancelled(side=Side.CUSTOMER, reason="不修了"), "08:30"),
        said(DESK, desk.JobCancelled(side=Side.COMPANY, reason="缺件"), "08:40"),
        said(SUPERVISOR, desk.JobReopened(reason="又要修"), "08:50", sees=2),
    )
    assert finding(job, "cancellation_unseen").parameters == {"reason": "缺件"}


def test_one_phone_cancels_and_reopens_offline_knowing_what_it_did() -> None:
    job = job_of(
        opened(),
        said(A, desk.JobCancelled(side=Side.CUSTOMER, reason="不修了"), "08:30", sees=1),
        said(A, desk.JobReopened(reason="又要修"), "08:50", sees=1),
    )
    assert "cancellation_unseen" not in codes(job)


def reasons(of: Job | Visit) -> list[str]:
    return [each.text for each in of.reasons]


def every_way(*lines: Said) -> Job:
    """The document, which is the same for every order of arrival."""
    facts = history(*lines)
    job = folded(facts)
    assert all(folded(arrived) == job for arrived in arrivals(facts))
    return job
