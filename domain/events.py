"""Events for other systems: what happened to a job between two of its documents. Ids and codes, nobody's name."""

import enum
from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.job.document import Job
from domain.job.statuses import JobStatus, VisitStatus
from domain.job.visit import Visit
from domain.rules.transitions import OVER
from domain.steps.attendance import completes


class EventKind(enum.StrEnum):
    """What happened."""

    JOB_OPENED = "job.opened"
    JOB_COMPLETED = "job.completed"
    VISIT_PLANNED = "visit.planned"
    VISIT_ACCEPTED = "visit.accepted"
    VISIT_TRAVELLING = "visit.travelling"
    VISIT_ARRIVED = "visit.arrived"
    VISIT_CHECKED_IN = "visit.checked_in"
    VISIT_WORKING = "visit.working"
    VISIT_PAUSED = "visit.paused"
    VISIT_FINISHED = "visit.finished"
    VISIT_SIGNED_OFF = "visit.signed_off"
    VISIT_ENDED = "visit.ended"
    VISIT_DECLINED = "visit.declined"
    VISIT_NO_ACCESS = "visit.no_access"
    VISIT_UNABLE = "visit.unable"
    VISIT_CANCELLED = "visit.cancelled"
    VISIT_SUPERSEDED = "visit.superseded"
    CASE_OPENED = "case.opened"
    CASE_DECIDED = "case.decided"
    KPI_RESTATED = "kpi.restated"
    SNAPSHOT_FROZEN = "snapshot.frozen"
    WEBHOOK_TEST = "webhook.test"


class EventData(Struct, frozen=True, kw_only=True):
    """What it happened to, null where it is about nothing of the kind. Read the record for more."""

    job_id: UUID | None = None
    """Events with one `job_id` are told in their order."""
    outlet_id: UUID | None = None
    visit_id: UUID | None = None
    technician_id: UUID | None = None
    case_id: UUID | None = None
    case_kind: str | None = None
    code: str | None = None
    """Of a case: the rule, or what else it is about; of a KPI: which."""
    period_from: date | None = None
    period_until: date | None = None
    """Inclusive."""
    snapshot_id: UUID | None = None


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened."""

    kind: EventKind
    data: EventData


def events_of(before: Iterable[Job], after: Iterable[Job]) -> list[Event]:
    """What happened to these jobs, job by job; `before` and `after` hold them in the same order."""
    return [event for was, now in zip(before, after, strict=True) for event in _of_job(was, now)]


def _of_job(was: Job, now: Job) -> Iterator[Event]:
    if was.opened_at is None and now.opened_at is not None:
        yield _event(EventKind.JOB_OPENED, now)
    earlier = {visit.id: visit for visit in was.visits}
    for visit in now.visits:
        for status in _reached(earlier.get(visit.id), visit):
            yield _event(EventKind(f"visit.{status}"), now, visit)
    if _is_completed(now) and not _is_completed(was):
        yield _event(EventKind.JOB_COMPLETED, now)


def _reached(was: Visit | None, now: Visit) -> list[VisitStatus]:
    """The statuses that the visit reached, in order: after a day offline there may be many at once."""
    before = () if was is None else _stations(was)
    found = [status for status in _stations(now) if status not in before]
    stood = None if was is None else was.status
    return found if now.status in (stood, *found) else [*found, now.status]


def _stations(visit: Visit) -> tuple[VisitStatus, ...]:
    """Those statuses on its way whose time is known."""
    left = (
        (VisitStatus.PLANNED, True),
        (VisitStatus.ACCEPTED, visit.accepted_at is not None),
        (VisitStatus.TRAVELLING, visit.departed_at is not None),
        (VisitStatus.ARRIVED, visit.arrived_at is not None),
        (VisitStatus.CHECKED_IN, visit.check_in is not None),
        (VisitStatus.WORKING, bool(visit.work)),
        (VisitStatus.FINISHED, visit.finished_at is not None),
        (VisitStatus.SIGNED_OFF, visit.sign_off is not None),
    )
    return tuple(status for status, passed in left if passed)


def _is_completed(job: Job) -> bool:
    """Whether the job is completed, even if the desk has closed it since."""
    if job.status is not JobStatus.CLOSED:
        return job.status is JobStatus.COMPLETED
    return any(visit.status in OVER and completes(job, visit) for visit in job.visits)


def _event(kind: EventKind, job: Job, visit: Visit | None = None) -> Event:
    data = EventData(job_id=job.id, outlet_id=job.outlet_id)
    if visit is not None:
        data = replace(data, visit_id=visit.id, technician_id=visit.technician_id)
    return Event(kind=kind, data=data)
