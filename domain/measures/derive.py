"""What a job and each of its visits count for the KPIs. Pure, total, and nothing else feeds one.

The document and its records are all that it sees, so a late fact changes exactly what follows from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from domain.calendar.holidays import later as later_day
from domain.facts.shared import Detail
from domain.job.document import Job
from domain.job.visit import Visit
from domain.measures import arrival, evidence, response
from domain.measures.course import Course, course_of, start_of_day
from domain.measures.door_records import DoorRecords
from domain.measures.measure import Measure, Repeat, Tally
from domain.steps.work import site_day

REPEAT_DAYS = 30
"""Within so many days, the day after completion being day 1, a repair counts as repeated (K08, R29)."""


def measures(job: Job, records: Mapping[UUID, DoorRecords]) -> tuple[Measure, ...]:
    """The measure of the job, then that of each visit in turn; none while nobody knows where the job belongs."""
    if job.outlet_id is None:
        return ()
    course = course_of(job, records)
    of_job = _measure(course, job.outlet_id, None, [*_shown(course, _job_tallies(course)), *evidence.of_job(course)])
    of_visits = [
        _measure(course, job.outlet_id, visit, _shown(course, _visit_tallies(course, visit))) for visit in job.visits
    ]
    return (of_job, *of_visits)


def _shown(course: Course, tallies: Sequence[Tally]) -> list[Tally]:
    return [*tallies, *evidence.copies(course, tallies)]


def _job_tallies(course: Course) -> list[Tally]:
    return list(response.of_job(course))


def _visit_tallies(course: Course, visit: Visit) -> list[Tally]:
    return list(arrival.of_visit(course, visit))


def _measure(course: Course, outlet_id: UUID, visit: Visit | None, tallies: Sequence[Tally]) -> Measure:
    job = course.job
    asset_id = job.asset_id if visit is None and course.is_repair else None
    watched = asset_id is not None and course.solved and course.completed_at is not None
    return Measure(
        visit_id=None if visit is None else visit.id,
        outlet_id=outlet_id,
        technician_id=_responsible(course) if visit is None else visit.technician_id,
        product_code=job.product_code,
        fault_group=fault_group(job),
        work_type=job.work_type,
        priority=job.priority,
        time_zone=job.time_zone,
        asset_id=asset_id,
        reported_at=job.reported_at if asset_id is not None else None,
        repeat_of=Repeat.REQUEST if asset_id is not None else Repeat.NONE,
        completed_at=course.completed_at if watched else None,
        watched_until=watched_until(course) if watched else None,
        tallies=tuple(tallies),
        days=_days(job, tallies),
    )


def fault_group(job: Job) -> str | None:
    """The symptom that the customer reported, or else the one that was found: what a repeated repair is told by."""
    found = [each for visit in job.visits for each in (visit.repair, visit.diagnosis) if each is not None]
    recorded = (each.symptom_code for each in found)
    return job.details.get(Detail.SYMPTOM_CODE) or next((code for code in recorded if code), None)


def watched_until(course: Course) -> datetime | None:
    """The first moment, in site time, at which a new request is no repeat any more."""
    if course.completed_at is None:
        return None
    return start_of_day(course.job.time_zone, later_day(site_day(course.job, course.completed_at), REPEAT_DAYS + 1))


def _responsible(course: Course) -> UUID | None:
    """Whose work the job counts as: who did it, else who was there last, else who is to come."""
    ranked = [course.completing, *reversed(course.attended), *reversed(course.job.visits)]
    return next((visit.technician_id for visit in ranked if visit is not None), None)


def _days(job: Job, tallies: Iterable[Tally]) -> tuple[date, ...]:
    known: dict[datetime, date] = {}
    for tally in tallies:
        if tally.at not in known:
            known[tally.at] = site_day(job, tally.at)
    return tuple(known[tally.at] for tally in tallies)
