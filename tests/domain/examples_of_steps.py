"""Steps out of place, plans that crossed, words taken back: each rule broken once and kept once (S1 to S12)."""

from domain.facts import desk, door, shared
from domain.facts.words import Side
from tests.domain.bodies import CHECKED_IN, SOLVED, WHOLE_VISIT, a_visit
from tests.domain.builders import (
    DESK,
    THIRD_VISIT,
    A,
    Said,
    door_steps,
    named,
    opened,
    planned,
    reassigned,
    said,
)
from tests.domain.examples import Example

KEPT = a_visit(*WHOLE_VISIT)
CANCELLED = desk.JobCancelled(side=Side.CUSTOMER, reason="已自行解决")


def cancelled(at: str) -> Said:
    return said(DESK, CANCELLED, at, sees=2)


def taking_back(number: int) -> tuple[Said, ...]:
    note = said(A, shared.NoteAdded(text="写错"), "09:00", sees=2)
    target = named(f"fact {number} of {A.name if number == 3 else DESK.name}")
    return opened(), planned(), note, said(A, shared.FactRetracted(fact_id=target, reason="写错"), "09:05")


EXAMPLES = (
    Example("job_not_opened", "a job is opened first", door_steps(door.Arrived(), sees=0), KEPT),
    Example("visit_not_planned", "a visit is planned first", (opened(), *door_steps(door.Arrived(), sees=1)), KEPT),
    Example("repeated_step", "a step is recorded once", a_visit(door.Arrived(), door.Arrived()), KEPT),
    Example("repeated_step", "a job is opened once", (opened(), opened("09:00")), KEPT),
    Example(
        "repeated_step",
        "a visit is declined once",
        a_visit(door.VisitDeclined(reason="病假"), door.VisitDeclined(reason="病假")),
        a_visit(door.VisitDeclined(reason="病假")),
    ),
    Example(
        "step_out_of_order",
        "nothing is paused before it began",
        a_visit(door.WorkPaused(reason=door.PauseReason.PARTS)),
        KEPT,
    ),
    Example(
        "step_out_of_order",
        "no visit is planned for a cancelled job",
        (opened(), said(DESK, CANCELLED, "08:30"), planned("08:40")),
        KEPT,
    ),
    Example("step_after_end", "a visit that ended is over", a_visit(SOLVED, CHECKED_IN), KEPT),
    Example(
        "worked_after_cancellation",
        "work after a cancellation is kept and reviewed",
        (opened(), planned(), cancelled("09:00"), *door_steps(door.Arrived(), start="09:30")),
        (opened(), planned(), cancelled("09:00")),
    ),
    Example(
        "worked_after_cancellation",
        "work that goes on after a cancellation is reviewed too",
        (*a_visit(CHECKED_IN), cancelled("09:30"), *door_steps(door.WorkStarted(), start="09:40")),
        (*a_visit(CHECKED_IN), cancelled("09:30")),
    ),
    Example(
        "cancellation_unseen",
        "who opens a job again knows that it was cancelled",
        (opened(), planned(), cancelled("09:00"), said(DESK, desk.JobReopened(reason="顾客改变主意"), "09:30", sees=2)),
        (opened(), planned(), cancelled("09:00"), said(DESK, desk.JobReopened(reason="顾客改变主意"), "09:30")),
    ),
    Example(
        "worked_after_reassignment",
        "work after a reassignment stays with its author",
        (opened(), planned(), reassigned("09:00"), *door_steps(door.Arrived(), start="09:30")),
        (opened(), planned(), reassigned("09:00")),
    ),
    Example(
        "work_done_by_other",
        "who takes over hears that somebody is there already",
        (opened(), planned(), *door_steps(door.Arrived()), reassigned("09:30")),
        (opened(), planned(), *door_steps(door.VisitDeclined(reason="病假")), reassigned("09:30")),
    ),
    Example(
        "reassigned_twice",
        "a visit that two desks give to two technicians is for a person to look at",
        (opened(), planned(), reassigned("09:30"), reassigned("09:31", visit=THIRD_VISIT)),
        (opened(), planned(), reassigned("09:30"), reassigned("09:31")),
    ),
    Example(
        "cancelled_after_completion",
        "a cancellation after the work is shown, not obeyed",
        (*KEPT, cancelled("10:00")),
        (*a_visit(CHECKED_IN), cancelled("10:00")),
    ),
    Example("retraction_refused", "authors take back their own words only", taking_back(2), taking_back(3)),
)
