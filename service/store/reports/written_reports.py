"""Written reports: asked for, made in the background, read as often as one likes."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Interval, Row, Select, cast, func
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http.paging import Paging
from service.store.scopes import made_seen
from service.store.tables import written_reports
from service.store.work import task_results
from service.store.work.task_results import Paper
from service.store.work.tasks import TaskState


class WrittenReport(Struct, frozen=True, kw_only=True):
    """One report. `steps_done` of `steps_total` tell how far it is; `done`: its PDF can be read."""

    id: UUID
    first_day: date
    last_day: date
    outlet_id: UUID | None
    technician_id: UUID | None
    language: str
    made_by: UUID
    created_at: datetime
    state: TaskState
    steps_done: int | None
    steps_total: int | None


_OWN = written_reports.c
_OF_THE_TASK = {"state", "steps_done", "steps_total"}
_PLAIN = [_OWN[name] for name in WrittenReport.__struct_fields__ if name not in _OF_THE_TASK]


async def add(db: AsyncConnection, actor: Actor, report_id: UUID, values: dict[str, Any]) -> None:
    """A report that the actor asked for."""
    await task_results.add(db, written_reports, actor, report_id, values)


async def begin(db: AsyncConnection, org_id: UUID, report_id: UUID, task_id: UUID) -> None:
    """Note which task makes it."""
    await task_results.begin(db, written_reports, org_id, report_id, task_id)


async def keep(db: AsyncConnection, org_id: UUID, report_id: UUID, figures: bytes, paper: bytes) -> None:
    """The finished report."""
    await task_results.change(db, written_reports, org_id, report_id, {"figures": figures, "paper": paper})


async def unfinished(db: AsyncConnection, actor: Actor) -> int:
    """How many that the actor asked for are still to be made."""
    return await task_results.unfinished(db, written_reports, actor)


async def find(db: AsyncConnection, actor: Actor, report_id: UUID) -> WrittenReport | None:
    """The report, if it is one that the actor may see."""
    row = (await db.execute(_listed(actor).where(_OWN.id == report_id))).one_or_none()
    return None if row is None else _report(row)


async def page(db: AsyncConnection, actor: Actor, query: Paging) -> tuple[list[WrittenReport], str | None]:
    """The next part of the list, the newest first."""
    return await task_results.page(db, written_reports, query, _listed(actor), _report)


async def paper(db: AsyncConnection, actor: Actor, report_id: UUID) -> Paper | None:
    """The PDF, or how far it is; None where there is no such report."""
    seen = (_OWN.org_id == actor.org_id, made_seen(actor, written_reports))
    return await task_results.paper(db, written_reports, _OWN.id == report_id, *seen)


async def clear(db: AsyncConnection, org_id: UUID, kept_for: timedelta, most: int) -> None:
    """Forget those that are older, and of each member those before the `most` newest, with their papers."""
    older = _OWN.created_at <= func.now() - cast(kept_for, Interval)
    over = await task_results.over(db, written_reports, org_id, older, most)
    await task_results.remove(db, written_reports, org_id, over)


def _listed(actor: Actor) -> Select[Any]:
    return task_results.listed(written_reports, actor, *_PLAIN, is_made=_OWN.paper.is_not(None))


def _report(row: Row[Any]) -> WrittenReport:
    return msgspec.convert(row._mapping, WrittenReport)  # noqa: SLF001 (the documented way to a row's mapping)
