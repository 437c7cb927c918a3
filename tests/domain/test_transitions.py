"""The transition table, walked: every step from every status it may start from, and from none other."""

import pytest
from msgspec import Struct

from domain.facts import desk, door
from domain.facts.kinds import KIND_BY_BODY, KIND_BY_NAME, ON_SITE
from domain.facts.words import Side
from domain.job.statuses import JobStatus, VisitStatus
from domain.rules.transitions import LIVE, OVER, TAKEN_AWAY, TRANSITION_BY_KIND, TRANSITIONS, Transition
from tests.domain.bodies import CHECKED_IN, REPAIRED, SIGNED, SOLVED, WHOLE_VISIT
from tests.domain.builders import (
    OTHER_VISIT,
    VISIT,
    A,
    B,
    Said,
    codes,
    door_steps,
    job_of,
    opened,
    planned,
    said,
    visit_of,
)

V = VisitStatus
PAUSED = door.WorkPaused(reason=door.PauseReason.PARTS)
CANCELLED = desk.VisitCancelled(side=Side.CUSTOMER, reason="改期")
TOOLS_OUT = (door.Arrived(), CHECKED_IN, door.WorkStarted(make_safe=True))
DONE = (*TOOLS_OUT, REPAIRED, door.WorkFinished())

TO_REACH: dict[VisitStatus, tuple[Struct, ...]] = {
    V.PLANNED: (),
    V.ACCEPTED: (door.VisitAccepted(),),
    V.TRAVELLING: (door.Departed(),),
    V.ARRIVED: (door.Arrived(),),
    V.CHECKED_IN: (CHECKED_IN,),
    V.WORKING: TOOLS_OUT,
    V.PAUSED: (*TOOLS_OUT, PAUSED),
    V.FINISHED: DONE,
    V.SIGNED_OFF: (*DONE, SIGNED),
    V.ENDED: (*DONE, SIGNED, SOLVED),
    V.DECLINED: (door.VisitDeclined(reason="病假"),),
    V.NO_ACCESS: (door.Arrived(), door.VisitEnded(outcome=door.VisitOutcome.NO_ACCESS)),
    V.UNABLE: (door.Arrived(), door.VisitEnded(outcome=door.VisitOutcome.UNABLE)),
    V.CANCELLED: (CANCELLED,),
}
STEPS = {
    KIND_BY_BODY[type(body)].name: body
    for body in (*WHOLE_VISIT, PAUSED, CANCELLED, door.WorkResumed(), door.VisitDeclined(reason="病假"))
}
PAIRS = [(transition, status) for transition in TRANSITIONS for status in VisitStatus]
each_pair = pytest.mark.parametrize(("transition", "status"), PAIRS, ids=[f"{t.kind} when {s}" for t, s in PAIRS])


def standing(status: VisitStatus) -> tuple[Said, ...]:
    """A job whose visit stands like this."""
    if status is V.SUPERSEDED:
        return opened(), planned(), planned("08:30", visit=OTHER_VISIT, to=B, replaces_visit_id=VISIT)
    return opened(), planned(), *door_steps(*TO_REACH[status])


def after(status: VisitStatus, kind: str) -> tuple[Said, ...]:
    """The same with one more step, said by somebody who has heard of everything before."""
    return *standing(status), said(A, STEPS[kind], "10:00", visit=VISIT)


@pytest.mark.parametrize("status", VisitStatus)
def test_every_status_can_be_reached(status: VisitStatus) -> None:
    assert visit_of(job_of(*standing(status))).status is status


@each_pair
def test_a_step_moves_the_visit_from_the_statuses_of_the_table_and_is_found_from_any_other(
    transition: Transition, status: VisitStatus
) -> None:
    before, now = job_of(*standing(status)), job_of(*after(status, transition.kind))
    unaware = status in TAKEN_AWAY and (transition.kind in ON_SITE or transition.kind == "departed")
    moves = status in transition.sources or unaware
    assert visit_of(now).status is (transition.to if moves else status)
    new = {code for code in codes(now) - codes(before) if code.startswith(("repeated", "step", "worked"))}
    assert bool(new) is (status not in transition.sources)


def test_a_step_that_says_what_is_already_so_is_a_repetition_whatever_the_status() -> None:
    for transition in TRANSITIONS:
        if transition.kind not in ("signed_off", "visit_ended"):
            job = job_of(*after(transition.to, transition.kind))
            unaware = transition.to in TAKEN_AWAY and transition.kind in ON_SITE
            assert unaware or "repeated_step" in codes(job), transition.kind


def test_every_status_is_live_or_over_or_taken_away() -> None:
    assert sorted((*LIVE, *OVER, *TAKEN_AWAY)) == sorted(VisitStatus)


def test_the_table_names_kinds_of_facts_once_each() -> None:
    assert TRANSITION_BY_KIND.keys() == STEPS.keys() & TRANSITION_BY_KIND.keys()
    assert all(KIND_BY_NAME[transition.kind].of_visit for transition in TRANSITIONS)
    assert len(TRANSITION_BY_KIND) == len(TRANSITIONS)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (V.PLANNED, JobStatus.SCHEDULED),
        (V.TRAVELLING, JobStatus.SCHEDULED),
        (V.ARRIVED, JobStatus.IN_PROGRESS),
        (V.FINISHED, JobStatus.IN_PROGRESS),
        (V.ENDED, JobStatus.COMPLETED),
        (V.NO_ACCESS, JobStatus.NEEDS_REVISIT),
        (V.UNABLE, JobStatus.NEEDS_REVISIT),
        (V.DECLINED, JobStatus.OPEN),
        (V.CANCELLED, JobStatus.OPEN),
        (V.SUPERSEDED, JobStatus.SCHEDULED),
    ],
)
def test_the_job_stands_where_its_visits_stand(status: VisitStatus, expected: JobStatus) -> None:
    assert job_of(*standing(status)).status is expected
