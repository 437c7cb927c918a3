"""Putting a value that somebody claimed in its place in the job."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.conflicts.claims import Field, Register, claim, field_of
from domain.facts import Fact
from domain.facts.desk import VisitPlanned, VisitReplanned, WarrantyDecided
from domain.facts.door.work import Diagnosed, RepairRecorded
from domain.facts.shared import Detail
from domain.job.cases import Conflict, Outdated
from domain.job.document import Job
from domain.job.visit import Visit
from domain.steps.planning import moved_by, with_times, with_visit
from domain.steps.remarks import with_detail

Registers = dict[str, Register]


def claimed(job: Job, registers: Registers, fact: Fact) -> tuple[Job, Registers, bool]:
    """The job and its registers after the fact's claim on a field, and whether its value stands."""
    field = field_of(fact)
    return (job, registers, True) if field is None else set_field(job, registers, field, fact)


def with_value(job: Job, field: str, value: str | None) -> Job | None:
    """The job with a field set from its text, or None when the text cannot be read as that field."""
    name, _, subject = field.partition(":")
    if name == "detail":
        return with_detail(job, Detail(subject), value)
    body = _read(name, value)
    if isinstance(body, WarrantyDecided):
        return replace(job, warranty=body.decision, warranty_decision=body)
    visit = next((visit for visit in job.visits if str(visit.id) == subject), None)
    return None if visit is None or body is None else with_visit(job, _with_body(visit, body))


def set_field(job: Job, registers: Registers, field: Field, fact: Fact) -> tuple[Job, Registers, bool]:
    """The registers and conflicts after an edit, and whether its value stands; to put it in place is another's."""
    known = registers.get(field.name)
    result = claim(job.id, field, known, fact, current(job, field.name) if known is None else None)
    if result.conflict is not None:
        job = _with_conflict(job, result.conflict, again=result.again)
    if result.settled is not None:
        job = _settled(job, result.settled)
        job = with_value(job, field.name, result.register.value) or job
    return job, {**registers, field.name: result.register}, result.register.fact_id == fact.id


def current(job: Job, field: str) -> str | None:
    """The value of a field that nobody has claimed."""
    name, _, subject = field.partition(":")
    return job.details.get(Detail(subject)) if name == "detail" else None


def _with_conflict(job: Job, conflict: Conflict, *, again: bool) -> Job:
    """The job with the conflict. A value that lost `again` keeps what was decided about it."""
    known = next((each for each in job.conflicts if each.id == conflict.id), None) if again else None
    if known is None:
        return replace(job, conflicts=(*job.conflicts, conflict))
    same = replace(conflict, decision=known.decision, decisions=known.decisions)
    return replace(job, conflicts=tuple(same if each is known else each for each in job.conflicts))


def _settled(job: Job, conflict_id: UUID) -> Job:
    """The job without a conflict that is none any more; what a person said about it stays on record."""
    conflicts = (
        replace(known, outdated=Outdated.GIVEN_UP) if known.id == conflict_id else known
        for known in job.conflicts
        if known.id != conflict_id or known.decisions
    )
    return replace(job, conflicts=tuple(conflicts))


def _with_body(visit: Visit, body: Struct) -> Visit:
    match body:
        case Diagnosed():
            return replace(visit, diagnosis=body)
        case RepairRecorded():
            return replace(visit, repair=body)
        case VisitPlanned():
            return replace(visit, plan=body, window_moved_by=None)
        case VisitReplanned() if visit.plan is not None:
            return replace(visit, plan=with_times(visit.plan, body), window_moved_by=moved_by(body))
        case _:
            return visit


def _read(name: str, value: str | None) -> Struct | None:
    for each in _TYPES.get(name, ()):
        try:
            body: Struct = msgspec.json.decode(value or "", type=each)
        except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
            continue
        return body
    return None


_TYPES: dict[str, tuple[Any, ...]] = {
    "plan": (VisitPlanned, VisitReplanned),
    "warranty": (WarrantyDecided,),
    "diagnosis": (Diagnosed,),
    "repair": (RepairRecorded,),
}
