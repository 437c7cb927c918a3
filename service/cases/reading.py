"""Reading a case: what it is about in words, both values, what may be chosen, what was decided."""

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseChoice, CaseKind, CaseState, choices_of
from domain.cases.words import sentence
from domain.job.cases import Conflict, Finding
from domain.people.actor import Actor, Role
from service.cases.contents import (
    Case,
    CaseDecision,
    CaseLine,
    Decided,
    DoubleBooking,
    EvidenceGap,
    GroundForExchange,
    HeldFact,
    RepairPattern,
    RepeatedReference,
    RepeatedSerial,
    Shortage,
    SuspectedDevice,
)
from service.http.errors import Refused
from service.store.cases import case_pages, cases, quarantine
from service.store.cases.cases import StoredCase
from service.store.cases.quarantine import Held
from service.store.jobs import fact_log, job_pages
from service.store.people import organisations
from service.store.stock import balances as stock_balances
from service.store.stock.cases import StockShortage
from service.wording import instant
from sync.record import Record, Unreadable, read

HOURS = ("starts_at", "ends_at")
VISITS_NAMED = 50
"""Of a collision, in the answer: who has to decide about more begins with these."""


async def zone_of(db: AsyncConnection, actor: Actor) -> ZoneInfo:
    """By whose clocks the actor's organisation reads hours."""
    organisation = await organisations.find(db, actor.org_id)
    assert organisation is not None, "the actor is signed in to it"
    return ZoneInfo(organisation.time_zone)


def line_of(stored: StoredCase, zone: ZoneInfo) -> CaseLine:
    """The case as lists show it, with hours by the clocks of `zone`."""
    said = sentence(stored.kind, stored.code, _parameters(stored, zone))
    return CaseLine(
        id=stored.id,
        kind=stored.kind,
        code=stored.code,
        outlet_id=stored.outlet_id,
        job_id=stored.job_id,
        severity=stored.severity,
        state=stored.state,
        opened_at=stored.opened_at,
        zh=said.zh,
        en=said.en,
    )


async def whole_case(db: AsyncConnection, actor: Actor, case_id: UUID) -> Case:
    """The whole case, or `not_found` when the actor's outlets do not see it."""
    stored = await cases.find(db, actor.org_id, actor.outlet_ids, case_id)
    if stored is None:
        raise Refused("not_found")
    choices = choices_of(stored.kind, stored.state)
    case = Case(
        **msgspec.structs.asdict(line_of(stored, await zone_of(db, actor))),
        choices=choices,
        suggested_choice=choices[0] if stored.state == CaseState.OPEN else None,
        decision=msgspec.json.decode(stored.body, type=Decided).decision,
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
    return await _READERS[stored.kind](db, actor, case, stored)


async def _as_kept(_db: AsyncConnection, _actor: Actor, case: Case, stored: StoredCase) -> Case:
    field, shown = _AS_KEPT[case.kind]
    return replace(case, **{field: msgspec.json.decode(stored.body, type=shown)})


async def _booking(db: AsyncConnection, actor: Actor, case: Case, stored: StoredCase) -> Case:
    booking = msgspec.json.decode(stored.body, type=DoubleBooking)
    named = booking.visits[:VISITS_NAMED]
    seen = {*await job_pages.seen_of(db, actor, [each.job_id for each in named if each.job_id is not None])}
    shown = (each if each.job_id in seen else replace(each, job_id=None, job_number=None) for each in named)
    return replace(case, booking=replace(booking, visits=tuple(shown)))


async def _shortage(db: AsyncConnection, actor: Actor, case: Case, stored: StoredCase) -> Case:
    kept = msgspec.json.decode(stored.body, type=StockShortage)
    place = (kept.location_id, kept.part_code)
    balance = (await stock_balances.at_places(db, actor.org_id, [place]))[place]
    return replace(case, shortage=Shortage(**msgspec.structs.asdict(kept), quantity_thousandths=balance))


async def _between_jobs(db: AsyncConnection, actor: Actor, case: Case, stored: StoredCase) -> Case:
    """A case about several jobs: of these, the ones that the reader may see."""
    field, shown, ids = _BETWEEN_JOBS[case.kind]
    told = msgspec.json.decode(stored.body, type=shown)
    seen = await job_pages.seen_of(db, actor, getattr(told, ids))
    return replace(case, **{field: replace(told, **{ids: tuple(seen)})})


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


def _parameters(stored: StoredCase, zone: ZoneInfo) -> dict[str, str]:
    body: dict[str, Any] = msgspec.json.decode(stored.body)
    parameters = body.get("parameters")
    plain = parameters if isinstance(parameters, dict) else body
    hours = {name: instant(datetime.fromisoformat(plain[name]), zone) for name in HOURS if name in plain}
    return {name: str(value) for name, value in {**plain, **hours}.items()}


_READERS = {
    CaseKind.FINDING: _as_kept,
    CaseKind.CONFLICT: _as_kept,
    CaseKind.BOOKING: _booking,
    CaseKind.QUARANTINE: _held,
    CaseKind.DEVICE: _as_kept,
    CaseKind.SHORTAGE: _shortage,
    CaseKind.SERIAL: _between_jobs,
    CaseKind.EVIDENCE: _as_kept,
    CaseKind.EXCHANGE: _between_jobs,
    CaseKind.REFERENCE: _between_jobs,
    CaseKind.PATTERN: _between_jobs,
}
_AS_KEPT: dict[CaseKind, tuple[str, type[Struct]]] = {
    CaseKind.FINDING: ("finding", Finding),
    CaseKind.CONFLICT: ("conflict", Conflict),
    CaseKind.DEVICE: ("device", SuspectedDevice),
    CaseKind.EVIDENCE: ("evidence", EvidenceGap),
}
"""The field of the case, and what is shown in it of what is kept."""
_BETWEEN_JOBS: dict[CaseKind, tuple[str, type[Struct], str]] = {
    CaseKind.SERIAL: ("serial", RepeatedSerial, "other_job_ids"),
    CaseKind.EXCHANGE: ("exchange", GroundForExchange, "job_ids"),
    CaseKind.REFERENCE: ("reference", RepeatedReference, "other_job_ids"),
    CaseKind.PATTERN: ("pattern", RepairPattern, "job_ids"),
}
"""The same, and which of its ids are of other jobs."""
