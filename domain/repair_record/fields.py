"""What a complete record tells, by work type, and which of it is there (K24)."""

from collections.abc import Callable

from domain.facts.requirements import RecordField, Requirements
from domain.facts.shared import Detail
from domain.facts.words import Warranty, WorkType
from domain.job.document import Job
from domain.job.money import COVERED
from domain.job.visit import Visit

ALWAYS = (
    RecordField.TIMES,
    RecordField.TECHNICIAN,
    RecordField.SIGN_OFF,
    RecordField.WARRANTY_DECISION,
    RecordField.FEE,
)
WORKED = (RecordField.MEASURE, RecordField.PARTS, RecordField.TEST_RESULT, *ALWAYS)
FIELDS_BY_WORK: dict[WorkType, tuple[RecordField, ...]] = {
    WorkType.REPAIR: tuple(RecordField),
    WorkType.RETURN_CHECK: tuple(RecordField),
    WorkType.COMPLAINT_VISIT: tuple(RecordField),
    WorkType.INSTALL: WORKED,
    WorkType.MAINTAIN: WORKED,
    WorkType.CLEAN: WORKED,
    WorkType.INSPECT: WORKED,
    WorkType.REMOVE: WORKED,
    WorkType.GUIDE: (RecordField.TIMES, RecordField.TECHNICIAN, RecordField.SIGN_OFF, RecordField.FEE),
}

WHEN_FINISHED = frozenset(
    {
        RecordField.FOUND_FAULT,
        RecordField.CAUSE,
        RecordField.MEASURE,
        RecordField.PARTS,
        RecordField.TEST_RESULT,
    }
)
"""What is known when the tools are in."""
WHEN_ENDED = WHEN_FINISHED | {RecordField.TIMES, RecordField.TECHNICIAN, RecordField.FEE}
"""What the door still owes when it leaves. The sign-off has a rule of its own; the rest is the desk's."""


def missing_fields(job: Job, visit: Visit) -> tuple[RecordField, ...]:
    """What the record should tell and does not. Where no plan froze what, the work type says it."""
    asked = requirements_of(visit).record or FIELDS_BY_WORK[job.work_type]
    return tuple([field for field in asked if not _IS_TOLD[field](job, visit)])


def requirements_of(visit: Visit) -> Requirements:
    """What the plan froze; the least there is where nobody planned the visit."""
    return visit.plan.requirements if visit.plan is not None else _LEAST


def _is_fault_found(job: Job, visit: Visit) -> bool:
    """Found on this visit or an earlier one; that there is none is found as well."""
    told = visit.repair is not None and visit.repair.symptom_code is not None
    return told or visit.diagnosis is not None or any(each.diagnosis is not None for each in job.visits)


def _are_parts_told(_job: Job, visit: Visit) -> bool:
    """The parts that were fitted, or measures that need none."""
    for line in visit.parts:
        if line.body.quantity_thousandths > 0:
            return True
    needing = requirements_of(visit).part_measures
    return visit.repair is not None and not any(code in needing for code in visit.repair.measure_codes)


def _are_times_told(job: Job, visit: Visit) -> bool:
    """Arrival, and the work from beginning to end, where only the last span can be open; of guidance, leaving."""
    if visit.arrived_at is None:
        return False
    if visit.work and visit.work[-1].ended_at is not None:
        return True
    return job.work_type is WorkType.GUIDE and visit.ended_at is not None


def _is_fee_told(job: Job, visit: Visit) -> bool:
    """A bill, or that nothing is due."""
    if visit.bills:
        return True
    if visit.disclosures:
        return visit.disclosures[-1].total_fen == 0
    return job.warranty in COVERED or job.warranty is Warranty.GOODWILL or visit.make_safe


_LEAST = Requirements()
_SAID, _CODED = Detail.SYMPTOM, Detail.SYMPTOM_CODE
_IS_TOLD: dict[RecordField, Callable[[Job, Visit], bool]] = {
    RecordField.REPORTED_FAULT: lambda job, _: bool(job.details.get(_SAID) or job.details.get(_CODED)),
    RecordField.FOUND_FAULT: _is_fault_found,
    RecordField.CAUSE: lambda _, visit: visit.repair is not None,
    RecordField.MEASURE: lambda _, visit: visit.repair is not None,
    RecordField.PARTS: _are_parts_told,
    RecordField.TEST_RESULT: lambda _, visit: visit.test_result is not None,
    RecordField.TIMES: _are_times_told,
    RecordField.TECHNICIAN: lambda _, visit: visit.check_in is not None,
    RecordField.SIGN_OFF: lambda _, visit: visit.sign_off is not None,
    RecordField.WARRANTY_DECISION: lambda job, _: job.warranty is not Warranty.UNKNOWN,
    RecordField.FEE: _is_fee_told,
}
