"""Deriving measures: what a job and each of its visits count for the KPIs. Pure, total, and the only source of them.

The document and what the fold kept beside it are all that it sees, so a late fact changes exactly what follows from it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from domain.facts.handling import ExclusionReason
from domain.facts.shared import Detail
from domain.job.document import Job
from domain.job.handling import excludes
from domain.job.site_time import site_day
from domain.job.visit import Visit
from domain.measures import (
    arrival,
    closing,
    conduct,
    evidence,
    fees,
    parts,
    recovery,
    refunds,
    resolution,
    response,
    voice,
)
from domain.measures.course import Course, course_of
from domain.measures.measure import Measure, Repeat, Tally
from domain.memory import Memory
from domain.warranty.claim import ExclusionCode

OF_JOBS = (
    response.of_job,
    resolution.of_job,
    conduct.of_job,
    fees.of_job,
    refunds.of_job,
    closing.of_job,
    voice.of_job,
    recovery.of_job,
    evidence.of_job,
)
USER_DAMAGE = frozenset({ExclusionCode.MISUSE, ExclusionCode.TAKEN_APART})
UNCOUNTED = frozenset({ExclusionReason.DUPLICATE, ExclusionReason.TEST})
"""Such a job is no request, and so repeats none."""


def measures(job: Job, memory: Memory) -> tuple[Measure, ...]:
    """The measure of the job, then that of each visit in turn; none while nobody knows where the job belongs."""
    if job.outlet_id is None:
        return ()
    course = course_of(job, memory)
    of_job = _measure(course, job.outlet_id, None, _job_tallies(course))
    of_visits = [_measure(course, job.outlet_id, visit, _visit_tallies(course, visit)) for visit in job.visits]
    return (of_job, *of_visits)


def fault_group(job: Job) -> str | None:
    """The symptom that the customer reported, or else the one that was found: what a repeated repair is told by."""
    found = [each for visit in job.visits for each in (visit.repair, visit.diagnosis) if each is not None]
    recorded = (each.symptom_code for each in found)
    return job.details.get(Detail.SYMPTOM_CODE) or next((code for code in recorded if code), None)


def _job_tallies(course: Course) -> list[Tally]:
    tallies = [tally for of_job in OF_JOBS for tally in of_job(course)]
    return _left_out(course, [*tallies, *evidence.copies(course, tallies)])


def _visit_tallies(course: Course, visit: Visit) -> list[Tally]:
    tallies = [*arrival.of_visit(course, visit), *conduct.of_visit(course, visit), *parts.of_visit(course, visit)]
    tallies += voice.of_visit(course, visit)
    return _left_out(course, [*tallies, *evidence.copies(course, tallies)])


def _left_out(course: Course, tallies: list[Tally]) -> list[Tally]:
    """The tallies, left out where somebody said so in time, or with leave (3.1 rule 5)."""
    return tallies if not course.job.exclusions else [_judged(course, tally) for tally in tallies]


def _judged(course: Course, tally: Tally) -> Tally:
    certain_at = tally.decided_at or tally.at
    for exclusion in course.job.exclusions:
        if excludes(exclusion, tally.kpi, certain_at):
            return replace(tally, excluded=exclusion.reason.value)
    return tally


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
        repeat_of=_repeat(job) if asset_id is not None else Repeat.NONE,
        completed_at=course.completed_at if watched else None,
        watched_until=course.watched_until if watched else None,
        tallies=tuple(tallies),
        days=_days(job, tallies),
    )


def _repeat(job: Job) -> Repeat:
    """What the job says of an earlier repair. Damage by the user is proven by an exclusion from warranty (R22)."""
    if any(exclusion.reason in UNCOUNTED for exclusion in job.exclusions):
        return Repeat.NONE
    decision = job.warranty_decision
    proven = decision is not None and decision.exclusion_code in USER_DAMAGE and bool(decision.evidence_digests)
    return Repeat.USER_DAMAGE if proven else Repeat.REQUEST


def _responsible(course: Course) -> UUID | None:
    """Whose work the job counts as: who did it, else who was there last, else who is to come."""
    ranked = [course.completing, *reversed(course.attended), *reversed(course.job.visits)]
    return next((visit.technician_id for visit in ranked if visit is not None), None)


def _days(job: Job, tallies: Iterable[Tally]) -> tuple[date, ...]:
    moments = [tally.at for tally in tallies]
    known = {at: site_day(job, at) for at in set(moments)}
    return tuple([known[at] for at in moments])
