"""What the desk keeps by hand, in one way for every kind of record: create, read, list, change.

A `Register` says where a kind of record is stored and who sees which; the functions do the rest. Creating twice
with one id is one creation; changing and removing ask for the version that was looked at.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Row, Select, Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Record
from domain.people.actor import Actor
from service.http import paging
from service.http.errors import Refused, Violation, invalid_body
from service.http.paging import Paging, Slice

Kind = TypeVar("Kind", bound=Record)
PageOf = TypeVar("PageOf", bound=Slice[Any])


class Register(Struct, Generic[Kind], frozen=True, kw_only=True):
    """One kind of record: its table, its Struct, the condition of who sees which, the unique column of its order."""

    table: Table
    kind: type[Kind]
    seen: Callable[[Actor], ColumnElement[bool]]
    order: str = "id"


async def read(db: AsyncConnection, register: Register[Kind], actor: Actor, record_id: UUID) -> Kind:
    """The record, or `not_found` when it does not exist or is out of the actor's scope."""
    found = await _find(db, register, actor, record_id)
    if found is None:
        raise Refused("not_found")
    return found


async def create(db: AsyncConnection, register: Register[Kind], actor: Actor, new: Struct) -> Kind:
    """The new record; the stored one when the same `id` was created with the same content before."""
    values = structs.asdict(new)
    wanted: UUID | None = values.pop("id")
    statement = (
        insert(register.table)
        .values(org_id=actor.org_id, id=wanted or uuid4(), **values)
        .on_conflict_do_nothing()
        .returning(*_columns(register))
    )
    if (row := (await db.execute(statement)).one_or_none()) is not None:
        return _record(register, row)
    stored = None if wanted is None else await _find(db, register, actor, wanted)
    if stored is None or any(getattr(stored, name) != value for name, value in values.items()):
        raise Refused("already_exists")
    return stored


async def change(
    db: AsyncConnection,
    register: Register[Kind],
    actor: Actor,
    record_id: UUID,
    expected_version: int,
    content: Struct,
    **computed: object,
) -> Kind:
    """The record with this content, one version up; `version_changed` when somebody else was first."""
    table = register.table
    statement = (
        update(table)
        .where(table.c.org_id == actor.org_id, table.c.id == record_id, register.seen(actor))
        .where(table.c.version == expected_version)
        .values(**structs.asdict(content), **computed, version=table.c.version + 1)
        .returning(*_columns(register))
    )
    if (row := (await db.execute(statement)).one_or_none()) is not None:
        return _record(register, row)
    stored = await read(db, register, actor, record_id)
    raise _changed(stored, expected_version)


async def remove(
    db: AsyncConnection, register: Register[Any], actor: Actor, record_id: UUID, expected_version: int
) -> None:
    """Delete a record that no history refers to, in the version that was looked at."""
    table = register.table
    statement = (
        delete(table)
        .where(table.c.org_id == actor.org_id, table.c.id == record_id, register.seen(actor))
        .where(table.c.version == expected_version)
    )
    if (await db.execute(statement)).rowcount == 0:
        stored = await read(db, register, actor, record_id)
        raise _changed(stored, expected_version)


async def page(
    db: AsyncConnection,
    register: Register[Kind],
    actor: Actor,
    query: Paging,
    answer: type[PageOf],
    conditions: Sequence[ColumnElement[bool]] = (),
) -> PageOf:
    """The next part of the list of what the actor sees and the conditions let through."""
    order = register.table.c[register.order]
    statement = _seen(register, actor).where(*conditions).order_by(order).limit(query.limit + 1)
    if (last := paging.key_after(query, register.table.name, order.type.python_type)) is not None:
        statement = statement.where(order > last)
    found = [_record(register, row) for row in await db.execute(statement)]
    items, cursor = paging.part(query, register.table.name, found, lambda last: getattr(last, register.order))
    return answer(items=items, next_cursor=cursor, has_more=cursor is not None)


async def require(
    db: AsyncConnection, register: Register[Any], actor: Actor, record_ids: set[UUID], pointer: str
) -> None:
    """Refuse a body that refers to a record that does not exist or that its author may not see: one answer for both."""
    table = register.table
    statement = select(table.c.id).where(table.c.org_id == actor.org_id, register.seen(actor))
    found = await db.execute(statement.where(table.c.id.in_(record_ids)))
    if len(found.all()) < len(record_ids):
        raise invalid_body(Violation(pointer, "unknown_reference"))


async def is_known(db: AsyncConnection, register: Register[Any], actor: Actor, record_id: UUID) -> bool:
    """Whether there is such a record, and the actor may see it."""
    return await _find(db, register, actor, record_id) is not None


def _changed(stored: Record, expected_version: int) -> Refused:
    return Refused("version_changed", current=stored, expected=expected_version, actual=stored.version)


async def _find(db: AsyncConnection, register: Register[Kind], actor: Actor, record_id: UUID) -> Kind | None:
    row = (await db.execute(_seen(register, actor).where(register.table.c.id == record_id))).one_or_none()
    return None if row is None else _record(register, row)


def _seen(register: Register[Any], actor: Actor) -> Select[Any]:
    return select(*_columns(register)).where(register.table.c.org_id == actor.org_id, register.seen(actor))


def _columns(register: Register[Any]) -> list[ColumnElement[Any]]:
    return [register.table.c[name] for name in register.kind.__struct_fields__]


def _record(register: Register[Kind], row: Row[Any]) -> Kind:
    return msgspec.convert(row._mapping, register.kind)  # noqa: SLF001 (the documented way to a row's mapping)
