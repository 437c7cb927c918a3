"""Putting a value that somebody claimed, or decided on, in its place in the job."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain.cases import conflict_by_id, decision_of, with_decision
from domain.claims import Field, Register, claim, field_of
from domain.facts import Fact
from domain.facts.desk import CaseDecided, Choice, VisitPlanned, VisitReplanned, WarrantyDecided
from domain.facts.door import Diagnosed, RepairRecorded
from domain.facts.shared import Detail
from domain.job import Conflict, Job, Visit
from domain.planning import with_times, with_visit
from domain.remarks import with_detail

Registers = dict[str, Register]


def claimed(job: Job, registers: Registers, fact: Fact) -> tuple[Job, Registers, bool]:
    """The job and its registers after the fact's claim on a field, and whether its value stands."""
    field = field_of(fact)
    return (job, registers, True) if field is None else _claimed(job, registers, field, fact)


def decided(job: Job, registers: Registers, fact: Fact, body: CaseDecided) -> tuple[Job, Registers]:
    """A person's word on a case. On a conflict it is an edit like any other: two such edits can conflict themselves."""
    conflict = conflict_by_id(job, body.case_id)
    job = with_decision(job, body.case_id, decision_of(fact, body))
    if conflict is None:
        return job, registers
    chosen, value = _choice(conflict, registers, body)
    changed = with_value(job, conflict.field, value) if chosen else None
    if changed is None:
        return job, registers
    field = Field(conflict.field, value, conflict.rule)
    claimed_job, registers, stands = _claimed(job, registers, field, fact)
    return replace(changed, conflicts=claimed_job.conflicts) if stands else claimed_job, registers


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


def _claimed(job: Job, registers: Registers, field: Field, fact: Fact) -> tuple[Job, Registers, bool]:
    known = registers.get(field.name)
    result = claim(job.id, field, known, fact, _current(job, field.name) if known is None else None)
    if result.conflict is not None:
        job = replace(job, conflicts=(*job.conflicts, result.conflict))
    if result.settled is not None:
        job = _without_conflict(job, frozenset(result.settled))
        job = with_value(job, field.name, result.register.value) or job
    return job, {**registers, field.name: result.register}, result.register.fact_id == fact.id


def _choice(conflict: Conflict, registers: Registers, body: CaseDecided) -> tuple[bool, str | None]:
    """Whether the decision sets the field, and to what. Accepting sets it only to undo an override, or to confirm."""
    if body.choice is Choice.OVERRIDE:
        return True, body.value if body.value is not None else conflict.other.value
    if body.choice is not Choice.ACCEPT:
        return False, None
    undoes = conflict.decision is not None and conflict.decision.choice is Choice.OVERRIDE
    known = registers.get(conflict.field)
    confirms = known is not None and known.value == conflict.chosen.value
    return undoes or confirms, conflict.chosen.value


def _current(job: Job, field: str) -> str | None:
    name, _, subject = field.partition(":")
    return job.details.get(Detail(subject)) if name == "detail" else None


def _without_conflict(job: Job, fact_ids: frozenset[UUID]) -> Job:
    conflicts = tuple(known for known in job.conflicts if {known.chosen.fact_id, known.other.fact_id} != fact_ids)
    return replace(job, conflicts=conflicts)


def _with_body(visit: Visit, body: Struct) -> Visit:
    match body:
        case Diagnosed():
            return replace(visit, diagnosis=body)
        case RepairRecorded():
            return replace(visit, repair=body)
        case VisitPlanned():
            return replace(visit, plan=body)
        case VisitReplanned() if visit.plan is not None:
            return replace(visit, plan=with_times(visit.plan, body))
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
