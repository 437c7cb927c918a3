"""Exports as their authors see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Row, Select, func
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from domain.people.consent import ExportPurpose
from service.http.paging import Paging
from service.store.tables import exports
from service.store.work import task_results
from service.store.work.tasks import TaskState


class DataExport(Struct, frozen=True, kw_only=True):
    """One export. `done`: the file can be fetched until `expires_at`; `sha256` is its digest in hexadecimal.

    `purpose` says what for, where it tells of people.
    """

    id: UUID
    subject: str
    format: str
    purpose: ExportPurpose | None
    purpose_note: str | None
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
_PLAIN = (
    "id",
    "subject",
    "format",
    "purpose",
    "purpose_note",
    "made_by",
    "created_at",
    "expires_at",
    "rows",
    "size_bytes",
    "sha256",
)


async def add(db: AsyncConnection, actor: Actor, export_id: UUID, values: dict[str, Any]) -> None:
    """An export that the actor asked for."""
    await task_results.add(db, exports, actor, export_id, values)


async def begin(db: AsyncConnection, org_id: UUID, export_id: UUID, task_id: UUID) -> None:
    """Note which task makes it."""
    await task_results.begin(db, exports, org_id, export_id, task_id)


async def finish(db: AsyncConnection, org_id: UUID, export_id: UUID, rows: int, size_bytes: int, sha256: bytes) -> bool:
    """The file is whole; False where the export is gone."""
    done = {"rows": rows, "size_bytes": size_bytes, "sha256": sha256}
    return await task_results.change(db, exports, org_id, export_id, done)


async def unfinished(db: AsyncConnection, actor: Actor) -> int:
    """How many that the actor asked for are still to be made."""
    return await task_results.unfinished(db, exports, actor)


async def find(db: AsyncConnection, actor: Actor, export_id: UUID) -> DataExport | None:
    """The export, if it is one that the actor may see; None when it is over."""
    row = (await db.execute(_listed(actor).where(_OWN.id == export_id))).one_or_none()
    return None if row is None else _export(row)


async def page(db: AsyncConnection, actor: Actor, query: Paging) -> tuple[list[DataExport], str | None]:
    """The next part of the list, the newest first."""
    return await task_results.page(db, exports, query, _listed(actor), _export)


async def over(db: AsyncConnection, org_id: UUID, most: int) -> Sequence[UUID]:
    """Those whose time is over, and of each member those before the `most` newest."""
    return await task_results.over(db, exports, org_id, _OWN.expires_at <= func.now(), most)


async def remove(db: AsyncConnection, org_id: UUID, export_ids: Sequence[UUID]) -> None:
    """Forget them; the files lie in the vault."""
    await task_results.remove(db, exports, org_id, export_ids)


def _listed(actor: Actor) -> Select[Any]:
    return task_results.listed(exports, actor, *(_OWN[name] for name in _PLAIN)).where(_OWN.expires_at > func.now())


def _export(row: Row[Any]) -> DataExport:
    values = dict(row._mapping)  # noqa: SLF001 (the documented way to a row's mapping)
    digest = values.pop("sha256")
    state = TaskState.DONE if values["size_bytes"] is not None else TaskState(values["state"])
    purpose = None if values["purpose"] is None else ExportPurpose(values["purpose"])
    told = {**values, "state": state, "purpose": purpose}
    return DataExport(**told, sha256=None if digest is None else digest.hex())
