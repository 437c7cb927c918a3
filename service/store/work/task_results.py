"""What tasks make for one reader, an export or a written report: asked for, followed, listed, forgotten."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, Table, case, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http import paging
from service.http.paging import Moment, Paging
from service.store.scopes import made_seen
from service.store.tables import tasks
from service.store.work.tasks import TaskState

Made = TypeVar("Made", bound=Struct)


class Paper(Struct, frozen=True):
    """A PDF, and how far its making is; no `body` before it is done."""

    body: bytes | None
    state: TaskState


async def add(db: AsyncConnection, made: Table, actor: Actor, made_id: UUID, values: dict[str, Any]) -> None:
    """Add what the actor asked for, with the role and outlets that decide what it may hold."""
    eyes = {"made_by": actor.member_id, "role": actor.role.value, "outlet_ids": list(actor.outlet_ids)}
    await db.execute(insert(made).values(org_id=actor.org_id, id=made_id, **eyes, **values))


async def begin(db: AsyncConnection, made: Table, org_id: UUID, made_id: UUID, task_id: UUID) -> None:
    """Note which task makes it."""
    await change(db, made, org_id, made_id, {"task_id": task_id})


async def change(db: AsyncConnection, made: Table, org_id: UUID, made_id: UUID, values: dict[str, Any]) -> bool:
    """Set these columns; False when it has been removed."""
    own = (made.c.org_id == org_id) & (made.c.id == made_id)
    return (await db.execute(update(made).where(own).values(values))).rowcount == 1


async def unfinished(db: AsyncConnection, made: Table, actor: Actor) -> int:
    """How many that the actor asked for are still to be made."""
    query = select(func.count()).select_from(made.join(tasks, _task_of(made)))
    mine = (made.c.org_id == actor.org_id, made.c.made_by == actor.member_id)
    waiting = tasks.c.state.in_([TaskState.WAITING.value, TaskState.RUNNING.value])
    return int(await db.scalar(query.where(*mine, waiting)) or 0)


async def over(db: AsyncConnection, made: Table, org_id: UUID, ended: ColumnElement[bool], most: int) -> Sequence[UUID]:
    """What has ended, and of each member whatever comes before the `most` newest."""
    newest = (made.c.created_at.desc(), made.c.id.desc())
    place = func.row_number().over(partition_by=made.c.made_by, order_by=newest).label("place")
    rows = select(made.c.id, ended.label("ended"), place).where(made.c.org_id == org_id).subquery("rows")
    return list(await db.scalars(select(rows.c.id).where(rows.c.ended | (rows.c.place > most))))


async def remove(db: AsyncConnection, made: Table, org_id: UUID, made_ids: Sequence[UUID]) -> None:
    """Forget it, with what lies in its row."""
    await db.execute(delete(made).where(made.c.org_id == org_id, made.c.id.in_(made_ids)))


def listed(
    made: Table, actor: Actor, *columns: ColumnElement[Any], is_made: ColumnElement[bool] | None = None
) -> Select[Any]:
    """A query of what the actor may see, `followed`."""
    return followed(made, *columns, is_made=is_made).where(made.c.org_id == actor.org_id, made_seen(actor, made))


def followed(made: Table, *columns: ColumnElement[Any], is_made: ColumnElement[bool] | None = None) -> Select[Any]:
    """A query of these columns, and how far the task is: done where it `is_made`, whatever became of the task.

    One whose task is forgotten by now was in vain.
    """
    forgotten = case((made.c.task_id.is_(None), TaskState.WAITING.value), else_=TaskState.FAILED.value)
    of_task = func.coalesce(tasks.c.state, forgotten)
    state = of_task if is_made is None else case((is_made, TaskState.DONE.value), else_=of_task)
    return select(*columns, state.label("state"), tasks.c.steps_done, tasks.c.steps_total).select_from(
        made.outerjoin(tasks, _task_of(made))
    )


async def paper(db: AsyncConnection, made: Table, *own: ColumnElement[bool]) -> Paper | None:
    """The paper that is made for the row that these conditions find; None where there is none."""
    row = (await db.execute(followed(made, made.c.paper, is_made=made.c.paper.is_not(None)).where(*own))).one_or_none()
    return None if row is None else Paper(row.paper, TaskState(row.state))


async def page(
    db: AsyncConnection, made: Table, query: Paging, statement: Select[Any], of_row: Callable[[Row[Any]], Made]
) -> tuple[list[Made], str | None]:
    """The next part of the list, the newest first, and the cursor of what follows."""
    if (last := paging.key_after(query, made.name, Moment)) is not None:
        statement = statement.where(tuple_(made.c.created_at, made.c.id) < tuple_(*last))
    newest = statement.order_by(made.c.created_at.desc(), made.c.id.desc()).limit(query.limit + 1)
    rows = list(await db.execute(newest))
    shown, cursor = paging.part(query, made.name, rows, lambda last: (last.created_at, last.id))
    return [of_row(row) for row in shown], cursor


def _task_of(made: Table) -> ColumnElement[bool]:
    return (tasks.c.org_id == made.c.org_id) & (tasks.c.id == made.c.task_id)
