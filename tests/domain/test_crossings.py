"""People who did not know of one another: what comes of it, in whichever order it arrives (design 4; sync 9 D)."""

from itertools import permutations

import pytest

from domain.facts import desk, door
from domain.facts.words import Side
from domain.job.document import Job
from domain.job.statuses import JobStatus, VisitStatus
from domain.rules.table import RULE_BY_CODE
from tests.domain.bodies import CHECKED_IN, REPAIRED, SIGNED, SOLVED, WHOLE_VISIT, bill
from tests.domain.builders import (
    DESK,
    OTHER_VISIT,
    VISIT,
    A,
    B,
    Said,
    arrivals,
    codes,
    door_steps,
    finding,
    folded,
    history,
    job_of,
    numbered,
    opened,
    planned,
    reassigned,
    said,
    visit_of,
)

CANCELLED = desk.JobCancelled(side=Side.CUSTOMER, reason="不修了")
DONE = (CHECKED_IN, REPAIRED, door.WorkFinished())


def every_way(*lines: Said) -> Job:
    """The document, after checking that every possible order of arrival gives the same."""
    facts = history(*lines)
    job = folded(facts)
    ways = 0
    for arrived in arrivals(facts):
        assert folded(arrived) == job
        ways += 1
    assert ways > 1
    return job


def cancelled(at: str, sees: int = 2) -> Said:
    return said(DESK, CANCELLED, at, sees=sees)


def test_a_job_completed_offline_before_it_was_cancelled_is_completed_and_the_cancellation_is_shown() -> None:
    work = door_steps(*DONE, SIGNED, SOLVED, start="09:46")
    job = every_way(opened(), planned(), *work, cancelled("10:00"))
    assert (job.status, job.cancellation) == (JobStatus.COMPLETED, None)
    assert finding(job, "cancelled_after_completion").decision is None


def test_finished_before_the_cancellation_is_enough_even_if_the_visit_ended_after_it() -> None:
    work = door_steps(*DONE, SIGNED, SOLVED, start="09:57")
    assert every_way(opened(), planned(), *work, cancelled("10:00")).status is JobStatus.COMPLETED


def test_a_visit_cancelled_after_its_work_was_finished_stays_finished_for_review() -> None:
    off = said(DESK, desk.VisitCancelled(side=Side.CUSTOMER, reason="改期"), "10:00", sees=2, visit=VISIT)
    job = every_way(opened(), planned(), *door_steps(*DONE, SIGNED, SOLVED), off)
    assert (job.status, visit_of(job).outcome_reason) == (JobStatus.COMPLETED, None)
    assert "cancelled_after_completion" in codes(job, VISIT)


def test_a_trip_made_unaware_of_the_cancellation_is_recorded_and_the_job_stays_cancelled() -> None:
    trip = door_steps(door.Arrived(), door.VisitEnded(outcome=door.VisitOutcome.NO_ACCESS), start="09:30")
    job = every_way(opened(), planned(), cancelled("09:00"), *trip)
    assert job.status is JobStatus.CANCELLED_WITH_WORK
    assert visit_of(job).arrived_at is not None
    assert visit_of(job).worked_after is VisitStatus.CANCELLED
    assert "worked_after_cancellation" in codes(job, VISIT)


def test_even_work_done_whole_after_a_cancellation_leaves_the_job_cancelled_with_work() -> None:
    work = door_steps(*DONE, SIGNED, SOLVED, start="09:30")
    job = every_way(opened(), planned(), cancelled("09:00"), *work)
    assert job.status is JobStatus.CANCELLED_WITH_WORK
    assert visit_of(job).repair == REPAIRED


def test_a_part_fitted_on_a_cancelled_visit_is_found_though_it_is_no_step() -> None:
    part = door_steps(door.PartUsed(part_code="P-AC-011"), start="09:30")
    job = every_way(opened(), planned(), cancelled("09:00"), *part)
    assert "worked_after_cancellation" in codes(job, VISIT)
    assert len(visit_of(job).parts) == 1


def test_work_done_unaware_of_a_reassignment_is_kept_for_its_author_and_the_other_is_told() -> None:
    work = door_steps(door.Departed(), door.Arrived(), *DONE, start="09:30")
    job = every_way(opened(), planned(), reassigned("09:00"), *work)
    mine, theirs = visit_of(job), visit_of(job, OTHER_VISIT)
    assert (mine.technician_id, mine.repair, mine.superseded_by) == (A.id, REPAIRED, OTHER_VISIT)
    assert (theirs.technician_id, theirs.status) == (B.id, VisitStatus.PLANNED)
    assert "worked_after_reassignment" in codes(job, VISIT)
    assert "work_done_by_other" in codes(job, OTHER_VISIT)


@pytest.mark.parametrize(
    ("code", "tells", "lines"),
    [
        ("worked_after_cancellation", "declined", door_steps(door.VisitDeclined(reason="病假"), door.Arrived())),
        ("worked_after_reassignment", "does not have this visit", (said(B, door.Arrived(), "09:30", visit=VISIT),)),
    ],
    ids=["after declining", "a colleague, and nobody was reassigned"],
)
def test_a_finding_about_work_says_nothing_that_nobody_did(code: str, tells: str, lines: tuple[Said, ...]) -> None:
    found = finding(job_of(opened(), planned(), *lines), code)

    assert tells in RULE_BY_CODE[found.code].en


def test_a_reassignment_while_the_first_is_at_the_door_tells_the_second_at_once() -> None:
    job = every_way(opened(), planned(), *door_steps(CHECKED_IN), reassigned("09:30"))
    assert visit_of(job).status is VisitStatus.CHECKED_IN
    assert "work_done_by_other" in codes(job, OTHER_VISIT)


def test_leaving_for_a_job_that_was_reassigned_is_no_work_done() -> None:
    job = every_way(opened(), planned(), reassigned("09:00"), *door_steps(door.Departed(), start="09:30"))
    assert not codes(job, OTHER_VISIT)


def test_two_who_did_the_same_job_do_not_both_bill_it() -> None:
    mine = door_steps(*WHOLE_VISIT[-6:-2], start="09:30")
    theirs = door_steps(bill(), who=B, visit=OTHER_VISIT, start="11:00", sees=3)
    job = every_way(opened(), planned(), reassigned("09:00"), *mine, *theirs)
    assert "charged_twice" in codes(job, OTHER_VISIT)
    assert "charged_twice" not in codes(job, VISIT)


def test_of_two_completions_the_first_counts_and_a_case_is_opened_on_the_second() -> None:
    mine = door_steps(*DONE, SIGNED, SOLVED, start="09:30")
    theirs = door_steps(*DONE, SIGNED, SOLVED, who=B, visit=OTHER_VISIT, start="09:33", sees=3)
    job = every_way(opened(), planned(), reassigned("09:00"), *mine[:2], *theirs[:2], *mine[2:], *theirs[2:])
    second = finding(job, "completed_twice")
    assert job.status is JobStatus.COMPLETED
    assert (second.visit_id, second.parameters["counts"], second.decision) == (OTHER_VISIT, str(VISIT), None)


def test_a_completion_after_a_reopening_is_the_only_one() -> None:
    first = door_steps(*DONE, SIGNED, SOLVED)
    again = door_steps(*DONE, SIGNED, SOLVED, who=B, visit=OTHER_VISIT, start="12:00", sees=9)
    reopening = said(DESK, desk.JobReopened(reason="又不制冷"), "10:00")
    job = job_of(opened(), planned(), *first, reopening, planned("10:10", visit=OTHER_VISIT, to=B), *again)
    assert job.status is JobStatus.COMPLETED
    assert "completed_twice" not in codes(job)


@pytest.mark.parametrize(("at", "stands"), [("09:04:00", True), ("09:04:01", False)])
def test_work_that_ends_at_the_very_moment_of_a_reopening_is_done_and_work_before_it_is_to_be_done_again(
    at: str, *, stands: bool
) -> None:
    reopening = said(DESK, desk.JobReopened(reason="又不制冷"), at, sees=2)
    job = job_of(opened(), planned(), *door_steps(*DONE, SIGNED, SOLVED), reopening)
    assert job.status is (JobStatus.COMPLETED if stands else JobStatus.REOPENED)


@pytest.mark.parametrize(("at", "stands"), [("09:02:00", True), ("09:02:01", False)])
def test_work_that_is_finished_at_the_very_moment_of_a_reopening_outranks_a_later_cancellation(
    at: str, *, stands: bool
) -> None:
    reopening = said(DESK, desk.JobReopened(reason="又不制冷"), at, sees=2)
    cancelled = said(DESK, desk.JobCancelled(side=Side.CUSTOMER, reason="不修了"), "12:00")
    job = job_of(opened(), planned(), *door_steps(*DONE), reopening, cancelled)
    assert (job.cancellation is None) is stands
    assert ("cancelled_after_completion" in codes(job)) is stands


def test_a_late_part_after_closing_opens_a_cost_case_and_leaves_the_bill_alone() -> None:
    work = door_steps(*WHOLE_VISIT)
    closed = said(DESK, desk.JobClosed(), "10:00")
    late = said(A, door.PartUsed(part_code="P-AC-011", unit_price_fen=3_500), "10:30", sees=16, visit=VISIT)
    job = every_way(opened(), planned(), *work, closed, late)
    assert (job.status, job.money.charged_fen) == (JobStatus.CLOSED, 12_000)
    assert visit_of(job).parts[0].after_closing
    assert "late_part" in codes(job, VISIT)


def test_a_completion_that_arrives_before_its_check_in_gives_the_same_visit() -> None:
    facts = history(opened(), planned(), *door_steps(CHECKED_IN, REPAIRED, door.WorkFinished(), SIGNED, SOLVED))
    for arrived in permutations(facts[2:]):
        job = folded(numbered((*facts[:2], *arrived)))
        assert (job.status, codes(job)) == (JobStatus.COMPLETED, set())


def test_a_plan_for_another_technician_never_takes_begun_work_from_its_author() -> None:
    again = planned("09:30", to=B, sees=2)
    job = every_way(opened(), planned(), *door_steps(CHECKED_IN), again)
    assert visit_of(job).technician_id == A.id
    assert "work_done_by_other" in codes(job, VISIT)


@pytest.mark.parametrize(
    "outcome", [door.VisitOutcome.NO_ACCESS, door.VisitOutcome.UNABLE, door.VisitOutcome.NEEDS_REVISIT]
)
def test_a_second_visit_after_one_that_did_not_help_is_no_crossing(outcome: door.VisitOutcome) -> None:
    failed = door_steps(
        door.Arrived(), door.VisitEnded(outcome=door.VisitOutcome(outcome), waited_minutes=5, contact_attempts=1)
    )
    second = planned("10:00", visit=OTHER_VISIT, to=B, replaces_visit_id=VISIT)
    job = job_of(opened(), planned(), *failed, second)
    assert (job.status, codes(job)) == (JobStatus.SCHEDULED, set())
