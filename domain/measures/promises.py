"""Which windows the customer was promised, one after the other. The fold keeps it.

Documents show the plan that stands, and phones need no more; measures need what was promised before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts import Fact
from domain.facts.desk import CaseDecided, VisitPlanned, VisitReplanned
from domain.facts.words import Side
from domain.job.document import Job
from domain.job.visit import Visit

PLANNING = (VisitPlanned, VisitReplanned, CaseDecided)


class Window(Struct, frozen=True, kw_only=True, array_like=True):
    """A window that the customer was promised, since `at`; the first one is that of the plan, moved by nobody (K03).

    A visit in another's place goes on from what was promised then.
    """

    at: datetime
    start: datetime
    end: datetime
    moved_by: Side | None
    customer_agreed: bool


Promises = Mapping[UUID, tuple[Window, ...]]
"""By visit, in the order in which they were made."""


def with_promises(known: Promises, job: Job, fact: Fact) -> Promises:
    """The promises of the job's visits after a fact; the same object where it promises nothing."""
    if not isinstance(fact.body, PLANNING):
        return known
    promised = {visit.id: _promised(known, job.visits, visit, fact) for visit in job.visits if visit.plan is not None}
    return known if promised == known else promised


def _promised(known: Promises, visits: Sequence[Visit], visit: Visit, fact: Fact) -> tuple[Window, ...]:
    """With the window of the visit's plan, where that is another than what was promised last."""
    assert visit.plan is not None
    start, end = visit.plan.window_start, visit.plan.window_end
    promised = known.get(visit.id) or _of_replaced(known, visits, visit.plan.replaces_visit_id)
    if promised and (promised[-1].start, promised[-1].end) == (start, end):
        return promised
    moved_by, agreed = _mover(fact, visit) if promised else (None, False)
    window = Window(at=fact.corrected_at, start=start, end=end, moved_by=moved_by, customer_agreed=agreed)
    return (*promised, window)


def _of_replaced(known: Promises, visits: Sequence[Visit], visit_id: UUID | None) -> tuple[Window, ...]:
    """What was promised of a visit that nobody made."""
    return next((known.get(visit.id, ()) for visit in visits if visit.id == visit_id and visit.arrived_at is None), ())


def _mover(fact: Fact, visit: Visit) -> tuple[Side, bool]:
    """Who moved the window, and whether the customer agreed. Where nobody says, it was the company, unasked."""
    body = fact.body
    if isinstance(body, VisitPlanned | VisitReplanned) and (fact.visit_id or fact.id) == visit.id:
        return body.asked_by or Side.COMPANY, body.customer_agreed
    side, _, without = (visit.window_moved_by or "company_without_agreement").partition("_")
    return Side(side), not without
