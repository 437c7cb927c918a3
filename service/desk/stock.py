"""What a person does to stock: checked against where it lies, then one more line in the ledger."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, structs
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.catalogue import Part, Unit
from domain.facts.words import Code, Line
from domain.people.actor import Actor, Role
from domain.stock import ENDS, OF_ONES_OWN_VAN, ONE_PIECE, REASONED, LocationKind, StockMovementKind, StockOperationKind
from service.http.endpoint import Input
from service.http.errors import Refused, Violation, invalid_body
from service.store import locks
from service.store.catalogue import items as catalogue
from service.store.stock import balances as stock_balances
from service.store.stock import cases as stock_cases
from service.store.stock import ledger as stock_ledger
from service.store.stock import locations as stock_locations
from service.store.stock import old_parts
from service.store.stock import vans as stock_vans
from service.store.stock.balances import Place
from service.store.stock.ledger import StockMovement
from service.store.stock.locations import Location

Quantity = Annotated[
    int, Meta(ge=-100_000_000, le=100_000_000, description="Thousandths of the unit; below zero in a count only")
]


class NewStockOperation(Input, frozen=True, kw_only=True):
    """What was done to stock. An outlet's id names its depot, a technician's id their van.

    `received` names where to, `issued` from a depot to a van, `returned` and `old_part_returned` from a van to a depot,
    `scrapped` where from. `counted` names in `to_location_id` where was counted, with the difference that was found;
    it and `scrapped` need a reason. A serial number stands for one piece. `old_part_returned` names in `use_id`, or by
    the serial number, which part of `GET /v1/stock/old-parts` came back.
    """

    id: UUID
    kind: StockOperationKind
    part_code: Code
    quantity_thousandths: Quantity
    unit: Unit
    from_location_id: UUID | None = None
    to_location_id: UUID | None = None
    serial_number: Code | None = None
    batch: Code | None = None
    reason: Line | None = None
    use_id: UUID | None = None


async def record(db: AsyncConnection, actor: Actor, asked: NewStockOperation) -> StockMovement:
    """Add it to the ledger, once: the same id with other content is `already_exists`.

    It takes no more than lies there, and opens or clears the case of a shortage.
    """
    named = {each for each in (asked.from_location_id, asked.to_location_id) if each is not None}
    locations = await stock_locations.seen(db, actor, named)
    if len(locations) < len(named):
        raise Refused("not_found")
    _require_form(asked)
    _require_ends(asked, locations)
    _require_own(actor, asked)
    await _require_part(db, actor, asked)
    await _require_taken_out(db, actor, asked)
    places = [(location_id, asked.part_code) for location_id in sorted(named)]
    vans = [location_id for location_id in sorted(named) if locations[location_id].kind is LocationKind.VAN]
    await locks.lock(db, actor.org_id, [(asked.id,), *places, _serial(asked), *map(stock_vans.lock_of, vans)])
    new = _movement(actor, asked, datetime.now(UTC))
    if (stored := await stock_ledger.find(db, actor.org_id, asked.id)) is not None:
        return _same(stored, new)
    await _require_there(db, actor, asked)
    await stock_ledger.add(db, actor.org_id, new)
    await stock_cases.settle_places(db, actor.org_id, places, new.at)
    await stock_vans.write(db, actor.org_id, vans)
    return new


def _require_form(asked: NewStockOperation) -> None:
    found = []
    lowest = -100_000_000 if asked.kind is StockOperationKind.COUNTED else 1
    if asked.quantity_thousandths < lowest or asked.quantity_thousandths == 0:
        found.append(Violation("/quantity_thousandths", "out_of_range", {"comparison": "≥", "limit": "1"}))
    elif asked.serial_number is not None and abs(asked.quantity_thousandths) != ONE_PIECE:
        found.append(Violation("/quantity_thousandths", "not_one_piece"))
    if asked.use_id is not None and asked.kind is not StockOperationKind.OLD_PART_RETURNED:
        found.append(Violation("/use_id", "not_of_this_kind"))
    if asked.kind in REASONED and not (asked.reason or "").strip():
        found.append(Violation("/reason", "missing"))
    _refuse(found)


def _require_ends(asked: NewStockOperation, locations: dict[UUID, Location]) -> None:
    """Refuse a location of the wrong kind, one too many, and stock put to somebody who drives no van."""
    ends, found = ENDS[asked.kind], []
    for name, fit in (("from_location_id", ends.taken_from), ("to_location_id", ends.put_to)):
        location_id: UUID | None = getattr(asked, name)
        if location_id is None:
            found += [Violation(f"/{name}", "missing")] if fit else []
            continue
        location = locations[location_id]
        closed = name == "to_location_id" and _adds(asked) and not location.takes_stock
        found += [Violation(f"/{name}", "wrong_location")] if closed or location.kind not in fit else []
    _refuse(found)


def _require_own(actor: Actor, asked: NewStockOperation) -> None:
    """A technician says what came back from their van and what was counted in it; the rest is the desk's."""
    if actor.role is not Role.TECHNICIAN:
        return
    van_id = asked.to_location_id if asked.kind is StockOperationKind.COUNTED else asked.from_location_id
    if asked.kind not in OF_ONES_OWN_VAN or van_id != actor.member_id:
        raise Refused("not_permitted", role=actor.role.value)


async def _require_part(db: AsyncConnection, actor: Actor, asked: NewStockOperation) -> None:
    part = await catalogue.find_item(db, actor.org_id, Part, asked.part_code)
    if part is None:
        _refuse([Violation("/part_code", "unknown_reference")])
    elif part.unit is not asked.unit:
        _refuse([Violation("/unit", "wrong_unit", {"expected": part.unit.value})])


async def _require_taken_out(db: AsyncConnection, actor: Actor, asked: NewStockOperation) -> None:
    """The use that an old part is said to come from took one out, in the van it came back with."""
    if asked.use_id is None:
        return
    if not await old_parts.is_taken_out(db, actor.org_id, asked.use_id, asked.from_location_id, asked.part_code):
        _refuse([Violation("/use_id", "unknown_reference")])


async def _require_there(db: AsyncConnection, actor: Actor, asked: NewStockOperation) -> None:
    """Refuse to take more than lies there, and a piece that the ledger knows to be elsewhere."""
    if asked.kind is StockOperationKind.OLD_PART_RETURNED:
        return
    taken_from = asked.from_location_id if _adds(asked) else asked.from_location_id or asked.to_location_id
    if taken_from is not None:
        place: Place = (taken_from, asked.part_code)
        there = (await stock_balances.at_places(db, actor.org_id, [place]))[place]
        if there < abs(asked.quantity_thousandths):
            raise Refused("stock_short", part=asked.part_code, there=there, asked=abs(asked.quantity_thousandths))
    if asked.serial_number is not None:
        known = await stock_balances.of_serial(db, actor.org_id, *_serial(asked))
        fits = known.get(taken_from, 0) > 0 if taken_from else all(balance <= 0 for balance in known.values())
        if known and not fits:
            raise Refused("serial_elsewhere", serial=asked.serial_number)


def _adds(asked: NewStockOperation) -> bool:
    return asked.quantity_thousandths > 0


def _serial(asked: NewStockOperation) -> tuple[str, str]:
    return asked.part_code, asked.serial_number or ""


def _movement(actor: Actor, asked: NewStockOperation, at: datetime) -> StockMovement:
    said = {name: value for name, value in structs.asdict(asked).items() if name not in {"unit", "kind"}}
    kind = StockMovementKind(asked.kind.value)
    return StockMovement(**said, kind=kind, member_id=actor.member_id, job_id=None, visit_id=None, at=at)


def _same(stored: StockMovement, new: StockMovement) -> StockMovement:
    if structs.replace(new, member_id=stored.member_id, at=stored.at) != stored:
        raise Refused("already_exists")
    return stored


def _refuse(found: list[Violation]) -> None:
    if found:
        raise invalid_body(*found)
