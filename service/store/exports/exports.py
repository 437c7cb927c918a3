"""Exports as their authors see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, Select, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http import paging
from service.http.paging import Paging
from service.store.scopes import made_seen
from service.store.tables import exports, tasks
from service.store.work.tasks import TaskState


class DataExport(Struct, frozen=True, kw_only=True):
    """One export. `done`: the file can be fetched until `expires_at`; `sha256` is its digest in hexadecimal."""

    id: UUID
    subject: str
    format: str
    made_by: UUID
    created_at: datetime
    expires_at: datetime
    state: TaskState
    steps_done: int | None
    steps_total: int | None
    rows: int | None
    size_bytes: int | None
    sha256: str | None


_OWN = exports.c
_PLAIN = ("id", "subject", "format", "made_by", "created_at", "expires_at", "rows", "size_bytes", "sha256")


async def add(db: AsyncConnection, actor: Actor, export_id: UUID, values: dict[str, Any]) -> None:
    """An export that the actor asked for, for eyes that see what theirs do now."""
    eyes = {"made_by": actor.member_id, "role": actor.role.value, "outlet_ids": list(actor.outlet_ids)}
    await db.execute(insert(exports).values(org_id=actor.org_id, id=export_id, **eyes, **values))


async def begin(db: AsyncConnection, org_id: UUID, export_id: UUID, task_id: UUID) -> None:
    """Say which task makes it."""
    await db.execute(update(exports).where(*_one(org_id, export_id)).values(task_id=task_id))


async def finish(db: AsyncConnection, org_id: UUID, export_id: UUID, rows: int, size_bytes: int, sha256: bytes) -> bool:
    """The file is whole; False where the export is gone."""
    done = {"rows": rows, "size_bytes": size_bytes, "sha256": sha256}
    return (await db.execute(update(exports).where(*_one(org_id, export_id)).values(done))).rowcount == 1


async def unfinished(db: AsyncConnection, actor: Actor) -> int:
    """How many of the actor's are still to be made."""
    own = (tasks.c.org_id == _OWN.org_id) & (tasks.c.id == _OWN.task_id)
    waiting = tasks.c.state.in_([TaskState.WAITING.value, TaskState.RUNNING.value])
    query = select(func.count()).select_from(exports.join(tasks, own))
    return int(await db.scalar(query.where(_OWN.org_id == actor.org_id, _OWN.made_by == actor.member_id, waiting)) or 0)


async def find(db: AsyncConnection, actor: Actor, export_id: UUID) -> DataExport | None:
    """The export, if it is one that the actor may see; None when it is over."""
    row = (await db.execute(_listed(actor).where(_OWN.id == export_id))).one_or_none()
    return None if row is None else _export(row)


async def page(db: AsyncConnection, actor: Actor, query: Paging) -> tuple[list[DataExport], str | None]:
    """The next part of the list, the newest first."""
    statement = _listed(actor)
    if (last := paging.moment_after(query, "exports")) is not None:
        statement = statement.where(tuple_(_OWN.created_at, _OWN.id) < tuple_(*last))
    found = await db.execute(statement.order_by(_OWN.created_at.desc(), _OWN.id.desc()).limit(query.limit + 1))
    shown = [_export(row) for row in found]
    if len(shown) <= query.limit:
        return shown, None
    kept = shown[: query.limit]
    return kept, paging.cursor_after_moment(query, "exports", kept[-1].created_at, kept[-1].id)


async def expired(db: AsyncConnection, org_id: UUID) -> Sequence[UUID]:
    """Those whose file nobody may fetch any more."""
    query = select(_OWN.id).where(_OWN.org_id == org_id, _OWN.expires_at <= func.now())
    return list(await db.scalars(query))


async def remove(db: AsyncConnection, org_id: UUID, export_ids: Sequence[UUID]) -> None:
    await db.execute(delete(exports).where(_OWN.org_id == org_id, _OWN.id.in_(export_ids)))


def _one(org_id: UUID, export_id: UUID) -> tuple[Any, ...]:
    return _OWN.org_id == org_id, _OWN.id == export_id


def _listed(actor: Actor) -> Select[Any]:
    own = (tasks.c.org_id == _OWN.org_id) & (tasks.c.id == _OWN.task_id)
    state = func.coalesce(tasks.c.state, TaskState.WAITING.value).label("state")
    return (
        select(*(_OWN[name] for name in _PLAIN), state, tasks.c.steps_done, tasks.c.steps_total)
        .select_from(exports.outerjoin(tasks, own))
        .where(_OWN.org_id == actor.org_id, _OWN.expires_at > func.now(), made_seen(actor, exports))
    )


def _export(row: Row[Any]) -> DataExport:
    values = dict(row._mapping)  # noqa: SLF001 (the documented way to a row's mapping)
    digest = values.pop("sha256")
    state = TaskState.DONE if values["size_bytes"] is not None else TaskState(values["state"])
    return DataExport(**{**values, "state": state}, sha256=None if digest is None else digest.hex())
