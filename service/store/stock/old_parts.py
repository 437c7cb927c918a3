"""Old parts: taken out of appliances, and not accounted for yet (K38)."""

import enum
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, and_, case, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.door.work import OldPart
from domain.facts.words import Code, Instant
from domain.people.actor import Actor
from domain.stock import StockOperationKind
from service.http import paging
from service.http.paging import Moment, Paging, Slice
from service.store.scopes import jobs_seen
from service.store.tables import jobs, stock_operations, stock_uses
from service.store.tables.stock import UNSETTLED


class OldPartState(enum.StrEnum):
    """What is still missing: that somebody says what became of the part, or that it is handed in at a depot."""

    NOT_TOLD = "not_told"
    NOT_HANDED_IN = "not_handed_in"


class OldPartQuery(Paging, frozen=True, kw_only=True):
    """Which old parts to list."""

    outlet_id: UUID | None = None
    technician_id: UUID | None = None
    job_id: UUID | None = None
    part_code: Code | None = None
    state: OldPartState | None = None
    until_time: Annotated[Instant, Meta(description="Taken out before then")] | None = None


class OutstandingOldPart(Struct, frozen=True, kw_only=True):
    """An old part whose whereabouts are open. `use_id` is the fact of the part that took its place."""

    use_id: UUID
    at: datetime
    state: OldPartState
    part_code: str
    quantity_thousandths: int
    serial_out: str | None
    technician_id: UUID
    visit_id: UUID
    job_id: UUID
    job_number: str
    outlet_id: UUID


class OldPartPage(Slice[OutstandingOldPart], frozen=True, kw_only=True):
    """Part of the old parts, the oldest first."""


_STATE = case(
    (stock_uses.c.old_part == OldPart.NONE.value, OldPartState.NOT_TOLD.value),
    else_=OldPartState.NOT_HANDED_IN.value,
)
_JOB = (jobs.c.org_id == stock_uses.c.org_id) & (jobs.c.id == stock_uses.c.job_id)


async def page(db: AsyncConnection, actor: Actor, query: OldPartQuery) -> OldPartPage:
    """The next part of the old parts of the jobs that the actor sees."""
    key = (stock_uses.c.at, stock_uses.c.fact_id)
    open_still = and_(stock_uses.c.org_id == actor.org_id, UNSETTLED, _outstanding())
    statement = (
        select(*_columns())
        .join(jobs, _JOB)
        .where(open_still, jobs_seen(actor), *_conditions(query))
        .order_by(*key)
        .limit(query.limit + 1)
    )
    if (last := paging.key_after(query, "old_parts", Moment)) is not None:
        statement = statement.where(tuple_(*key) > tuple_(*last))
    found = [
        msgspec.convert(row._mapping, OutstandingOldPart)  # noqa: SLF001 (the documented way to a mapping)
        for row in await db.execute(statement)
    ]
    items, cursor = paging.part(query, "old_parts", found, lambda last: (last.at, last.use_id))
    return OldPartPage(items=items, next_cursor=cursor, has_more=cursor is not None)


async def is_taken_out(db: AsyncConnection, org_id: UUID, use_id: UUID, van_id: UUID | None, part_code: str) -> bool:
    """Whether this technician took out a part when they fitted this one."""
    use = stock_uses.c
    own = and_(use.org_id == org_id, use.fact_id == use_id, use.technician_id == van_id, use.part_code == part_code)
    return await db.scalar(select(use.fact_id).where(own, use.replaces)) is not None


def _columns() -> Iterator[ColumnElement[Any]]:
    yield stock_uses.c.fact_id.label("use_id")
    yield _STATE.label("state")
    yield jobs.c.number.label("job_number")
    yield jobs.c.outlet_id
    for name in ("at", "part_code", "quantity_thousandths", "serial_out", "technician_id", "visit_id", "job_id"):
        yield stock_uses.c[name]


def _outstanding() -> ColumnElement[bool]:
    """Not handed in: no return names the use, nor the number of the part that came out."""
    done, use = stock_operations.c, stock_uses.c
    same_number = and_(done.part_code == use.part_code, done.serial_number == use.serial_out)
    returned = and_(done.org_id == use.org_id, done.kind == StockOperationKind.OLD_PART_RETURNED.value)
    by_use = exists().where(returned, done.use_id == use.fact_id)
    return ~or_(by_use, exists().where(returned, same_number))


def _conditions(query: OldPartQuery) -> Iterator[ColumnElement[bool]]:
    for name in ("technician_id", "job_id", "part_code"):
        if (value := getattr(query, name)) is not None:
            yield stock_uses.c[name] == value
    if query.outlet_id is not None:
        yield jobs.c.outlet_id == query.outlet_id
    if query.state is not None:
        yield _STATE.in_([query.state.value])
    if query.until_time is not None:
        yield stock_uses.c.at < query.until_time
