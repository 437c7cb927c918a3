"""Reading stock: what lies where, and where a part, a batch or a serial number was fitted."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import BigInteger, ColumnElement, Subquery, cast, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.door.work import OldPart, PartSource
from domain.facts.words import Code
from domain.people.actor import Actor
from domain.stock import LocationKind
from service.http import paging
from service.http.paging import Moment, Paging, Slice
from service.store.scopes import jobs_seen
from service.store.stock import locations as stock_locations
from service.store.stock.balances import movements
from service.store.tables import jobs, stock_uses


class StockBalanceQuery(Paging, frozen=True, kw_only=True):
    """Which balances to list."""

    location_id: UUID | None = None
    location_kind: LocationKind | None = None
    part_code: Code | None = None
    below_zero: Annotated[bool, Meta(description="Only what is short")] = False


class StockBalance(Struct, frozen=True, kw_only=True):
    """How much of a part lies at one location: the sum of all that went in and out."""

    location_id: UUID
    location_kind: LocationKind
    location_name: str
    part_code: str
    quantity_thousandths: int


class StockBalancePage(Slice[StockBalance], frozen=True, kw_only=True):
    """Part of the balances, by location and part."""


class StockUseQuery(Paging, frozen=True, kw_only=True):
    """Which uses to list."""

    part_code: Code | None = None
    serial_number: Annotated[Code, Meta(description="Of the part that was fitted, or of the one taken out")] | None = (
        None
    )
    batch: Code | None = None
    job_id: UUID | None = None
    technician_id: UUID | None = None
    outlet_id: UUID | None = None


class StockUse(Struct, frozen=True, kw_only=True):
    """One part that a visit used, and for whom. `location_id` is null where it came from no stock of ours."""

    fact_id: UUID
    at: datetime
    part_code: str
    quantity_thousandths: int
    source: PartSource
    location_id: UUID | None
    serial_number: str | None
    batch: str | None
    serial_out: str | None
    old_part: OldPart
    technician_id: UUID
    visit_id: UUID
    job_id: UUID
    job_number: str
    outlet_id: UUID
    customer_id: UUID | None
    asset_id: UUID | None


class StockUsePage(Slice[StockUse], frozen=True, kw_only=True):
    """Part of the uses, newest first."""


async def balances(db: AsyncConnection, actor: Actor, query: StockBalanceQuery) -> StockBalancePage:
    """The next part of the balances at the locations that the actor sees."""
    moved, place = movements(), stock_locations.seen_by(actor)
    total = cast(func.sum(moved.c.quantity_thousandths), BigInteger)
    by = (place.c.id, place.c.kind, place.c.name, moved.c.part_code)
    statement = (
        select(*by, total)
        .join_from(place, moved, place.c.id == moved.c.location_id)
        .where(moved.c.org_id == actor.org_id, *_places(query, place, moved.c.part_code))
        .group_by(*by)
        .order_by(place.c.id, moved.c.part_code)
        .limit(query.limit + 1)
    )
    if query.below_zero:
        statement = statement.having(total < 0)
    if (last := paging.key_after(query, "stock_balances", tuple[UUID, str])) is not None:
        statement = statement.where(tuple_(place.c.id, moved.c.part_code) > tuple_(*last))
    names = StockBalance.__struct_fields__
    found = [msgspec.convert(dict(zip(names, row, strict=True)), StockBalance) for row in await db.execute(statement)]
    items, cursor = paging.part(query, "stock_balances", found, lambda last: (last.location_id, last.part_code))
    return StockBalancePage(items=items, next_cursor=cursor, has_more=cursor is not None)


async def uses(db: AsyncConnection, actor: Actor, query: StockUseQuery) -> StockUsePage:
    """The next part of the uses in jobs that the actor sees, newest first."""
    key, own = (stock_uses.c.at, stock_uses.c.fact_id), {"number": "job_number"}
    of_use = [name for name in StockUse.__struct_fields__ if name in stock_uses.c and name != "outlet_id"]
    of_job = ("number", "outlet_id", "customer_id", "asset_id")
    statement = (
        select(*(stock_uses.c[name] for name in of_use), *(jobs.c[name].label(own.get(name, name)) for name in of_job))
        .join(jobs, (jobs.c.org_id == stock_uses.c.org_id) & (jobs.c.id == stock_uses.c.job_id))
        .where(stock_uses.c.org_id == actor.org_id, jobs_seen(actor), *_wanted(query))
        .order_by(*(each.desc() for each in key))
        .limit(query.limit + 1)
    )
    if (last := paging.key_after(query, "stock_uses", Moment)) is not None:
        statement = statement.where(tuple_(*key) < tuple_(*last))
    rows = await db.execute(statement)
    found = [msgspec.convert(row._mapping, StockUse) for row in rows]  # noqa: SLF001 (the documented way to a mapping)
    items, cursor = paging.part(query, "stock_uses", found, lambda last: (last.at, last.fact_id))
    return StockUsePage(items=items, next_cursor=cursor, has_more=cursor is not None)


def _places(query: StockBalanceQuery, place: Subquery, part_code: ColumnElement[str]) -> Iterator[ColumnElement[bool]]:
    if query.location_id is not None:
        yield place.c.id == query.location_id
    if query.location_kind is not None:
        yield place.c.kind == query.location_kind.value
    if query.part_code is not None:
        yield part_code == query.part_code


def _wanted(query: StockUseQuery) -> Iterator[ColumnElement[bool]]:
    for name in ("part_code", "batch", "job_id", "technician_id"):
        if (value := getattr(query, name)) is not None:
            yield stock_uses.c[name] == value
    if query.outlet_id is not None:
        yield jobs.c.outlet_id == query.outlet_id
    if (serial := query.serial_number) is not None:
        yield or_(stock_uses.c.serial_number == serial, stock_uses.c.serial_out == serial)
