"""`fold(facts) -> Job`: pure, total, deterministic, and the same for every order of arrival.

`go_on` continues from a stored document when the new facts come last, and says so when they do not; folding the whole
log again then gives the document. A law test proves both equal.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from domain import attendance, fees, planning, remarks, work
from domain.authority import may_retract
from domain.cases import broken, conflict_by_id, decision_of, with_decision, with_finding
from domain.claims import Field, Register, claim, field_of
from domain.facts import Fact, desk, door, shared
from domain.facts.desk import Choice, VisitPlanned, VisitReplanned, WarrantyDecided
from domain.facts.door import Diagnosed, RepairRecorded
from domain.facts.kinds import KIND_BY_BODY
from domain.facts.shared import Detail
from domain.job import LOW_GRADES, Conflict, Decision, Job, JobStatus, Retraction, Visit, VisitStatus
from domain.order import Tail, after, in_order, tail_of
from domain.rules import LIVE, TAKEN_AWAY, TRANSITION_BY_KIND
from domain.status import settled


class Memory(Struct, frozen=True, kw_only=True):
    """What the fold must remember besides the document to go on from it."""

    tail: Tail = Tail()
    registers: dict[str, Register] = {}
    decisions: dict[UUID, Decision] = {}


class Folded(Struct, frozen=True):
    """A job as its facts stand, and the memory to go on from there."""

    job: Job
    memory: Memory


def empty(job_id: UUID) -> Folded:
    """The job before its first fact."""
    return Folded(Job(id=job_id, version=0, status=JobStatus.OPEN, number=_number(job_id)), Memory())


def fold(job_id: UUID, facts: Iterable[Fact]) -> Folded:
    """All facts of a job, in any order, to its document. Retracted facts are passed over but stay counted."""
    ordered = in_order(facts)
    passed_over = retracted(ordered)
    state = empty(job_id)
    for fact in ordered:
        if fact.id not in passed_over:
            state = _apply(state, fact)
    return _settle(state, tail_of(ordered))


def go_on(state: Folded, facts: Iterable[Fact]) -> Folded | None:
    """The document after facts that come last, or None when one belongs further up or takes another back."""
    tail: Tail | None = state.memory.tail
    for fact in facts:
        tail = None if isinstance(fact.body, shared.FactRetracted) else after(state.memory.tail, fact)
        if tail is None:
            return None
        applied = _apply(state, fact)
        state = Folded(applied.job, replace(applied.memory, tail=tail))
    return _settle(state, state.memory.tail)


def retracted(ordered: list[Fact]) -> set[UUID]:
    """The facts taken back, and the retractions that were taken back themselves. Later words count before earlier."""
    known = {fact.id: fact for fact in ordered}
    gone: set[UUID] = set()
    for fact in reversed(ordered):
        if isinstance(fact.body, shared.FactRetracted) and fact.id not in gone:
            target = known.get(fact.body.fact_id)
            if target is not None and target.id != fact.id and may_retract(fact, target):
                gone.add(target.id)
    return gone


def _settle(state: Folded, tail: Tail) -> Folded:
    return Folded(settled(state.job, tail.length), replace(state.memory, tail=tail))


def _apply(state: Folded, fact: Fact) -> Folded:
    """One fact, in its place. Never raises, whatever came before."""
    job = replace(
        state.job,
        changed_at=fact.corrected_at,
        low_graded_times=state.job.low_graded_times + (fact.grade in LOW_GRADES),
    )
    state = Folded(job, state.memory)
    field = field_of(fact)
    if field is not None:
        state, stands = _claimed(state, field, fact)
        if not stands:
            return state
    if isinstance(fact.body, desk.CaseDecided):
        return _decided(state, fact, fact.body)
    if isinstance(fact.body, shared.FactRetracted):
        return Folded(_with_retraction(state.job, fact, fact.body), state.memory)
    if (step := _JOB_STEPS.get(type(fact.body))) is not None:
        job, found = step(state.job, fact, fact.body)
        visit_id = None
    else:
        job, found, visit_id = _visit_step(state.job, fact)
    for each in found:
        job = with_finding(job, fact, visit_id, each, state.memory.decisions)
    return Folded(job, state.memory)


def _visit_step(job: Job, fact: Fact) -> tuple[Job, list[tuple[str, dict[str, str]]], UUID]:
    job, visit, found = _attended(job, fact)
    visit, moved = _moved(visit, fact)
    visit, more = _VISIT_STEPS[type(fact.body)](job, visit, fact, fact.body)
    return planning.with_visit(job, visit), [*found, *moved, *more], visit.id


def _attended(job: Job, fact: Fact) -> tuple[Job, Visit, list[tuple[str, dict[str, str]]]]:
    """The visit a fact speaks about; one that nobody planned is opened for its author."""
    visit_id = fact.visit_id or fact.id
    known = next((visit for visit in job.visits if visit.id == visit_id), None)
    if known is not None:
        return job, known, []
    visit = Visit(
        id=visit_id, technician_id=fact.author_id, status=VisitStatus.PLANNED, plan=None, planned_by=None
    )
    return replace(job, visits=(*job.visits, visit)), visit, [broken("visit_not_planned")]


def _moved(visit: Visit, fact: Fact) -> tuple[Visit, list[tuple[str, dict[str, str]]]]:
    """The visit's status by the transition table; a step that does not fit is kept and found (S3 to S7)."""
    kind = KIND_BY_BODY[type(fact.body)].name
    transition = TRANSITION_BY_KIND.get(kind)
    if transition is None:
        return visit, []
    if visit.status in transition.sources:
        return replace(visit, status=transition.to), []
    if visit.status in TAKEN_AWAY and kind not in ("visit_cancelled", "visit_declined", "visit_accepted"):
        code = "worked_after_reassignment" if visit.status is VisitStatus.SUPERSEDED else "worked_after_cancellation"
        return replace(visit, status=transition.to, worked_after=visit.status), [broken(code)]
    if visit.status is transition.to or (visit.status in LIVE and kind != "visit_cancelled"):
        return visit, [broken("repeated_step" if _is_behind(visit, kind) else "step_out_of_order", **_said(visit, kind))]
    return visit, [broken("step_after_end" if visit.status not in LIVE else "step_out_of_order", **_said(visit, kind))]


def _is_behind(visit: Visit, kind: str) -> bool:
    """Whether the visit already stands at or beyond what this step leads to."""
    ladder = tuple(LIVE)
    target = TRANSITION_BY_KIND[kind].to
    return visit.status in ladder and target in ladder and ladder.index(visit.status) >= ladder.index(target)


def _said(visit: Visit, kind: str) -> dict[str, str]:
    return {"step": kind, "status": visit.status}


def _claimed(state: Folded, field: Field, fact: Fact) -> tuple[Folded, bool]:
    claimed = claim(state.job.id, field, state.memory.registers.get(field.name), fact)
    memory = replace(state.memory, registers={**state.memory.registers, field.name: claimed.register})
    job = state.job
    if claimed.conflict is not None:
        conflict = replace(claimed.conflict, decision=memory.decisions.get(claimed.conflict.id))
        job = replace(job, conflicts=(*job.conflicts, conflict))
    return Folded(job, memory), claimed.stands


def _decided(state: Folded, fact: Fact, body: desk.CaseDecided) -> Folded:
    """A person's word on a case; overriding a conflict puts the other value, or a third one, in place."""
    decision = decision_of(fact, body)
    job = with_decision(state.job, body.case_id, decision)
    conflict = conflict_by_id(job, body.case_id)
    if conflict is not None and body.choice is Choice.OVERRIDE:
        job = _overridden(job, conflict, body.value if body.value is not None else conflict.other.value)
    memory = replace(state.memory, decisions={**state.memory.decisions, body.case_id: decision})
    return Folded(job, memory)


def _overridden(job: Job, conflict: Conflict, value: str | None) -> Job:
    """The job with a conflict's field set by a person. A value that cannot be read changes nothing."""
    name, _, subject = conflict.field.partition(":")
    if name == "detail":
        return remarks.with_detail(job, Detail(subject), value)
    body = _read(name, value)
    if isinstance(body, WarrantyDecided):
        return replace(job, warranty=body.decision, warranty_decision=body)
    visit = next((visit for visit in job.visits if str(visit.id) == subject), None)
    return job if visit is None or body is None else planning.with_visit(job, _with_body(visit, body))


def _with_body(visit: Visit, body: Struct) -> Visit:
    match body:
        case Diagnosed():
            return replace(visit, diagnosis=body)
        case RepairRecorded():
            return replace(visit, repair=body)
        case VisitPlanned():
            return replace(visit, plan=body)
        case VisitReplanned() if visit.plan is not None:
            times = ("window_start", "window_end", "work_start", "work_end")
            return replace(visit, plan=replace(visit.plan, **{name: getattr(body, name) for name in times}))
        case _:
            return visit


def _read(name: str, value: str | None) -> Struct | None:
    types: dict[str, Any] = {
        "plan": (VisitPlanned, VisitReplanned),
        "warranty": (WarrantyDecided,),
        "diagnosis": (Diagnosed,),
        "repair": (RepairRecorded,),
    }
    for each in types.get(name, ()):
        try:
            body: Struct = msgspec.json.decode(value or "", type=each)
        except msgspec.MsgspecError:
            continue
        return body
    return None


def _with_retraction(job: Job, fact: Fact, body: shared.FactRetracted) -> Job:
    retraction = Retraction(
        fact_id=fact.id, retracted_fact_id=body.fact_id, at=fact.corrected_at, reason=body.reason
    )
    return replace(job, retractions=(*job.retractions, retraction))


def _number(job_id: UUID) -> str:
    """A short number for a job that was not given one."""
    return job_id.hex[-8:].upper()


_JOB_STEPS: dict[type[Struct], Callable[..., planning.JobStep]] = {
    desk.JobOpened: planning.opened,
    desk.VisitPlanned: planning.planned,
    desk.JobCancelled: planning.job_cancelled,
    desk.WarrantyDecided: planning.warranty_decided,
    desk.JobClosed: planning.closed,
    desk.JobReopened: planning.reopened,
    desk.Inspected: remarks.inspected,
    desk.FollowedUp: remarks.followed_up,
    desk.ComplaintOpened: remarks.complaint_opened,
    desk.ComplaintAnswered: remarks.complaint_answered,
    desk.RefundRequested: fees.refund_requested,
    desk.Refunded: fees.refunded,
    door.Rated: remarks.rated,
    shared.DetailsAmended: remarks.amended,
    shared.NoteAdded: remarks.noted,
    shared.AttachmentAdded: remarks.attached,
}

_VISIT_STEPS: dict[type[Struct], Callable[..., planning.VisitStep]] = {
    desk.VisitReplanned: planning.replanned,
    desk.VisitCancelled: planning.visit_cancelled,
    door.VisitAccepted: attendance.accepted,
    door.VisitDeclined: attendance.declined,
    door.CustomerContacted: attendance.contacted,
    door.Departed: attendance.departed,
    door.Arrived: attendance.arrived,
    door.CheckedIn: attendance.checked_in,
    door.Diagnosed: work.diagnosed,
    door.FeesDisclosed: fees.disclosed,
    door.FeesAcknowledged: fees.acknowledged,
    door.FeesDeclined: fees.fees_declined,
    door.WorkStarted: work.started,
    door.WorkPaused: work.paused,
    door.WorkResumed: work.resumed,
    door.PartUsed: work.part_used,
    door.RepairRecorded: work.repair_recorded,
    door.GuidanceGiven: work.guidance_given,
    door.WorkFinished: work.finished,
    door.Charged: fees.charged,
    door.Paid: fees.paid,
    door.SignedOff: attendance.signed_off,
    door.VisitEnded: attendance.ended,
    door.IncidentReported: work.incident_reported,
}
