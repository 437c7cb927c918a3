"""Hours of a technician that are taken twice, as cases: one for each collision, however many visits are in it.

The desk asks before it plans; what is pushed is kept, and may collide.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import bookings as bookings_of
from domain.cases.collisions import Asked, Collision, TakenHours, visits_of, waiting
from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Severity
from domain.job.document import Job
from service.store.cases import cases
from service.store.cases.cases import StoredCase
from service.store.jobs import bookings
from service.store.sets import any_of
from service.store.tables import cases as case_rows

# Locked: a decision that is made meanwhile is not written over.
_KNOWN = (
    cases.columns()
    .where(
        case_rows.c.technician_id == any_of("technician_ids"),
        case_rows.c.state.in_((CaseState.OPEN, CaseState.DECIDED)),
    )
    .order_by(case_rows.c.id)
    .with_for_update(key_share=True)
)


async def follow(db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job], at: datetime) -> None:
    """Replace the bookings of jobs that take other hours now, and bring the cases of their technicians in line.

    Nothing where no hours changed, else at most five statements whatever their number.
    """
    hours = [(new, {*bookings_of(old)}, {*bookings_of(new)}) for old, new in zip(before, after, strict=True)]
    moved = [each for each in hours if each[1] != each[2]]
    if not moved:
        return
    taken_of = {hours.technician_id for _, old, new in moved for hours in new - old}
    technician_ids = taken_of | {hours.technician_id for _, old, new in moved for hours in old - new}
    await bookings.save(db, org_id, [job for job, _, _ in moved], taken_of)
    query = _KNOWN.where(case_rows.c.org_id == org_id)
    known = [cases.stored(row) for row in await db.execute(query, {"technician_ids": list(technician_ids)})]
    # Where nobody's hours are taken and no case waits there is nothing to open and nothing to clear.
    if taken_of or any(case.state == CaseState.OPEN for case in known):
        collisions = await bookings.collisions(db, org_id, technician_ids)
        await cases.save(db, org_id, _changes(collisions, known, {job.id for job, _, _ in moved}, at))


def has_grown(before: StoredCase, after: StoredCase) -> bool:
    """Whether it is a double booking that another visit has joined."""
    return after.kind == CaseKind.BOOKING and not _asked(after).visits <= _asked(before).visits


def _changes(
    collisions: Sequence[Collision], known: Sequence[StoredCase], moved: Collection[UUID], at: datetime
) -> list[StoredCase]:
    """The cases that open, those that say something else now, and those whose collision is gone."""
    by_id = {case.id: case for case in known}
    waits = list(waiting(collisions, [_asked(case) for case in known]))
    going_on = {asked.case_id: collided for collided, asked in waits if asked is not None}
    told = [_told_anew(by_id[case_id], collided, moved) for case_id, collided in going_on.items()]
    gone = [case for case in known if case.state == CaseState.OPEN and case.id not in going_on]
    return [
        *(_opened(collided, moved, at) for collided, asked in waits if asked is None),
        *(case for case in told if case.body != by_id[case.id].body),
        *(replace(case, state=CaseState.CLEARED) for case in gone),
    ]


def _asked(case: StoredCase) -> Asked:
    collided = msgspec.json.decode(case.body, type=Collision)
    return Asked(case.id, case.opened_at, case.state == CaseState.DECIDED, visits_of(collided))


def _told_anew(case: StoredCase, collided: Collision, moved: Collection[UUID]) -> StoredCase:
    body = msgspec.json.encode(collided)
    if case.job_id in {each.job_id for each in collided.visits}:
        return replace(case, body=body)
    newcomer = _newcomer(collided, moved)
    return replace(case, body=body, job_id=newcomer.job_id, outlet_id=newcomer.outlet_id)


def _opened(collided: Collision, moved: Collection[UUID], at: datetime) -> StoredCase:
    newcomer = _newcomer(collided, moved)
    return StoredCase(
        # Of the moment too: the visit may have been in a collision before that is over.
        id=uuid5(newcomer.job_id, f"{newcomer.visit_id} {at.isoformat()}"),
        kind=CaseKind.BOOKING,
        code="double_booked",
        outlet_id=newcomer.outlet_id,
        job_id=newcomer.job_id,
        severity=Severity.WARNING,
        state=CaseState.OPEN,
        opened_at=at,
        body=msgspec.json.encode(collided),
        technician_id=collided.technician_id,
    )


def _newcomer(collided: Collision, moved: Collection[UUID]) -> TakenHours:
    """The first visit that came to lie there now: its outlet decides."""
    return next((each for each in collided.visits if each.job_id in moved), collided.visits[0])
