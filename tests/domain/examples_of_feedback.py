"""What others say of the work, and what counts not: each rule broken once and kept once (K00 to K32)."""

from msgspec import Struct

from domain.facts import door, feedback, handling, shared
from domain.facts.words import Priority, Result
from tests.domain.bodies import CHECKED_IN, a_visit
from tests.domain.builders import DESK, FAIL, SUPERVISOR, VISIT, Person, Said, named, opened, planned, said
from tests.domain.examples import Example

COMPLAINT = named("complaint")
RAISED = shared.DetailsAmended(field=shared.Detail.PRIORITY, now="urgent", reason="老人独居，断电")
LOWERED = shared.DetailsAmended(field=shared.Detail.PRIORITY, now="normal", reason="顾客改期")
INSPECTION_FAILED = feedback.Inspected(result=Result.FAIL)
BY_INSPECTION = feedback.ErrorConfirmed(
    kind=feedback.ErrorKind.POOR_WORKMANSHIP, source=feedback.ErrorSource.INSPECTION
)
BY_COMPLAINT = feedback.ErrorConfirmed(
    kind=feedback.ErrorKind.CHARGE_ERROR, source=feedback.ErrorSource.COMPLAINT, complaint_id=COMPLAINT
)
BY_REPEAT = feedback.ErrorConfirmed(
    kind=feedback.ErrorKind.WRONG_DIAGNOSIS, source=feedback.ErrorSource.REPEAT_VISIT, repeat_job_id=named("again")
)
COMPLAINED = feedback.ComplaintOpened(complaint_id=COMPLAINT, cause_code="fees")
FORCE_MAJEURE = handling.JobExcluded(reason=handling.ExclusionReason.FORCE_MAJEURE, note="台风停运")
DENIED = door.Rated(score=3, identity_shown=False)


def after(*bodies: Struct, who: Person = SUPERVISOR) -> tuple[Said, ...]:
    """A planned job with a check-in, and what is said of it in the evening."""
    evening = (said(who, body, f"18:{minute:02}", visit=VISIT) for minute, body in enumerate(bodies))
    return (*a_visit(CHECKED_IN), *evening)


def judged(*, upheld: bool) -> feedback.ComplaintClosed:
    return feedback.ComplaintClosed(complaint_id=COMPLAINT, upheld=upheld, reason="已核对账单")


EXAMPLES = (
    Example(
        "priority_without_reason",
        "a priority is changed for a stated reason",
        after(shared.DetailsAmended(field=shared.Detail.PRIORITY, now="urgent")),
        after(RAISED),
    ),
    Example(
        "priority_lowered",
        "only a supervisor lowers a priority",
        (opened(priority=Priority.URGENT), said(DESK, LOWERED, "08:30")),
        (opened(priority=Priority.URGENT), said(SUPERVISOR, LOWERED, "08:30")),
    ),
    Example(
        "inspected_own_work",
        "nobody inspects their own work",
        (opened(), planned(to=SUPERVISOR), said(SUPERVISOR, INSPECTION_FAILED, "12:00", visit=VISIT)),
        after(INSPECTION_FAILED),
    ),
    Example(
        "error_unproven",
        "an inspection shows an error when it failed",
        after(feedback.Inspected(result=Result.PASS), BY_INSPECTION),
        after(INSPECTION_FAILED, BY_INSPECTION),
    ),
    Example(
        "error_unproven",
        "a complaint shows an error when it was upheld",
        after(COMPLAINED, judged(upheld=False), BY_COMPLAINT),
        after(COMPLAINED, judged(upheld=True), BY_COMPLAINT),
    ),
    Example(
        "error_unproven",
        "a repeat visit is named by its job",
        after(feedback.ErrorConfirmed(kind=BY_REPEAT.kind, source=BY_REPEAT.source)),
        after(BY_REPEAT),
    ),
    Example(
        "identity_denied",
        "the customer's word on uniform and badge goes before the check-in",
        after(DENIED, who=DESK),
        (*a_visit(door.CheckedIn(uniform=FAIL, badge=CHECKED_IN.badge)), said(DESK, DENIED, "18:00", visit=VISIT)),
    ),
    Example(
        "exclusion_unapproved",
        "force majeure needs a supervisor who says why",
        after(FORCE_MAJEURE, who=DESK),
        after(FORCE_MAJEURE),
    ),
)
