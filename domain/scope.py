"""Who may hold a job, and which hours of whose day it takes."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.job.document import Job
from domain.job.statuses import VisitStatus
from domain.job.visit import Visit
from domain.rules.transitions import BEFORE_ARRIVAL, LIVE, TAKEN_AWAY


class Booking(Struct, frozen=True):
    """The planned work of a visit that is still to come or under way (not the window promised to the customer)."""

    visit_id: UUID
    technician_id: UUID
    starts_at: datetime
    ends_at: datetime


def technicians(job: Job) -> dict[UUID, str | None]:
    """Every technician who ever had a visit or opened the job: None while they may hold it, else why it is withdrawn.

    Work that was done stays with who did it until the job is closed.
    """
    holders: dict[UUID, str | None] = {}
    if job.opened_by is not None and not job.visits and job.closed_at is None:
        holders[job.opened_by] = None
    for visit in job.visits:
        reason = _withdrawn(job, visit)
        if holders.get(visit.technician_id, "") is not None:
            holders[visit.technician_id] = reason
    return holders


def bookings(job: Job) -> list[Booking]:
    """The working hours that live visits take."""
    return [
        Booking(visit.id, visit.technician_id, visit.plan.work_start, visit.plan.work_end)
        for visit in job.visits
        if visit.status in LIVE and visit.plan is not None and visit.plan.work_start < visit.plan.work_end
    ]


def due_at(job: Job) -> datetime | None:
    """When the earliest work that is still to come or under way begins; None when nothing is planned."""
    return min((booking.starts_at for booking in bookings(job)), default=None)


def planned_start(job: Job) -> datetime | None:
    """When the next visit that has not arrived yet is planned to begin."""
    starts = [visit.plan.work_start for visit in job.visits if visit.status in BEFORE_ARRIVAL and visit.plan]
    return min(starts, default=None)


def _withdrawn(job: Job, visit: Visit) -> str | None:
    if job.closed_at is not None:
        return "closed"
    if visit.status not in TAKEN_AWAY or visit.arrived_at is not None:
        return None
    return {
        VisitStatus.SUPERSEDED: "reassigned",
        VisitStatus.DECLINED: "declined",
        VisitStatus.CANCELLED: "cancelled",
    }[visit.status]
