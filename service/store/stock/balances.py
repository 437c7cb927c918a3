"""Balances of stock: always the sum of what went in and out, never a stored total."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Select,
    Subquery,
    cast,
    false,
    func,
    literal_column,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.stock import StockOperationKind
from service.store.tables import stock_operations, stock_uses

Place = tuple[UUID, str]
"""A location and a part that lies there."""


def movements() -> Subquery:
    """What went in (above zero) and out (below zero), by location; conditions on it use the indexes of both tables.

    `kept` where a person recorded it: a place that nobody ever put anything to or counted has no books.
    """
    done, used = stock_operations.c, stock_uses.c
    counts = done.kind != literal_column(f"'{StockOperationKind.OLD_PART_RETURNED.value}'")
    came = select(
        done.org_id,
        done.to_location_id.label("location_id"),
        done.part_code,
        done.serial_number,
        done.quantity_thousandths,
        true().label("kept"),
    ).where(counts)
    went = select(
        done.org_id, done.from_location_id, done.part_code, done.serial_number, -done.quantity_thousandths, true()
    ).where(counts)
    fitted = select(
        used.org_id, used.location_id, used.part_code, used.serial_number, -used.quantity_thousandths, false()
    )
    return union_all(came, went, fitted).subquery("movements")


def summed(*by: str) -> Select[Any]:
    """Balances by these columns of the movements, as `quantity_thousandths`."""
    moved = movements()
    columns = [moved.c[name] for name in by]
    total = cast(func.sum(moved.c.quantity_thousandths), BigInteger).label("quantity_thousandths")
    return select(*columns, total).where(moved.c.location_id.is_not(None)).group_by(*columns)


async def at_places(db: AsyncConnection, org_id: UUID, places: Collection[Place]) -> dict[Place, int]:
    """The balance at each of these places; zero where nothing ever moved."""
    moved = movements()
    query = (
        select(moved.c.location_id, moved.c.part_code, cast(func.sum(moved.c.quantity_thousandths), BigInteger))
        .where(moved.c.org_id == org_id, tuple_(moved.c.location_id, moved.c.part_code).in_(list(places)))
        .group_by(moved.c.location_id, moved.c.part_code)
    )
    found = {(row[0], row[1]): row[2] for row in await db.execute(query)} if places else {}
    return {place: found.get(place, 0) for place in places}


async def below_zero(db: AsyncConnection, org_id: UUID, places: Collection[Place]) -> set[Place]:
    """The places where more was used of a part than lay there, and where somebody keeps books of that part."""
    if not places:
        return set()
    moved = movements()
    query = (
        select(moved.c.location_id, moved.c.part_code)
        .where(moved.c.org_id == org_id, tuple_(moved.c.location_id, moved.c.part_code).in_(list(places)))
        .group_by(moved.c.location_id, moved.c.part_code)
        .having(func.bool_or(moved.c.kept), func.sum(moved.c.quantity_thousandths) < 0)
    )
    return {(row[0], row[1]) for row in await db.execute(query)}


async def of_serial(db: AsyncConnection, org_id: UUID, part_code: str, serial_number: str) -> dict[UUID, int]:
    """The balance of one piece by location; empty when nobody ever named it."""
    moved = movements()
    query = (
        select(moved.c.location_id, cast(func.sum(moved.c.quantity_thousandths), BigInteger))
        .where(
            moved.c.org_id == org_id,
            moved.c.part_code == part_code,
            moved.c.serial_number == serial_number,
            moved.c.location_id.is_not(None),
        )
        .group_by(moved.c.location_id)
    )
    return {row[0]: row[1] for row in await db.execute(query)}
