"""Reading a case: what it is about in words, both values, what may be chosen, what was decided."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case_words import CaseChoice, CaseKind, CaseState, choices_of, sentence
from domain.job.cases import Conflict, Decision, Finding, Severity
from domain.people.actor import Actor, Role
from service.cases.contents import (
    BookingBody,
    Case,
    CaseDecision,
    CaseLine,
    DoubleBooking,
    EvidenceBody,
    EvidenceGap,
    ExchangeBody,
    GroundForExchange,
    HeldFact,
    PatternBody,
    ReferenceBody,
    RepairPattern,
    RepeatedReference,
    RepeatedSerial,
    SerialBody,
    Shortage,
    ShortageBody,
    SuspectedDevice,
    SuspicionBody,
)
from service.http.errors import Refused
from service.store.cases import case_pages, cases, quarantine
from service.store.cases.cases import StoredCase
from service.store.cases.quarantine import Held
from service.store.jobs import fact_log, job_pages
from service.store.stock import balances as stock_balances
from service.store.stock.cases import StockShortage
from sync.record import Record, Unreadable, read


def line_of(stored: StoredCase) -> CaseLine:
    """The case as lists show it."""
    kind = CaseKind(stored.kind)
    said = sentence(kind, stored.code, _parameters(stored))
    return CaseLine(
        id=stored.id,
        kind=kind,
        code=stored.code,
        outlet_id=stored.outlet_id,
        job_id=stored.job_id,
        severity=Severity(stored.severity),
        state=CaseState(stored.state),
        opened_at=stored.opened_at,
        zh=said.zh,
        en=said.en,
    )


async def whole_case(db: AsyncConnection, actor: Actor, case_id: UUID) -> Case:
    """The whole case, or `not_found` when the actor's outlets do not see it."""
    stored = await cases.find(db, actor.org_id, actor.outlet_ids, case_id)
    if stored is None:
        raise Refused("not_found")
    line, kind = msgspec.structs.asdict(line_of(stored)), CaseKind(stored.kind)
    choices = choices_of(kind, CaseState(stored.state))
    case = Case(
        **line,
        choices=choices,
        suggested_choice=choices[0] if stored.state == cases.OPEN else None,
        decision=None,
        finding=None,
        conflict=None,
        booking=None,
        held=None,
        device=None,
        shortage=None,
        serial=None,
        evidence=None,
        exchange=None,
        reference=None,
        pattern=None,
    )
    return await _READERS[kind](db, actor, case, stored)


async def _finding(_db: AsyncConnection, _actor: Actor, case: Case, stored: StoredCase) -> Case:
    finding = msgspec.json.decode(stored.body, type=Finding)
    return replace(case, finding=finding, decision=_decision(finding.decision))


async def _conflict(_db: AsyncConnection, _actor: Actor, case: Case, stored: StoredCase) -> Case:
    conflict = msgspec.json.decode(stored.body, type=Conflict)
    return replace(case, conflict=conflict, decision=_decision(conflict.decision))


async def _booking(db: AsyncConnection, actor: Actor, case: Case, stored: StoredCase) -> Case:
    body = msgspec.json.decode(stored.body, type=BookingBody)
    shown = {name: getattr(body, name) for name in DoubleBooking.__struct_fields__}
    if await job_pages.document(db, actor, body.other_job_id) is None:
        shown |= {"other_job_id": None, "other_job_number": None}
    return replace(case, booking=DoubleBooking(**shown), decision=body.decision)


async def _device(_db: AsyncConnection, _actor: Actor, case: Case, stored: StoredCase) -> Case:
    body = msgspec.json.decode(stored.body, type=SuspicionBody)
    shown = {name: getattr(body, name) for name in SuspectedDevice.__struct_fields__}
    return replace(case, device=SuspectedDevice(**shown), decision=body.decision)


async def _shortage(db: AsyncConnection, actor: Actor, case: Case, stored: StoredCase) -> Case:
    body = msgspec.json.decode(stored.body, type=ShortageBody)
    place = (body.location_id, body.part_code)
    balance = (await stock_balances.at_places(db, actor.org_id, [place]))[place]
    said = {name: getattr(body, name) for name in StockShortage.__struct_fields__}
    return replace(case, shortage=Shortage(**said, quantity_thousandths=balance), decision=body.decision)


async def _between_jobs(db: AsyncConnection, actor: Actor, case: Case, stored: StoredCase) -> Case:
    """A case about several jobs: of these, the ones that the reader may see."""
    field, kept, shown, ids = _BETWEEN_JOBS[case.kind]
    body: Any = msgspec.json.decode(stored.body, type=kept)
    told = {name: getattr(body, name) for name in shown.__struct_fields__}
    told[ids] = tuple(await job_pages.seen_of(db, actor, told[ids]))
    return replace(case, **{field: shown(**told)}, decision=body.decision)


async def _evidence(_db: AsyncConnection, _actor: Actor, case: Case, stored: StoredCase) -> Case:
    body = msgspec.json.decode(stored.body, type=EvidenceBody)
    return replace(case, evidence=EvidenceGap(digests=body.digests, member_ids=body.member_ids), decision=body.decision)


async def _held(db: AsyncConnection, actor: Actor, case: Case, _stored: StoredCase) -> Case:
    held = await quarantine.find(db, actor.org_id, case.id)
    assert held is not None, "a case of this kind is made with what it is about"
    found = read(held.record, held.schema)
    releasable = isinstance(found, Record) and not await fact_log.logged_ids(db, actor.org_id, [found.envelope.id])
    suggested = CaseChoice.RELEASE if releasable else CaseChoice.DISCARD
    return replace(
        case,
        held=_held_fact(held, found),
        suggested_choice=suggested if case.choices else None,
        decision=_held_decision(await case_pages.held_decision(db, actor.org_id, case.id)),
    )


def _held_fact(held: Held, found: Record | Unreadable) -> HeldFact:
    unreadable = found if isinstance(found, Unreadable) else None
    return HeldFact(
        fact_id=held.fact_id,
        author_id=held.author_id,
        author_role=Role(held.author_role),
        device_id=held.device_id,
        delivered_by=held.delivered_by,
        recorded_at=held.recorded_at,
        reason=held.reason,
        readable=unreadable is None,
        pointer=None if unreadable is None else unreadable.pointer,
        detail=None if unreadable is None else unreadable.message or None,
        schema=held.schema,
        record=held.record.decode(errors="replace"),
    )


def _held_decision(found: case_pages.HeldDecision | None) -> CaseDecision | None:
    if found is None or found.by is None or found.at is None:
        return None
    choice = CaseChoice.RELEASE if found.state == quarantine.RELEASED else CaseChoice.DISCARD
    return CaseDecision(choice=choice, value=None, reason=found.reason or "", by=found.by, at=found.at)


def _decision(made: Decision | None) -> CaseDecision | None:
    if made is None:
        return None
    return CaseDecision(
        choice=CaseChoice(made.choice.value), value=made.value, reason=made.reason, by=made.by, at=made.at
    )


def _parameters(stored: StoredCase) -> dict[str, str]:
    body: dict[str, Any] = msgspec.json.decode(stored.body)
    parameters = body.get("parameters")
    plain = parameters if isinstance(parameters, dict) else body
    return {name: str(value) for name, value in plain.items()}


_READERS = {
    CaseKind.FINDING: _finding,
    CaseKind.CONFLICT: _conflict,
    CaseKind.BOOKING: _booking,
    CaseKind.QUARANTINE: _held,
    CaseKind.DEVICE: _device,
    CaseKind.SHORTAGE: _shortage,
    CaseKind.SERIAL: _between_jobs,
    CaseKind.EVIDENCE: _evidence,
    CaseKind.EXCHANGE: _between_jobs,
    CaseKind.REFERENCE: _between_jobs,
    CaseKind.PATTERN: _between_jobs,
}
_BETWEEN_JOBS: dict[CaseKind, tuple[str, type[Struct], type[Struct], str]] = {
    CaseKind.SERIAL: ("serial", SerialBody, RepeatedSerial, "other_job_ids"),
    CaseKind.EXCHANGE: ("exchange", ExchangeBody, GroundForExchange, "job_ids"),
    CaseKind.REFERENCE: ("reference", ReferenceBody, RepeatedReference, "other_job_ids"),
    CaseKind.PATTERN: ("pattern", PatternBody, RepairPattern, "job_ids"),
}
"""The field of the case, what is kept of it, what is shown of it, and which ids are of other jobs."""
