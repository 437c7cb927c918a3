"""How far the record of a visit has come, and which rules it breaks where something is missing or did not pass."""

from collections.abc import Collection

from msgspec.structs import replace

from domain.cases.findings import BrokenRule, broken
from domain.facts.requirements import ChecklistPurpose, RecordField
from domain.job.document import Job
from domain.job.visit import Visit
from domain.job.visit_record import Safety, Verdict, VisitRecord
from domain.repair_record.answers import Item, items_of, out_of_limits
from domain.repair_record.fields import WHEN_ENDED, WHEN_FINISHED, missing_fields, requirements_of

_BEFORE_TOOLS_ARE_IN = (ChecklistPurpose.REPAIR_RECORD, ChecklistPurpose.SAFETY_AFTER_REPAIR)
_IMPLIED = {
    "repair_record": {RecordField.CAUSE, RecordField.MEASURE, RecordField.PARTS},
    "test": {RecordField.TEST_RESULT},
}


def record_of(job: Job, visit: Visit) -> VisitRecord:
    """The record as it stands. Which items passed is counted whoever asked for them."""
    fields, items = missing_fields(job, visit), items_of(job, visit)
    record = VisitRecord(complete=not fields, missing_fields=fields, out_of_limits=out_of_limits(visit))
    return _with_items(record, items) if items else record


def with_records(job: Job) -> tuple[Visit, ...]:
    """The job's visits, each that came to the door with its record."""
    return tuple([_with_record(job, visit) for visit in job.visits])


def finish_gap(job: Job, visit: Visit, missing: Collection[str]) -> list[BrokenRule]:
    """What is open when the tools are in: what is missing anyway, of the record, of the safety check (G3, K24, K31)."""
    items = items_of(job, visit)
    record = _of(items, ChecklistPurpose.REPAIR_RECORD)
    implied = {field for each in missing for field in _IMPLIED[each]}
    found = _incomplete(job, visit, WHEN_FINISHED - implied, (*missing, *_unanswered(record)))
    off = (*_with(record, Verdict.FAILED), *out_of_limits(visit))
    found += [broken("record_check_failed", items=", ".join(dict.fromkeys(off)))] if off else []
    unsafe = _not_passed(_of(items, ChecklistPurpose.SAFETY_AFTER_REPAIR))
    return [*found, broken("safety_after_repair_open", items=", ".join(unsafe))] if unsafe else found


def end_gap(job: Job, visit: Visit) -> list[BrokenRule]:
    """What is open when the technician leaves a customer who was helped: of the record, of the door routine (K11)."""
    items = items_of(job, visit)
    record = _unanswered(_of(items, ChecklistPurpose.REPAIR_RECORD))
    missed = _not_passed(_of(items, ChecklistPurpose.DOOR_ROUTINE))
    routine = [broken("service_norm_missed", items=", ".join(missed))] if missed else []
    return [*_incomplete(job, visit, WHEN_ENDED, record), *routine]


def _incomplete(
    job: Job, visit: Visit, owed: Collection[RecordField], missing_items: Collection[str]
) -> list[BrokenRule]:
    """Of what the plan froze only: a visit that was planned without is not judged by what was asked for later."""
    frozen = requirements_of(visit).record
    fields = [field for field in missing_fields(job, visit) if field in owed] if frozen else []
    missing = [*missing_items, *fields]
    return [broken("repair_record_incomplete", items=", ".join(missing))] if missing else []


def _with_record(job: Job, visit: Visit) -> Visit:
    came = visit.arrived_at is not None or bool(visit.work)
    record = record_of(job, visit) if came else None
    return visit if record == visit.record else replace(visit, record=record)


def _with_items(record: VisitRecord, items: Collection[Item]) -> VisitRecord:
    missing = _unanswered(_of(items, *_BEFORE_TOOLS_ARE_IN))
    return replace(
        record,
        complete=record.complete and not missing,
        missing_items=missing,
        passed=len(_with(items, Verdict.PASSED)),
        failed=_with(items, Verdict.FAILED),
        not_applicable=_with(items, Verdict.NOT_APPLICABLE),
        unanswered=_unanswered(items),
        norm_kept=_is_norm_kept(items),
        safety=_safety(items),
    )


def _of(items: Collection[Item], *purposes: ChecklistPurpose) -> list[Item]:
    return [item for item in items if item.purpose in purposes]


def _with(items: Collection[Item], verdict: Verdict) -> tuple[str, ...]:
    return tuple([item.code for item in items if item.verdict is verdict])


def _unanswered(items: Collection[Item]) -> tuple[str, ...]:
    return tuple([item.code for item in items if item.is_mandatory and item.verdict is Verdict.UNANSWERED])


def _not_passed(items: Collection[Item]) -> tuple[str, ...]:
    """Mandatory ones that failed or that nobody answered."""
    open_ = (Verdict.FAILED, Verdict.UNANSWERED)
    return tuple([item.code for item in items if item.is_mandatory and item.verdict in open_])


def _is_norm_kept(items: Collection[Item]) -> bool | None:
    return None if not any(item.is_mandatory for item in items) else not _not_passed(items)


def _safety(items: Collection[Item]) -> Safety:
    asked = _of(items, ChecklistPurpose.SAFETY_AFTER_REPAIR)
    if not asked:
        return Safety.NOT_ASKED
    return Safety.OPEN if _not_passed(asked) else Safety.PASSED
