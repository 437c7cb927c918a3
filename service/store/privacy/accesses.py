"""For what data of people left: added to and never changed, so that it can be audited."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct, convert
from sqlalchemy import Row, func, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor, Role
from domain.people.consent import ExportPurpose
from service.http import paging
from service.http.paging import Moment, Paging
from service.store.exports.exports import DataExport
from service.store.tables import accesses

_OWN = accesses.c


class AccessKind(StrEnum):
    """An export was asked for, or its file was fetched."""

    ASKED = "asked"
    FETCHED = "fetched"


class Access(Struct, frozen=True, kw_only=True):
    """Who had data of people leave, as what, and what for."""

    id: UUID
    at: datetime
    member_id: UUID
    role: Role
    action: AccessKind
    subject: str
    purpose: ExportPurpose
    purpose_note: str | None
    export_id: UUID


async def log(db: AsyncConnection, actor: Actor, action: AccessKind, export: DataExport) -> None:
    """Say that the actor did this; nothing for an export that tells of nobody."""
    if export.purpose is None:
        return
    who = {"member_id": actor.member_id, "role": actor.role.value, "outlet_ids": list(actor.outlet_ids)}
    what = {"subject": export.subject, "purpose": export.purpose.value, "purpose_note": export.purpose_note}
    row = {"org_id": actor.org_id, **who, "action": action.value, **what, "export_id": export.id}
    await db.execute(insert(accesses).values(row))


async def page(db: AsyncConnection, actor: Actor, query: Paging) -> tuple[tuple[Access, ...], str | None]:
    """The next part of the list, the newest first; who looks after some outlets sees what was for those alone."""
    statement = select(*(_OWN[name] for name in Access.__struct_fields__)).where(_OWN.org_id == actor.org_id)
    if actor.outlet_ids:
        within = _OWN.outlet_ids.contained_by(list(actor.outlet_ids))
        statement = statement.where(within, func.cardinality(_OWN.outlet_ids) > 0)
    if (last := paging.key_after(query, "accesses", Moment)) is not None:
        statement = statement.where(tuple_(_OWN.at, _OWN.id) < tuple_(*last))
    ordered = statement.order_by(_OWN.at.desc(), _OWN.id.desc()).limit(query.limit + 1)
    found = [_access(row) for row in await db.execute(ordered)]
    return paging.part(query, "accesses", found, lambda last: (last.at, last.id))


def _access(row: Row[Any]) -> Access:
    return convert(row._mapping, Access)  # noqa: SLF001 (the documented way to a row's mapping)
