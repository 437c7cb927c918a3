"""The catalogue: products, parts, fault codes, price lists, checklists, each stored whole under its code."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Date, Row, Select, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Part, PriceList
from domain.fields import Item
from domain.prices.lists import rival
from service.http import paging
from service.http.errors import Refused, Violation, invalid_body
from service.http.paging import Paging, Slice
from service.store.catalogue import bundles as catalogue_bundles
from service.store.catalogue.kinds import ITEMS, NAMES, Entry, ProductEntry
from service.store.tables import catalogue, organisations, outlets

Kind = TypeVar("Kind", bound=Item)
EntryOf = TypeVar("EntryOf", bound=Entry[Any])
PageOf = TypeVar("PageOf", bound=Slice[Any])

# Only price lists begin on a day; all else is valid as long as it is there.
ALWAYS = date(1970, 1, 1)


async def read_entry(db: AsyncConnection, org_id: UUID, entry: type[EntryOf], code: str) -> EntryOf:
    found = await _find(db, org_id, entry, code)
    if found is None:
        raise Refused("not_found")
    return found


async def page(db: AsyncConnection, org_id: UUID, entry: type[EntryOf], query: Paging, answer: type[PageOf]) -> PageOf:
    """The next part of the list of one kind, in the order of the codes."""
    name = NAMES[ITEMS[entry]]
    statement = _of_kind(org_id, ITEMS[entry]).order_by(catalogue.c.code).limit(query.limit + 1)
    if (after := paging.key_after(query, name, str)) is not None:
        statement = statement.where(catalogue.c.code > after)
    found = [_entry(row, entry) for row in await db.execute(statement)]
    items, cursor = paging.part(query, name, found, lambda last: last.item.code)
    return answer(items=items, next_cursor=cursor, has_more=cursor is not None)


async def items(db: AsyncConnection, org_id: UUID, kind: type[Kind]) -> tuple[Kind, ...]:
    """Every item of one kind, in the order of the codes."""
    rows = await db.execute(_of_kind(org_id, kind).order_by(catalogue.c.code))
    return tuple(msgspec.convert(row.body, kind) for row in rows)


async def named(db: AsyncConnection, org_id: UUID, kind: type[Kind], codes: Collection[str]) -> dict[str, Kind]:
    """Those of the items with these codes that are there. One statement; none for no codes."""
    if not codes:
        return {}
    rows = await db.execute(_of_kind(org_id, kind).where(catalogue.c.code.in_(codes)))
    found = [msgspec.convert(row.body, kind) for row in rows]
    return {item.code: item for item in found}


async def find_item(db: AsyncConnection, org_id: UUID, kind: type[Kind], code: str) -> Kind | None:
    """The item of this code, or None."""
    row = (await db.execute(_of_kind(org_id, kind).where(catalogue.c.code == code))).one_or_none()
    return None if row is None else msgspec.convert(row.body, kind)


async def require_product(db: AsyncConnection, org_id: UUID, code: str) -> None:
    """Refuse a body whose `product_code` is in no catalogue."""
    if await _find(db, org_id, ProductEntry, code) is None:
        raise invalid_body(Violation("/product_code", "unknown_reference"))


async def put_item(
    db: AsyncConnection, org_id: UUID, entry: type[EntryOf], item: Item, expected_version: int
) -> EntryOf:
    """The item as stored from now on; version 0 is that of an item which does not exist yet.

    Putting what is stored already changes nothing. One change of a catalogue waits for another, so that the digest
    covers both.
    """
    today = await _lock_catalogue(db, org_id)
    stored = await _find(db, org_id, entry, item.code)
    if stored is not None and stored.item == item:
        return stored
    actual = 0 if stored is None else stored.version
    if actual != expected_version:
        raise Refused("version_changed", current=stored, expected=expected_version, actual=actual)
    _refuse_begun(item, None if stored is None else stored.item, today)
    if isinstance(item, PriceList):
        await _require_place(db, org_id, item)
    await insert_items(db, org_id, [item], version=actual + 1)
    return entry(version=actual + 1, item=item)


async def insert_items(db: AsyncConnection, org_id: UUID, new: Iterable[Item], version: int = 1) -> None:
    """Store the items, replacing what was stored under their codes, and announce the new catalogue."""
    rows = [
        {
            "org_id": org_id,
            "kind": NAMES[type(item)],
            "code": item.code,
            "valid_from": item.valid_from if isinstance(item, PriceList) else ALWAYS,
            "body": msgspec.to_builtins(item),
            "version": version,
        }
        for item in new
    ]
    statement = insert(catalogue).values(rows)
    replaced = {name: statement.excluded[name] for name in ("valid_from", "body", "version")}
    await db.execute(statement.on_conflict_do_update(index_elements=["org_id", "kind", "code"], set_=replaced))
    await catalogue_bundles.renew(db, org_id)


async def _find(db: AsyncConnection, org_id: UUID, entry: type[EntryOf], code: str) -> EntryOf | None:
    row = (await db.execute(_of_kind(org_id, ITEMS[entry]).where(catalogue.c.code == code))).one_or_none()
    return None if row is None else _entry(row, entry)


def _of_kind(org_id: UUID, kind: type[Item]) -> Select[Any]:
    return select(catalogue.c.version, catalogue.c.body).where(
        catalogue.c.org_id == org_id, catalogue.c.kind == NAMES[kind]
    )


def _entry(row: Row[Any], entry: type[EntryOf]) -> EntryOf:
    return entry(version=row.version, item=msgspec.convert(row.body, ITEMS[entry]))


async def _lock_catalogue(db: AsyncConnection, org_id: UUID) -> date:
    """Today where the organisation is, once no other change of its catalogue is under way."""
    today = cast(func.timezone(organisations.c.time_zone, func.now()), Date)
    query = select(today).where(organisations.c.org_id == org_id).with_for_update(key_share=True)
    day: date = (await db.execute(query)).scalar_one()
    return day


async def _require_place(db: AsyncConnection, org_id: UUID, new: PriceList) -> None:
    """Refuse a list for outlets, or with advertised items, that do not exist; and one of two that nobody can choose."""
    query = select(outlets.c.id).where(outlets.c.org_id == org_id, outlets.c.id.in_(new.outlet_ids))
    known = set(await db.scalars(query))
    priced = {line.code for line in new.lines} | {part.code for part in await items(db, org_id, Part)}
    pointers = [f"/outlet_ids/{index}" for index, outlet_id in enumerate(new.outlet_ids) if outlet_id not in known]
    pointers += [f"/advertised/{index}/code" for index, one in enumerate(new.advertised) if one.code not in priced]
    if pointers:
        violations = tuple(Violation(pointer, "unknown_reference") for pointer in pointers)
        raise invalid_body(*violations)
    if (other := rival(new, await items(db, org_id, PriceList))) is not None:
        raise Refused("price_lists_overlap", list=other.code, valid_from=other.valid_from.isoformat())


def _refuse_begun(item: Item, stored: Item | None, today: date) -> None:
    """A price list that is or was in force is what quotes were made from: neither changed nor made up afterwards."""
    begun = [each for each in (item, stored) if isinstance(each, PriceList) and each.valid_from <= today]
    if begun:
        raise Refused("price_list_in_force", list=item.code, valid_from=begun[-1].valid_from.isoformat())
