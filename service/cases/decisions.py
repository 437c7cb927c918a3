"""Deciding a case: by a fact where it is part of a job, by a mark where it is not, by a release from quarantine."""

from datetime import UTC, datetime
from itertools import chain
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.findings import is_open
from domain.cases.kinds import CHOICES, UNDOABLE, CaseChoice, CaseKind, CaseState
from domain.conflicts.values import with_value
from domain.facts.desk import CaseDecided, Choice
from domain.facts.words import Text
from domain.job.cases import Conflict, Decision
from domain.job.document import Job
from domain.people.actor import Actor
from domain.rules.transitions import LIVE
from service.cases import reading, releases
from service.cases.contents import Case, CaseDecision
from service.desk import actions, planning
from service.desk.actions import Action
from service.http.endpoint import Input
from service.http.errors import Refused, Violation, invalid_body
from service.store.cases import case_pages, cases, quarantine
from service.store.sync import device_marks


class DecideCase(Input, frozen=True, kw_only=True):
    """What is chosen of the case's choices, and why. `value` replaces both values of a conflict (with override).

    `undo` takes back the decision that stands on a finding or a conflict; the field goes back to what it was before.
    """

    choice: CaseChoice
    value: Text | None = None
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


async def decide(db: AsyncConnection, actor: Actor, case: Case, body: DecideCase) -> None:
    """Decide a case that is open, or undo what was decided; one decided meanwhile is `case_decided_already`.

    The same words from the same person again are the same decision, whose answer was lost.
    """
    if _said_before(case, actor, body):
        return
    if body.choice not in CHOICES[case.kind] and not (body.choice is CaseChoice.UNDO and case.kind in UNDOABLE):
        fitting = tuple(choice.value for choice in CHOICES[case.kind])
        raise invalid_body(Violation("/choice", "unfit_choice", allowed=fitting))
    match case.kind:
        case CaseKind.FINDING | CaseKind.CONFLICT:
            await _decide_in_job(db, actor, case, body)
        case CaseKind.QUARANTINE:
            await _decide_held(db, actor, case, body)
        case _:
            await _decide_beside(db, actor, case, body)


def _said_before(case: Case, actor: Actor, body: DecideCase) -> bool:
    """Whether the last decision on the case is this very one."""
    last = case.conflict.decisions[-1] if case.conflict is not None and case.conflict.decisions else case.decision
    if last is None:
        return False
    said = (last.by, last.choice.value, last.value, last.reason)
    return said == (actor.member_id, body.choice.value, body.value, body.reason)


async def _decide_in_job(db: AsyncConnection, actor: Actor, case: Case, body: DecideCase) -> None:
    """The decision is a fact of the job: it folds, syncs and can be taken back like any other."""
    assert case.job_id is not None, "a finding or conflict belongs to a job"
    job, _ = await actions.take_up(db, actor, case.job_id)
    undone = _undone(job, case.id) if body.choice is CaseChoice.UNDO else None
    if undone is None and not _waits(job, case.id):
        await _require_said_before(db, actor, case, body)
        return
    if case.conflict is not None:
        await _require_fit(db, actor, job, case.conflict, body, undone)
    said = CaseDecided(
        case_id=case.id,
        choice=Choice(body.choice.value),
        value=body.value,
        reason=body.reason,
        undoes=None if undone is None else undone.fact_id,
    )
    await actions.carry_out(db, actor, job, Action(job_id=job.id, body=said))


def _undone(job: Job, case_id: UUID) -> Decision:
    """The decision that an undo takes back."""
    on_findings = (each.decision for each in job.findings if each.id == case_id)
    on_conflicts = (each.decision for each in job.conflicts if each.id == case_id)
    found = next(chain(on_findings, on_conflicts), None)
    if found is None:
        raise Refused("nothing_to_undo")
    return found


async def _require_fit(
    db: AsyncConnection, actor: Actor, job: Job, conflict: Conflict, body: DecideCase, undone: Decision | None
) -> None:
    """Refuse a value that cannot stand there, and a plan for which its technician is not fit and free."""
    if undone is not None:
        changed = job if undone.change is None else with_value(job, conflict.field, undone.change.was) or job
    elif body.choice is CaseChoice.OVERRIDE:
        changed = _overridden(job, conflict, body)
    else:
        return
    known = {visit.id: visit.plan for visit in job.visits}
    for visit in changed.visits:
        plan = visit.plan
        if plan is not None and plan != known[visit.id] and visit.status in LIVE:
            errand = await planning.errand_of(db, actor, job, plan.work_start, plan.work_end, visit)
            await planning.require_fit(db, actor, job, visit.technician_id, errand, body.reason)


def _overridden(job: Job, conflict: Conflict, body: DecideCase) -> Job:
    changed = with_value(job, conflict.field, conflict.other.value if body.value is None else body.value)
    if changed is None:
        raise invalid_body(Violation("/value", "invalid"))
    return changed


async def _decide_beside(db: AsyncConnection, actor: Actor, case: Case, body: DecideCase) -> None:
    """Mark the case as decided, and take the mark off its device.

    The jobs stay as they are: visits that overlap still do until one is planned anew.
    """
    if await case_pages.lock_state(db, actor.org_id, case.id) != CaseState.OPEN:
        await _require_said_before(db, actor, case, body)
        return
    stored = await cases.find(db, actor.org_id, actor.outlet_ids, case.id)
    assert stored is not None, "the case was locked in this transaction"
    made = CaseDecision(
        choice=body.choice, value=body.value, reason=body.reason, by=actor.member_id, at=datetime.now(UTC)
    )
    decided = {**msgspec.json.decode(stored.body), "decision": made}
    await cases.set_decided(db, actor.org_id, [case.id], msgspec.json.encode(decided))
    if case.device is not None:
        await device_marks.clear(db, actor.org_id, case.device.device_id)


async def _decide_held(db: AsyncConnection, actor: Actor, case: Case, body: DecideCase) -> None:
    """Release the fact into the log in its author's name, or keep it out for good. Its bytes stay in either case."""
    held = await quarantine.lock(db, actor.org_id, case.id)
    if held is None or held.state != quarantine.HELD:
        await _require_said_before(db, actor, case, body)
        return
    at, state = datetime.now(UTC), quarantine.DISCARDED
    if body.choice is CaseChoice.RELEASE:
        state = quarantine.RELEASED
        await releases.release(db, actor, held, at)
    await quarantine.decide(db, actor.org_id, [held.id], state, actor.member_id, at, body.reason)
    await cases.set_decided(db, actor.org_id, [case.id])


async def _require_said_before(db: AsyncConnection, actor: Actor, case: Case, body: DecideCase) -> None:
    """Refuse what somebody was faster with, unless it was this very decision: with which choice, who, and why."""
    current = await reading.whole_case(db, actor, case.id)
    if not _said_before(current, actor, body):
        raise Refused("case_decided_already", current=current)


def _waits(job: Job, case_id: UUID) -> bool:
    undecided = {each.id for each in job.findings if each.decision is None}
    return case_id in undecided | {each.id for each in job.conflicts if is_open(each)}
