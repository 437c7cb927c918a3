"""Tasks: what is to be done in the background, asked for in the transaction that makes it necessary."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Row, Select, case, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.http import paging
from service.http.paging import Moment, Paging
from service.store.tables import UNFINISHED, tasks


class TaskState(enum.StrEnum):
    """Waiting also between two attempts; failed when all were in vain."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Task(Struct, frozen=True, kw_only=True):
    """One piece of background work, and how far it has come."""

    id: UUID
    kind: str
    state: TaskState
    key: str | None
    due_at: datetime
    """When it is taken up; while it runs, when it counts as lost unless its process says otherwise."""
    attempts: int
    steps_done: int | None
    steps_total: int | None
    last_error: str | None
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


async def ask(
    db: AsyncConnection,
    org_id: UUID,
    kind: str,
    details: Struct,
    *,
    key: str | None = None,
    due_at: datetime | None = None,
) -> UUID:
    """Have this done once the transaction has committed, not before `due_at`; answers the task's id.

    While a task of this kind with this `key` waits, it is that task, with these details; while one runs, it will run
    once more. Such a task stays locked until the transaction ends, so ask for it last.
    """
    row = {"org_id": org_id, "id": uuid4(), "kind": kind, "key": key, "details": details}
    due = func.now() if due_at is None else due_at
    new = insert(tasks).values(**row, state=TaskState.WAITING.value, due_at=due)
    untried = (tasks.c.state == TaskState.WAITING.value) & (tasks.c.attempts == 0)
    statement = new.on_conflict_do_update(
        index_elements=["org_id", "kind", "key"],
        index_where=UNFINISHED,
        set_={
            "details": new.excluded.details,
            # What failed before keeps its place on the ladder; what runs keeps its process.
            "due_at": case((untried, func.least(tasks.c.due_at, new.excluded.due_at)), else_=tasks.c.due_at),
            "again_at": case((tasks.c.state == TaskState.RUNNING.value, new.excluded.due_at)),
        },
    )
    task_id: UUID = (await db.execute(statement.returning(tasks.c.id))).scalar_one()
    return task_id


async def find(db: AsyncConnection, org_id: UUID, task_id: UUID) -> Task | None:
    """One task of the organisation; whoever asked for one lets its client follow it by this."""
    row = (await db.execute(_columns().where(tasks.c.org_id == org_id, tasks.c.id == task_id))).one_or_none()
    return None if row is None else _task(row)


async def page(
    db: AsyncConnection, org_id: UUID, query: Paging, *, state: TaskState | None = None, kind: str | None = None
) -> tuple[tuple[Task, ...], str | None]:
    """The next part of the organisation's list, those asked for last first, and the cursor of what follows."""
    statement = _columns().where(tasks.c.org_id == org_id, *_conditions(state, kind))
    if (last := paging.key_after(query, "tasks", Moment)) is not None:
        statement = statement.where(tuple_(tasks.c.asked_at, tasks.c.id) < tuple_(*last))
    ordered = statement.order_by(tasks.c.asked_at.desc(), tasks.c.id.desc()).limit(query.limit + 1)
    found = [_task(row) for row in await db.execute(ordered)]
    return paging.part(query, "tasks", found, lambda last: (last.asked_at, last.id))


async def retry(db: AsyncConnection, org_id: UUID, task_id: UUID) -> Task | None:
    """Let a failed task wait again, all its attempts before it; None when it has not failed.

    IntegrityError when a task of its kind with its key is there again already.
    """
    statement = (
        update(tasks)
        .where(tasks.c.org_id == org_id, tasks.c.id == task_id, tasks.c.state == TaskState.FAILED.value)
        .values(state=TaskState.WAITING.value, attempts=0, due_at=func.now(), finished_at=None)
        .returning(*_listed())
    )
    row = (await db.execute(statement)).one_or_none()
    return None if row is None else _task(row)


def _conditions(state: TaskState | None, kind: str | None) -> list[ColumnElement[bool]]:
    by_state = [] if state is None else [tasks.c.state == state.value]
    return by_state + ([] if kind is None else [tasks.c.kind == kind])


def _columns() -> Select[Any]:
    return select(*_listed())


def _listed() -> list[ColumnElement[Any]]:
    return [tasks.c[name] for name in Task.__struct_fields__]


def _task(row: Row[Any]) -> Task:
    return msgspec.convert(row._mapping, Task)  # noqa: SLF001 (the documented way to a row's mapping)
