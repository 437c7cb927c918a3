"""What the catalogue knows of appliances, faults, prices and checklists, as far as the scenario draws from it."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from random import Random

import msgspec
from msgspec import Struct

from domain.catalogue import Checklist, FaultCode, FaultCodeKind, Part, PriceList, Product
from domain.dispatch.requirements import frozen_fault_codes, frozen_prices, requirements_of
from domain.facts.requirements import ChecklistPurpose, Requirements
from domain.facts.words import SpecialWork, WorkType
from domain.prices.lists import price_list_on
from service.seed.company import catalogue_items, sample_id
from service.seed.volume.visit_records import Item, Line

ASKED_FOR = (ChecklistPurpose.KIT, ChecklistPurpose.DOOR_ROUTINE, ChecklistPurpose.SAFETY_AFTER_REPAIR)
"""Nobody took photos or readings in this half year: no bytes are missing."""
SPECIAL = {"GH": ("gas",), "AC": ("refrigeration",)}
LABOUR = {"repair": "F-LABOUR-MEDIUM", "install": "F-LABOUR-LARGE", "clean": "F-CLEANING-WALL"}
LABOUR_KINDS = {"F-CLEANING-WALL": "cleaning"}
PIECES = ("piece", "pair", "set")


class Goods(Struct, frozen=True):
    """The catalogue by kind."""

    products: tuple[Product, ...]
    parts: tuple[Part, ...]
    codes: tuple[FaultCode, ...]
    price_lists: tuple[PriceList, ...]
    checklists: tuple[Checklist, ...]


@cache
def goods() -> Goods:
    items = catalogue_items()
    return Goods(
        products=tuple(each for each in items if isinstance(each, Product)),
        parts=tuple(each for each in items if isinstance(each, Part)),
        codes=tuple(each for each in items if isinstance(each, FaultCode)),
        price_lists=tuple(each for each in items if isinstance(each, PriceList)),
        checklists=tuple(each for each in items if isinstance(each, Checklist) and each.purpose in ASKED_FOR),
    )


@cache
def group_of(product: str) -> str:
    return next(each.group for each in goods().products if each.code == product)


@cache
def symptoms(group: str) -> tuple[str, ...]:
    return tuple(each.code for each in goods().codes if each.kind is FaultCodeKind.SYMPTOM and group in each.groups)


@cache
def cause(group: str) -> str:
    """A cause that this kind of appliance knows."""
    return next(each.code for each in goods().codes if each.kind is FaultCodeKind.CAUSE and group in each.groups)


def part_of(draw: Random, group: str, *, measured: bool) -> Part:
    """A part that is counted, or one that is measured out."""
    return draw.choice([each for each in goods().parts if each.group == group and (each.unit in PIECES) != measured])


@cache
def price_list(day: date, work_type: str, outlet: str) -> PriceList:
    found = price_list_on(goods().price_lists, day, sample_id("outlet", outlet), WorkType(work_type))
    assert found is not None, "the catalogue has a price list for every day of the half year"
    return found


def list_line(of: PriceList, code: str) -> Line:
    """One unit at the price of the list."""
    found = next(each for each in of.lines if each.code == code)
    return Line(code=code, kind=found.component.value, fen=found.price_fen, list_fen=found.price_fen)


@cache
def asked_of(work_type: str, group: str, special: tuple[str, ...]) -> Requirements:
    """What a visit is to show, as a plan of the desk freezes it."""
    known = goods()
    work = [SpecialWork(each) for each in special]
    return requirements_of(WorkType(work_type), group, work, known.checklists, known.codes)


@cache
def frozen_of(work_type: str, group: str, special: tuple[str, ...], prices: str) -> dict[str, msgspec.Raw]:
    """What every plan of such work freezes, encoded once: requirements, fault codes, and the list's prices."""
    of = next(each for each in goods().price_lists if each.code == prices)
    told = {
        "requirements": asked_of(work_type, group, special),
        "fault_codes": frozen_fault_codes(goods().codes, group),
        "prices": frozen_prices(of, goods().parts),
    }
    return {name: msgspec.Raw(msgspec.json.encode(each)) for name, each in told.items()}


def items(asked: Requirements, answers: dict[str, str], otherwise: Iterable[str] = ()) -> tuple[Item, ...]:
    """Every item with its answer: passed where `answers` says nothing, unanswered for the purposes of `otherwise`."""
    left_open = set(otherwise)
    return tuple(
        Item(
            code=code,
            purpose=each.purpose.value,
            mandatory=code in each.mandatory,
            answer=answers.get(code, "unanswered" if each.purpose.value in left_open else "passed"),
        )
        for each in asked.checklists
        for code in (*each.mandatory, *each.optional)
    )
