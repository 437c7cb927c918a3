"""What was done to an asset before, as phones hold it: no personal data, no free text, the newest first."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from domain.facts.door.attendance import VisitOutcome
from domain.facts.shared import Detail
from domain.facts.words import Warranty, WorkType
from domain.job.document import Job
from domain.job.site_time import site_day
from domain.job.visit import Visit

BUDGET_BYTES = 3_000
"""The history on one site card, as JSON: ten visits or so. A card stays below a page of the database."""
MOST_VISITS = 10
"""Of one asset."""


class PastPart(Struct, frozen=True, kw_only=True):
    """A part that was fitted; `serial` is that of the new one."""

    part_code: str
    quantity_thousandths: int
    serial: str | None


class PastVisit(Struct, frozen=True, kw_only=True):
    """One visit that is over: the day at the site, what was found and done, who paid."""

    asset_id: UUID
    job_id: UUID
    day: date
    work_type: WorkType
    outcome: VisitOutcome
    symptom_code: str | None
    cause_code: str | None
    measure_codes: tuple[str, ...]
    parts: tuple[PastPart, ...]
    warranty: Warranty


class EndedVisit(Struct, frozen=True, kw_only=True):
    """A visit of the history, and where it stands in it."""

    visit_id: UUID
    ended_at: datetime
    told: PastVisit


def ended_visits(job: Job) -> tuple[EndedVisit, ...]:
    """The job's visits that came to its asset and are over; none where the job names no asset."""
    if job.asset_id is None:
        return ()
    return tuple(
        EndedVisit(
            visit_id=visit.id,
            ended_at=visit.ended_at,
            told=_past_visit(job, job.asset_id, visit, visit.outcome, visit.ended_at),
        )
        for visit in job.visits
        if visit.arrived_at is not None and visit.ended_at is not None and visit.outcome is not None
    )


def within_budget(newest_first: Iterable[PastVisit]) -> tuple[PastVisit, ...]:
    """As many as fit, from the newest on: the oldest fall off first."""
    left, kept = BUDGET_BYTES - len("[]"), list[PastVisit]()
    for each in newest_first:
        left -= len(msgspec.json.encode(each)) + len(",")
        if left < 0:
            break
        kept.append(each)
    return tuple(kept)


def _past_visit(job: Job, asset_id: UUID, visit: Visit, outcome: VisitOutcome, ended_at: datetime) -> PastVisit:
    found = visit.repair or visit.diagnosis
    symptom = None if found is None else found.symptom_code
    return PastVisit(
        asset_id=asset_id,
        job_id=job.id,
        day=site_day(job, ended_at),
        work_type=job.work_type,
        outcome=outcome,
        symptom_code=symptom or job.details.get(Detail.SYMPTOM_CODE),
        cause_code=None if found is None else found.cause_code,
        measure_codes=() if visit.repair is None else visit.repair.measure_codes,
        parts=_parts(visit),
        warranty=job.warranty,
    )


def _parts(visit: Visit) -> tuple[PastPart, ...]:
    return tuple(
        PastPart(
            part_code=line.body.part_code,
            quantity_thousandths=line.body.quantity_thousandths,
            serial=line.body.serial_in,
        )
        for line in visit.parts
    )
