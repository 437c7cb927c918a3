"""Work in the background: what waits, what runs and how far it is, what is done, what has failed."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http.endpoint import get, post
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.store.work import tasks
from service.store.work.tasks import Task, TaskState

KindName = Annotated[str, Meta(max_length=64, pattern=r"^[a-z_]+$", examples=["clear_tasks"])]


class TaskQuery(Paging, frozen=True, kw_only=True):
    """Which tasks to list."""

    state: TaskState | None = None
    kind: KindName | None = None


class TaskPage(Slice[Task], frozen=True, kw_only=True):
    """Tasks, those asked for last first."""


@get("/v1/tasks", right="manage_tasks")
async def list_tasks(actor: Actor, db: AsyncConnection, query: TaskQuery) -> TaskPage:
    """List background work. What is done stays on the list for a week, what has failed for ninety days."""
    items, next_cursor = await tasks.page(db, actor.org_id, query, state=query.state, kind=query.kind)
    return TaskPage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)


@get("/v1/tasks/{task_id}", right="manage_tasks", problems=("not_found",))
async def read_task(actor: Actor, db: AsyncConnection, task_id: UUID) -> Task:
    """Read one task and how far it is: `steps_done` of `steps_total`."""
    found = await tasks.find(db, actor.org_id, task_id)
    if found is None:
        raise Refused("not_found")
    return found


@post("/v1/tasks/{task_id}/retry", right="manage_tasks", problems=("not_found", "task_not_failed", "already_exists"))
async def retry_task(actor: Actor, db: AsyncConnection, task_id: UUID) -> Task:
    """Try a failed task again, with all its attempts before it."""
    task = await tasks.retry(db, actor.org_id, task_id)
    if task is None:
        await read_task.handler(actor, db, task_id)
        raise Refused("task_not_failed")
    return task
