"""A person's word on a case. On a conflict it is an edit like any other: two such edits can conflict themselves.

What its author decided about is looked up in the job as they saw it, when facts that arrived late have changed which
values stand against each other: no decision is lost.
"""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from msgspec.structs import replace

from domain.cases.findings import with_decision
from domain.conflicts.claims import Field, Register
from domain.conflicts.ownership import owner_of
from domain.conflicts.values import Registers, current, set_field, with_value
from domain.facts import Fact, saw
from domain.facts.desk import CaseDecided, Choice
from domain.job.cases import Conflict, Decision, FieldChange, Outdated
from domain.job.document import Job

Seen = Callable[[Fact], Job]
"""The job as a fact's author saw it."""


def decided(
    job: Job, registers: Registers, fact: Fact, seen: Seen, gone: Collection[UUID] = ()
) -> tuple[Job, Registers]:
    """The job after a `case_decided`; `gone` are facts that were taken back."""
    body = fact.body
    assert isinstance(body, CaseDecided)
    if not knows_case(job, body.case_id):
        job, registers = _restored(job, registers, body.case_id, seen(fact), gone)
    conflict = conflict_by_id(job, body.case_id)
    if conflict is None:
        decision = _decision(fact, body, body.undoes, None)
        findings = tuple(with_decision(each, decision) if each.id == body.case_id else each for each in job.findings)
        return replace(job, findings=findings), registers
    undone = _undone(conflict, body)
    wanted = _wanted(conflict, registers.get(conflict.field), fact, body, undone, gone)
    job, registers, change = (job, registers, None) if wanted is None else _edited(job, registers, fact, wanted)
    decision = _decision(fact, body, undone.fact_id if undone else None, change)
    return _with_word(job, conflict.id, decision), registers


def needs_log(job: Job, case_id: UUID) -> bool:
    """Whether the document alone does not tell what a decision on this case comes to."""
    conflict = conflict_by_id(job, case_id)
    return not knows_case(job, case_id) or (conflict is not None and conflict.outdated is Outdated.TAKEN_BACK)


def knows_case(job: Job, case_id: UUID) -> bool:
    """Whether the job has such a finding or conflict."""
    known = conflict_by_id(job, case_id) or next((each for each in job.findings if each.id == case_id), None)
    return known is not None


def conflict_by_id(job: Job, case_id: UUID) -> Conflict | None:
    """The conflict with this id, if the job has it."""
    return next((conflict for conflict in job.conflicts if conflict.id == case_id), None)


def standing(decisions: Sequence[Decision]) -> Decision | None:
    """The decision that stands: the last one that nobody has undone."""
    undone = {each.undoes for each in decisions if each.choice is Choice.UNDO}
    left = (each for each in reversed(decisions) if each.choice is not Choice.UNDO and each.fact_id not in undone)
    return next(left, None)


def _restored(
    job: Job, registers: Registers, case_id: UUID, seen: Job, gone: Collection[UUID]
) -> tuple[Job, Registers]:
    """The job with the conflict as its decider saw it."""
    conflict = conflict_by_id(seen, case_id)
    if conflict is None:
        return job, registers
    taken_back = {conflict.chosen.fact_id, conflict.other.fact_id} & set(gone)
    outdated = Outdated.TAKEN_BACK if taken_back else Outdated.LATE_VALUE
    conflict = replace(conflict, decision=None, decisions=(), outdated=outdated)
    known = registers.get(conflict.field)
    if known is not None and known.fact_id == conflict.other.fact_id:
        registers = {**registers, conflict.field: replace(known, lost=True)}
    return replace(job, conflicts=(*job.conflicts, conflict)), registers


def _undone(conflict: Conflict, body: CaseDecided) -> Decision | None:
    """The decision that an undo takes back: the one that it names, else the one that stands."""
    if body.choice is not Choice.UNDO or conflict.decision is None:
        return None
    if body.undoes is None:
        return conflict.decision
    gone = {each.undoes for each in conflict.decisions}
    left = (each for each in conflict.decisions if each.choice is not Choice.UNDO and each.fact_id not in gone)
    return next((each for each in left if each.fact_id == body.undoes), None)


def _wanted(
    conflict: Conflict,
    known: Register | None,
    fact: Fact,
    body: CaseDecided,
    undone: Decision | None,
    gone: Collection[UUID],
) -> Field | None:
    """The field as the decision wants it, or None when it leaves it alone.

    Accepting sets it only to undo an override, or to confirm what its author saw there.
    """
    field = Field(conflict.field, None, owner_of(conflict.field))
    if undone is not None:
        return None if undone.change is None else replace(field, value=undone.change.was)
    if body.choice is Choice.OVERRIDE:
        lost = body.value is None and conflict.other.fact_id in gone
        return None if lost else replace(field, value=conflict.other.value if body.value is None else body.value)
    if body.choice is not Choice.ACCEPT:
        return None
    undoes = conflict.decision is not None and conflict.decision.choice is Choice.OVERRIDE
    confirms = known is not None and known.value == conflict.chosen.value and saw(fact, known)
    return replace(field, value=conflict.chosen.value) if undoes or confirms else None


def _edited(job: Job, registers: Registers, fact: Fact, field: Field) -> tuple[Job, Registers, FieldChange | None]:
    """The decision's value in its place, unless it cannot be read or loses itself."""
    known = registers.get(field.name)
    change = FieldChange(was=current(job, field.name) if known is None else known.value, now=field.value)
    changed = with_value(job, field.name, field.value)
    if changed is None:
        return job, registers, None
    claimed, registers, stands = set_field(job, registers, field, fact)
    if not stands:
        return claimed, registers, None
    return replace(changed, conflicts=claimed.conflicts), registers, change


def _with_word(job: Job, case_id: UUID, decision: Decision) -> Job:
    conflicts = []
    for each in job.conflicts:
        decisions = (*each.decisions, decision) if each.id == case_id else each.decisions
        known = each if each.id != case_id else replace(each, decisions=decisions, decision=standing(decisions))
        conflicts.append(known)
    return replace(job, conflicts=tuple(conflicts))


def _decision(fact: Fact, body: CaseDecided, undoes: UUID | None, change: FieldChange | None) -> Decision:
    return Decision(
        choice=body.choice,
        value=body.value,
        reason=body.reason,
        by=fact.author_id,
        role=fact.role,
        device_id=fact.device_id,
        at=fact.corrected_at,
        time_grade=fact.grade,
        fact_id=fact.id,
        undoes=undoes,
        change=change,
    )
