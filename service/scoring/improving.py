"""Improvement actions: checked, and with figures that are taken from a snapshot or from today's count."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.improvements import Improvement, ImprovementContent, NewImprovement, TakenFigure, misfits
from domain.kpis.query import Filters, ReportQuery
from domain.kpis.result import KpiResult
from domain.kpis.table import KPI_BY_ID
from domain.people.actor import Actor, Role
from service.http.errors import Refused, Violation, invalid_body
from service.kpis.results import results
from service.scoring import snapshot
from service.store import locks
from service.store.registry import registry
from service.store.registry.registers import MEMBERS, OUTLETS
from service.store.scoring import improvements, snapshots
from service.store.scoring.improvements import IMPROVEMENTS


async def create(db: AsyncConnection, actor: Actor, new: NewImprovement) -> Improvement:
    """The new action; the stored one when the same `id` was created with the same content before."""
    if new.id is not None:
        # Of two at one moment the second waits, and finds what the first created.
        await locks.lock(db, actor.org_id, [("improvement", new.id)])
        stored = await improvements.find(db, actor, new.id)
        if stored is not None:
            return _same(stored, new)
    await _require_fit(db, actor, new)
    at = datetime.now(UTC)
    before = await _taken(db, actor, new, (new.first_day, new.last_day), new.before_snapshot_id, at)
    after = await _after(db, actor, new, at)
    return await improvements.create(db, actor, new, before, after)


async def change(
    db: AsyncConnection, actor: Actor, improvement_id: UUID, content: ImprovementContent, expected_version: int
) -> Improvement:
    """The action with this content. A figure is taken anew only where another period or snapshot is named."""
    stored = await registry.read(db, IMPROVEMENTS, actor, improvement_id)
    if stored.outlet_id is None and actor.outlet_ids:
        raise Refused("not_permitted", role=actor.role.value)
    await _require_fit(db, actor, content)
    at = datetime.now(UTC)
    before, after = stored.before, stored.after
    if _asks(content, "before") != _asks(stored, "before"):
        days = (content.first_day, content.last_day)
        before = await _taken(db, actor, content, days, content.before_snapshot_id, at)
    if _asks(content, "after") != _asks(stored, "after"):
        after = await _after(db, actor, content, at)
    figures = {"before": msgspec.to_builtins(before), "after": msgspec.to_builtins(after)}
    return await registry.change(db, IMPROVEMENTS, actor, improvement_id, expected_version, content, **figures)


def _same(stored: Improvement, new: NewImprovement) -> Improvement:
    if any(getattr(stored, name) != value for name, value in structs.asdict(new).items()):
        raise Refused("already_exists")
    return stored


def _asks(named: ImprovementContent | Improvement, side: str) -> tuple[object, ...]:
    """What a figure is about."""
    if side == "before":
        return named.kpi, named.outlet_id, named.first_day, named.last_day, named.before_snapshot_id
    return named.kpi, named.outlet_id, named.after_first_day, named.after_last_day, named.after_snapshot_id


async def _require_fit(db: AsyncConnection, actor: Actor, content: ImprovementContent) -> None:
    found = [Violation(pointer, code) for pointer, code in misfits(content).items()]
    if content.kpi not in KPI_BY_ID:
        found.append(Violation("/kpi", "unknown_reference"))
    if found:
        raise invalid_body(*found)
    await registry.require(db, MEMBERS, actor, {content.owner_id}, "/owner_id")
    if content.outlet_id is not None:
        await registry.require(db, OUTLETS, actor, {content.outlet_id}, "/outlet_id")
    elif actor.outlet_ids:
        raise invalid_body(Violation("/outlet_id", "missing"))


async def _after(db: AsyncConnection, actor: Actor, content: ImprovementContent, at: datetime) -> TakenFigure | None:
    if content.after_snapshot_id is None and content.after_first_day is None:
        return None
    days = (content.after_first_day or date.min, content.after_last_day or date.min)
    return await _taken(db, actor, content, days, content.after_snapshot_id, at, pointer="/after_snapshot_id")


async def _taken(
    db: AsyncConnection,
    actor: Actor,
    content: ImprovementContent,
    days: tuple[date, date],
    snapshot_id: UUID | None,
    at: datetime,
    pointer: str = "/before_snapshot_id",
) -> TakenFigure:
    filters = Filters(outlet_id=content.outlet_id)
    if snapshot_id is not None:
        return await _frozen(db, actor, content.kpi, filters, snapshot_id, pointer)
    report = ReportQuery(first_day=days[0], last_day=days[1], kpis=(content.kpi,), filters=filters)
    everybody = structs.replace(actor, role=Role.AUDITOR)
    (result,) = await results(db, everybody, report, at)
    return _figure(result, days, None, at)


async def _frozen(
    db: AsyncConnection, actor: Actor, kpi: str, filters: Filters, snapshot_id: UUID, pointer: str
) -> TakenFigure:
    """The figure of a frozen report that is about the same place and nothing narrower."""
    stored = await snapshots.find(db, actor, snapshot_id)
    if stored is None:
        raise invalid_body(Violation(pointer, "unknown_reference"))
    report = snapshot.read(stored)
    whole = (each for each in report.results if (each.kpi, each.group, each.starts_on) == (kpi, None, None))
    result = next(whole, None)
    if result is None or report.filters != filters:
        raise invalid_body(Violation(pointer, "about_something_else"))
    return _figure(result, (report.first_day, report.last_day), report.id, report.frozen_at)


def _figure(result: KpiResult, days: tuple[date, date], snapshot_id: UUID | None, at: datetime) -> TakenFigure:
    names = set(TakenFigure.__struct_fields__) & set(KpiResult.__struct_fields__)
    same = {name: getattr(result, name) for name in names}
    return TakenFigure(first_day=days[0], last_day=days[1], snapshot_id=snapshot_id, at=at, **same)
