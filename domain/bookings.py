"""Which hours of a technician's day a job takes, and when its work is due."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.job.document import Job
from domain.rules.transitions import BEFORE_ARRIVAL, LIVE


class Booking(Struct, frozen=True):
    """The planned work of a visit that is still to come or under way (not the window promised to the customer)."""

    visit_id: UUID
    technician_id: UUID
    starts_at: datetime
    ends_at: datetime


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
