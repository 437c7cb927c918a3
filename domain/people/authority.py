"""Who may say what. A fact whose author may not say it goes to quarantine, where a person can release it."""

from collections.abc import Collection, Iterable
from uuid import UUID

from domain.facts import Fact
from domain.facts.desk import JobOpened, PlanFrozen, VisitPlanned
from domain.facts.kinds import DOOR_KINDS, KINDS
from domain.job.document import Job
from domain.people.actor import Role

DESK = frozenset({Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN})
DOOR = frozenset({Role.TECHNICIAN})
ANYONE_WORKING = DESK | DOOR | {Role.INSPECTOR, Role.INTEGRATION}

# An integration says what another system knows of customer, warranty, complaint and money; visits, and whether a job is
# done, are for people at the desk.
FOR_PEOPLE = (
    *("plan_frozen", "visit_replanned", "visit_cancelled", "job_closed", "job_reopened"),
    *("job_held", "job_released", "recovery_made", "job_excluded"),
)
JUDGES = frozenset({Role.INSPECTOR, Role.SUPERVISOR})
"""Who may say that work was wrong, or that a complaint was right."""

_ALSO_BY_THE_CUSTOMER = {
    **dict.fromkeys(("fees_acknowledged", "fees_declined", "signed_off"), DOOR),
    **dict.fromkeys(("rated", "complaint_opened"), DESK | {Role.INTEGRATION}),
}
"""What the customer may say themselves, through a link."""

MAY_RECORD: dict[str, frozenset[Role]] = {
    **{kind.name: DESK | {Role.INTEGRATION} for kind in KINDS},
    **dict.fromkeys(FOR_PEOPLE, DESK),
    **dict.fromkeys(DOOR_KINDS, DOOR),
    "customer_contacted": DESK | DOOR,
    "visit_declined": DOOR | DESK,
    "job_opened": DESK | DOOR | {Role.INTEGRATION},
    "visit_planned": DESK | DOOR,
    "case_decided": frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    **dict.fromkeys(("inspected", "error_confirmed", "complaint_closed"), JUDGES),
    "rating_voided": frozenset({Role.SUPERVISOR}),
    "price_code_issued": frozenset({Role.SUPERVISOR}),
    "invoice_requested": DESK | DOOR | {Role.INTEGRATION},
    "invoice_issued": DESK | DOOR | {Role.INTEGRATION},
    **{name: roles | {Role.CUSTOMER} for name, roles in _ALSO_BY_THE_CUSTOMER.items()},
    "followed_up": DESK | {Role.INSPECTOR, Role.INTEGRATION},
    "details_amended": ANYONE_WORKING,
    "note_added": ANYONE_WORKING,
    "attachment_added": ANYONE_WORKING,
    "fact_retracted": ANYONE_WORKING,
}


Named = tuple[UUID, UUID]
"""A visit, and a technician who was once planned for it."""


def planned(facts: Iterable[Fact]) -> frozenset[Named]:
    """Everybody whom these facts plan for a visit, whatever became of the plan."""
    return frozenset(
        (fact.visit_id, fact.body.technician_id)
        for fact in facts
        if isinstance(fact.body, VisitPlanned) and fact.visit_id is not None
    )


def objection(job: Job, fact: Fact, named: Collection[Named]) -> str | None:
    """Why the author may not say this about the job, as a code; None when they may.

    A technician speaks about visits that were ever theirs: work done unaware of another plan is accepted, and it must
    not matter which of the two arrived first.
    """
    body = fact.body
    name = _NAMES[type(body)]
    if fact.role not in MAY_RECORD[name]:
        return "role_may_not_record"
    if fact.role is not Role.TECHNICIAN:
        return None
    if name == "job_opened":
        return None if job.opened_at is None or job.opened_by == fact.author_id else "not_your_job"
    if name == "visit_planned":
        own = getattr(body, "technician_id", None) == fact.author_id and job.opened_by == fact.author_id
        return None if own else "not_yours_to_plan"
    return _technician_objection(job, fact, named)


def holds(job: Job, member_id: UUID, named: Collection[Named]) -> bool:
    """Whether the job is or was a technician's own: opened by them, or planned for them at any time."""
    return job.opened_by == member_id or any(technician_id == member_id for _, technician_id in named)


def may_retract(retraction: Fact, target: Fact) -> bool:
    """Authors take back their own facts, supervisors anybody's; an opened job stays opened.

    What the server freezes for a technician's own plan is in their name, and not theirs to take back.
    """
    if isinstance(target.body, JobOpened):
        return False
    if isinstance(target.body, PlanFrozen) and retraction.role is Role.TECHNICIAN:
        return False
    return retraction.author_id == target.author_id or retraction.role is Role.SUPERVISOR


def _technician_objection(job: Job, fact: Fact, named: Collection[Named]) -> str | None:
    if fact.visit_id is None:
        return None if holds(job, fact.author_id, named) else "not_your_job"
    own = (fact.visit_id, fact.author_id)
    return (
        None if own in named or any((each.id, each.technician_id) == own for each in job.visits) else "not_your_visit"
    )


_NAMES = {kind.body: kind.name for kind in KINDS}
