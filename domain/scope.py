"""Who may hold a job, and why it is withdrawn from others."""

from uuid import UUID

from domain.job.document import Job
from domain.job.statuses import VisitStatus
from domain.job.visit import Visit
from domain.rules.transitions import TAKEN_AWAY


def holders(job: Job) -> dict[UUID, str | None]:
    """Every technician who ever had a visit or opened the job: None while they may hold it, else why it is withdrawn.

    Work that was done stays with who did it until the job is closed: whoever arrived has no visit that was taken away.
    """
    found: dict[UUID, str | None] = {}
    if job.opened_by is not None and not job.visits and job.closed_at is None:
        found[job.opened_by] = None
    for visit in job.visits:
        reason = _withdrawn(job, visit)
        if found.get(visit.technician_id, "") is not None:
            found[visit.technician_id] = reason
    return found


def _withdrawn(job: Job, visit: Visit) -> str | None:
    if job.closed_at is not None:
        return "closed"
    if visit.status not in TAKEN_AWAY:
        return None
    return {
        VisitStatus.SUPERSEDED: "reassigned",
        VisitStatus.DECLINED: "declined",
        VisitStatus.CANCELLED: "cancelled",
    }[visit.status]
