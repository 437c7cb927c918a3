"""Written reports: asked for, made in the background, read as often as one likes."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, Select, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http import paging
from service.http.paging import Paging
from service.store.scopes import made_seen
from service.store.tables import tasks, written_reports
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
    """A report that the actor asked for, for eyes that see what theirs do now."""
    eyes = {"made_by": actor.member_id, "role": actor.role.value, "outlet_ids": list(actor.outlet_ids)}
    await db.execute(insert(written_reports).values(org_id=actor.org_id, id=report_id, **eyes, **values))


async def begin(db: AsyncConnection, org_id: UUID, report_id: UUID, task_id: UUID) -> None:
    """Say which task makes it."""
    own = (_OWN.org_id == org_id) & (_OWN.id == report_id)
    await db.execute(update(written_reports).where(own).values(task_id=task_id))


async def keep(db: AsyncConnection, org_id: UUID, report_id: UUID, figures: bytes, paper: bytes) -> None:
    """The finished report."""
    own = (_OWN.org_id == org_id) & (_OWN.id == report_id)
    await db.execute(update(written_reports).where(own).values(figures=figures, paper=paper))


async def unfinished(db: AsyncConnection, actor: Actor) -> int:
    """How many of the actor's are still to be made."""
    own = (tasks.c.org_id == _OWN.org_id) & (tasks.c.id == _OWN.task_id)
    waiting = tasks.c.state.in_([TaskState.WAITING.value, TaskState.RUNNING.value])
    query = select(func.count()).select_from(written_reports.join(tasks, own))
    return int(await db.scalar(query.where(_OWN.org_id == actor.org_id, _OWN.made_by == actor.member_id, waiting)) or 0)


async def find(db: AsyncConnection, actor: Actor, report_id: UUID) -> WrittenReport | None:
    """The report, if it is one that the actor may see."""
    row = (await db.execute(_listed(actor).where(_OWN.id == report_id))).one_or_none()
    return None if row is None else _report(row)


async def page(db: AsyncConnection, actor: Actor, query: Paging) -> tuple[list[WrittenReport], str | None]:
    """The next part of the list, the newest first."""
    statement = _listed(actor)
    if (last := paging.moment_after(query, "reports")) is not None:
        statement = statement.where(tuple_(_OWN.created_at, _OWN.id) < tuple_(*last))
    found = await db.execute(statement.order_by(_OWN.created_at.desc(), _OWN.id.desc()).limit(query.limit + 1))
    reports = [_report(row) for row in found]
    if len(reports) <= query.limit:
        return reports, None
    kept = reports[: query.limit]
    return kept, paging.cursor_after_moment(query, "reports", kept[-1].created_at, kept[-1].id)


async def paper(db: AsyncConnection, actor: Actor, report_id: UUID) -> tuple[bytes | None] | None:
    """The PDF; None in it while it is not made, None where there is no such report."""
    seen = (_OWN.org_id == actor.org_id, made_seen(actor, written_reports))
    query = select(_OWN.paper).where(_OWN.id == report_id, *seen)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else (row.paper,)


def _listed(actor: Actor) -> Select[Any]:
    own = (tasks.c.org_id == _OWN.org_id) & (tasks.c.id == _OWN.task_id)
    return (
        select(
            *_PLAIN,
            func.coalesce(tasks.c.state, TaskState.WAITING.value).label("task_state"),
            tasks.c.steps_done,
            tasks.c.steps_total,
            _OWN.paper.is_not(None).label("is_made"),
        )
        .select_from(written_reports.outerjoin(tasks, own))
        .where(_OWN.org_id == actor.org_id, made_seen(actor, written_reports))
    )


def _report(row: Row[Any]) -> WrittenReport:
    values = dict(row._mapping)  # noqa: SLF001 (the documented way to a row's mapping)
    is_made, state = values.pop("is_made"), values.pop("task_state")
    state = TaskState.DONE if is_made else TaskState(state)
    return WrittenReport(**values, state=state)
