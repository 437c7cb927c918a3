"""What other systems are told of a job: every step once, in its order, whether it came at once or one by one."""

from itertools import pairwise

import msgspec
import pytest

from domain.events import EventKind, events_of
from domain.facts import desk, door
from domain.facts.words import Side
from domain.fold import empty
from domain.job.document import Job
from domain.job.statuses import VisitStatus
from service.store.webhooks.webhooks import EventPattern
from tests.domain.bodies import SOLVED, WHOLE_VISIT
from tests.domain.builders import DESK, JOB, OTHER_VISIT, VISIT, Said, door_steps, job_of, named, opened, planned, said

OPENED, PLANNED = opened(), planned()
NOTHING = empty(JOB).job
CANCELLED = said(DESK, desk.JobCancelled(side=Side.CUSTOMER, reason="不修了"), "08:30")


def kinds(before: Job, after: Job) -> list[str]:
    return [event.kind.value for event in events_of([before], [after])]


def documents(*lines: Said) -> list[Job]:
    """The document after nothing, after the first fact, after two, …"""
    return [NOTHING, *(job_of(*lines[:count]) for count in range(1, len(lines) + 1))]


def test_opening_and_planning_are_told_once() -> None:
    assert kinds(NOTHING, job_of(OPENED, PLANNED)) == ["job.opened", "visit.planned"]
    assert kinds(job_of(OPENED), job_of(OPENED, PLANNED)) == ["visit.planned"]
    assert kinds(job_of(OPENED, PLANNED), job_of(OPENED, PLANNED)) == []


def test_a_day_that_comes_at_once_is_told_as_one_that_comes_fact_by_fact() -> None:
    day = documents(OPENED, PLANNED, *door_steps(*WHOLE_VISIT))

    at_once = kinds(day[0], day[-1])
    one_by_one = [kind for was, now in pairwise(day) for kind in kinds(was, now)]

    assert at_once == one_by_one
    assert at_once[-2:] == ["visit.ended", "job.completed"]
    assert len(at_once) == len(set(at_once))


def test_each_pause_and_each_return_to_work_is_told() -> None:
    paused = door.WorkPaused(reason=door.PauseReason.PARTS)
    steps = (door.WorkStarted(), paused, door.WorkResumed(), paused)
    day = documents(OPENED, PLANNED, *door_steps(*steps))

    assert [kinds(was, now) for was, now in pairwise(day[2:])] == [
        ["visit.working"],
        ["visit.paused"],
        ["visit.working"],
        ["visit.paused"],
    ]


def test_a_visit_that_is_called_off_or_taken_over_is_told() -> None:
    before = job_of(OPENED, PLANNED)

    assert kinds(before, job_of(OPENED, PLANNED, CANCELLED)) == ["visit.cancelled"]
    moved = job_of(OPENED, PLANNED, planned("08:40", visit=OTHER_VISIT, replaces_visit_id=VISIT))
    assert kinds(before, moved) == ["visit.superseded", "visit.planned"]


def test_a_job_that_is_completed_again_after_a_reopening_is_told_again() -> None:
    done = (OPENED, PLANNED, *door_steps(*WHOLE_VISIT))
    reopened = said(DESK, desk.JobReopened(reason="又坏了"), "12:00")
    again = (planned("12:01", visit=OTHER_VISIT), *door_steps(*WHOLE_VISIT, visit=OTHER_VISIT, start="13:00", sees=40))
    closed = said(DESK, desk.JobClosed(), "11:00")

    assert "job.completed" not in kinds(job_of(*done), job_of(*done, closed))
    assert "job.completed" in kinds(job_of(*done, reopened), job_of(*done, reopened, *again))


def test_a_visit_without_access_is_told_as_that_and_completes_nothing() -> None:
    nobody = msgspec.structs.replace(SOLVED, outcome=door.VisitOutcome.NO_ACCESS)
    told_of = kinds(job_of(OPENED, PLANNED), job_of(OPENED, PLANNED, *door_steps(door.Arrived(), nobody)))

    assert told_of == ["visit.arrived", "visit.no_access"]


def test_events_name_the_job_its_outlet_the_visit_and_who_was_sent() -> None:
    (event,) = events_of([job_of(OPENED)], [job_of(OPENED, PLANNED)])

    assert (event.data.job_id, event.data.visit_id) == (JOB, VISIT)
    assert (event.data.outlet_id, event.data.technician_id) == (named("HZ01"), named("HZ0112"))


@pytest.mark.parametrize("status", VisitStatus)
def test_every_status_of_a_visit_has_its_kind(status: VisitStatus) -> None:
    assert EventKind(f"visit.{status.value}")


def test_every_kind_can_be_chosen_by_itself_and_with_its_family() -> None:
    kinds_told = {kind.value for kind in EventKind} - {EventKind.WEBHOOK_TEST.value}

    patterns = {pattern.value for pattern in EventPattern}
    assert kinds_told <= patterns
    assert patterns - kinds_told == {"job.*", "visit.*", "case.*"}
