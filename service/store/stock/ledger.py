"""The ledger: what people did to stock, and what visits took from it. Rows are added; nothing is written over."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, structs
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    Text,
    Uuid,
    insert,
    literal_column,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy import union_all as both
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Code, Instant
from domain.people.actor import Actor
from domain.stock import StockMovementKind
from service.http import paging
from service.http.paging import Moment, Paging, Slice
from service.store.stock import locations as stock_locations
from service.store.tables import stock_operations, stock_uses


class StockMovement(Struct, frozen=True, kw_only=True):
    """One line of the ledger. Of `used` the job's document says it: `id` is its fact, `member_id` the technician."""

    id: UUID
    kind: StockMovementKind
    part_code: str
    quantity_thousandths: int
    from_location_id: UUID | None
    to_location_id: UUID | None
    serial_number: str | None
    batch: str | None
    reason: str | None
    use_id: UUID | None
    member_id: UUID
    job_id: UUID | None
    visit_id: UUID | None
    at: datetime


class StockMovementQuery(Paging, frozen=True, kw_only=True):
    """Which lines of the ledger to list. Times from are included, until are not."""

    location_id: Annotated[UUID, Meta(description="Taken from there, or put there")] | None = None
    part_code: Code | None = None
    kind: StockMovementKind | None = None
    serial_number: Code | None = None
    batch: Code | None = None
    job_id: UUID | None = None
    from_time: Instant | None = None
    until_time: Instant | None = None


class StockMovementPage(Slice[StockMovement], frozen=True, kw_only=True):
    """Part of the ledger, newest first."""


async def find(db: AsyncConnection, org_id: UUID, operation_id: UUID) -> StockMovement | None:
    """What a person recorded under this id."""
    own = (stock_operations.c.org_id == org_id) & (stock_operations.c.id == operation_id)
    row = (await db.execute(_done().where(own))).one_or_none()
    return None if row is None else _movement(row)


async def add(db: AsyncConnection, org_id: UUID, new: StockMovement) -> None:
    """Add what a person did."""
    values = {name: value for name, value in structs.asdict(new).items() if name in stock_operations.c}
    await db.execute(insert(stock_operations).values(org_id=org_id, **values))


async def page(db: AsyncConnection, actor: Actor, query: StockMovementQuery) -> StockMovementPage:
    """The next part of the ledger of the locations that the actor sees, newest first."""
    lines, seen = _lines(actor.org_id), stock_locations.seen_by(actor)
    theirs = select(seen.c.id)
    ends = or_(lines.c.from_location_id.in_(theirs), lines.c.to_location_id.in_(theirs))
    key = (lines.c.at, lines.c.id)
    statement = select(lines).where(ends, *_conditions(lines, query)).order_by(*(each.desc() for each in key))
    if (last := paging.key_after(query, "stock_operations", Moment)) is not None:
        statement = statement.where(tuple_(*key) < tuple_(*last))
    found = [_movement(row) for row in await db.execute(statement.limit(query.limit + 1))]
    items, cursor = paging.part(query, "stock_operations", found, lambda last: (last.at, last.id))
    return StockMovementPage(items=items, next_cursor=cursor, has_more=cursor is not None)


def _conditions(lines: Subquery, query: StockMovementQuery) -> Iterator[ColumnElement[bool]]:
    for name in ("part_code", "kind", "serial_number", "batch", "job_id"):
        if (value := getattr(query, name)) is not None:
            yield lines.c[name] == value
    if query.location_id is not None:
        yield or_(lines.c.from_location_id == query.location_id, lines.c.to_location_id == query.location_id)
    if query.from_time is not None:
        yield lines.c.at >= query.from_time
    if query.until_time is not None:
        yield lines.c.at < query.until_time


def _lines(org_id: UUID) -> Subquery:
    used = (stock_uses.c.org_id == org_id) & stock_uses.c.location_id.is_not(None)
    return both(_done().where(stock_operations.c.org_id == org_id), _used().where(used)).subquery("lines")


def _done() -> Select[Any]:
    """In the order of `StockMovement`."""
    row = stock_operations.c
    own = [row[name] for name in StockMovement.__struct_fields__ if name in row and name != "at"]
    no_job = (null().cast(Uuid).label("job_id"), null().cast(Uuid).label("visit_id"))
    return select(*own, *no_job, row.at)


def _used() -> Select[Any]:
    """In the order of `StockMovement`."""
    row = stock_uses.c
    return select(
        row.fact_id,
        literal_column(f"'{StockMovementKind.USED.value}'"),
        row.part_code,
        row.quantity_thousandths,
        row.location_id,
        null().cast(Uuid),
        row.serial_number,
        row.batch,
        null().cast(Text),
        null().cast(Uuid),
        row.technician_id,
        row.job_id,
        row.visit_id,
        row.at,
    )


def _movement(row: Row[*tuple[Any, ...]]) -> StockMovement:
    return msgspec.convert(row._mapping, StockMovement)  # noqa: SLF001 (the documented way to a row's mapping)
