"""Earlier repairs as the jobs of an asset tell them: when, what fault, which parts, what was waited for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from domain.catalogue import Part
from domain.facts.desk import WarrantyDecided
from domain.facts.door.attendance import VisitOutcome
from domain.facts.door.work import PartGrade, PartSource, PauseReason
from domain.facts.shared import Detail
from domain.facts.words import Warranty, WorkType
from domain.job.document import Job
from domain.job.site_time import site_day
from domain.job.visit import PartLine, Visit, WorkSpan
from domain.warranty.claim import AssetRepair, FittedPart, RepairWait, WaitsFor

REPAIRS = frozenset({WorkType.REPAIR, WorkType.RETURN_CHECK, WorkType.COMPLAINT_VISIT})
DONE = frozenset({VisitOutcome.SOLVED, VisitOutcome.NO_FAULT_FOUND})
WAITS = {PauseReason.PARTS: WaitsFor.PART, PauseReason.CUSTOMER: WaitsFor.CUSTOMER}


def repairs_of(jobs: Iterable[Job], parts: Mapping[str, Part]) -> tuple[AssetRepair, ...]:
    """The repairs among these jobs; a job that was given up without one is none."""
    found = [repair_of(job, parts) for job in jobs]
    return tuple(each for each in found if each is not None)


def repair_of(job: Job, parts: Mapping[str, Part]) -> AssetRepair | None:
    """The job's repair, done or under way; None where there was none, or no more will be."""
    done = [visit for visit in job.visits if visit.repair is not None and visit.repair.result in DONE]
    finished = [visit.finished_at for visit in done if visit.finished_at is not None]
    reported_at = job.reported_at or job.opened_at
    if reported_at is None or (not finished and _will_not_be(job)):
        return None
    return AssetRepair(
        job_id=job.id,
        reported_on=site_day(job, reported_at),
        finished_on=site_day(job, max(finished)) if finished else None,
        quality_fault=not _is_excluded(job.warranty_decision) and not (done and _found_nothing(done)),
        faults=faults_of(job),
        parts=tuple(_fitted(line, parts.get(line.body.part_code)) for line in _lines(job)),
        waits=tuple(_waits(job)),
    )


def faults_of(job: Job) -> tuple[str, ...]:
    """The codes by which a fault is known again: what the customer named, what was diagnosed, what was repaired."""
    codes = [job.details.get(Detail.SYMPTOM_CODE)]
    for visit in job.visits:
        for record in (visit.diagnosis, visit.repair):
            codes += [] if record is None else [record.symptom_code, record.cause_code]
    return tuple(dict.fromkeys(code for code in codes if code))


def part_codes_of(jobs: Iterable[Job]) -> set[str]:
    """Every part that was fitted."""
    return {line.body.part_code for job in jobs for line in _lines(job)}


def _will_not_be(job: Job) -> bool:
    over = job.cancellation is not None or (job.closed_at is not None and job.reopened_at is None)
    return over or job.work_type not in REPAIRS


def _is_excluded(decided: WarrantyDecided | None) -> bool:
    """Whether an exclusion stands; one without evidence, or not told, does not (R22)."""
    if decided is None or decided.decision is not Warranty.PAID or decided.exclusion_code is None:
        return False
    return bool(decided.evidence_digests) and decided.customer_told


def _found_nothing(done: Iterable[Visit]) -> bool:
    return all(visit.repair is not None and visit.repair.result is VisitOutcome.NO_FAULT_FOUND for visit in done)


def _lines(job: Job) -> Iterator[PartLine]:
    """Parts that we answer for: fitted, and not the customer's own."""
    for visit in job.visits:
        for line in visit.parts:
            if line.body.quantity_thousandths > 0 and line.body.source is not PartSource.CUSTOMER:
                yield line


def _fitted(line: PartLine, part: Part | None) -> FittedPart:
    return FittedPart(
        part_code=line.body.part_code,
        component=None if part is None else part.component,
        is_new=line.body.grade is not PartGrade.RECLAIMED,
        warranty_days=None if part is None else part.warranty_days,
    )


def _waits(job: Job) -> Iterator[RepairWait]:
    """From each stop for a part or for the customer to the next time that tools were out."""
    spans = [span for visit in job.visits for span in visit.work]
    for since, waits_for, stopped in _stops(job):
        starts = (span.started_at for span in spans if span is not stopped and span.started_at >= since)
        until = min(starts, default=None)
        yield RepairWait(
            since=site_day(job, since), until=None if until is None else site_day(job, until), waits_for=waits_for
        )


def _stops(job: Job) -> Iterator[tuple[datetime, WaitsFor, WorkSpan | None]]:
    """When it stopped, for whom, and the work that was stopped."""
    for visit in job.visits:
        for span in visit.work:
            if span.ended_at is not None and span.paused_for in WAITS:
                yield span.ended_at, WAITS[span.paused_for], span
        if visit.missing_parts and visit.ended_at is not None:
            yield visit.ended_at, WaitsFor.PART, None
