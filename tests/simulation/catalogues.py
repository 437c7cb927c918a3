"""A catalogue, which every second company has: by it the server completes plans that technicians make themselves."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from domain.calendar.china import YEARS
from domain.catalogue import CatalogueBundle, Checklist, FaultCode, Part, PriceList, Product
from domain.fields import Item
from service.seed.company import catalogue_items
from service.store.catalogue.bundles import KeptBundle
from tests.simulation.bodies import VAN_PART

KINDS: dict[str, type[Item]] = {
    "products": Product,
    "parts": Part,
    "fault_codes": FaultCode,
    "price_lists": PriceList,
    "checklists": Checklist,
}
_MOST_OF_A_KIND = 2


@cache
def items() -> tuple[Item, ...]:
    """A few of each kind of the sample company's, with what vans carry: every plan repeats much of it."""
    first = sorted(catalogue_items(), key=lambda each: each.code != VAN_PART)
    return tuple(item for kind in KINDS.values() for item in _of(kind, first)[:_MOST_OF_A_KIND])


@cache
def kept() -> Mapping[str, KeptBundle]:
    """The same as the server keeps it."""
    content: dict[str, Any] = {name: _of(kind, items()) for name, kind in KINDS.items()}
    return {"of today": KeptBundle(CatalogueBundle(**content, holiday_years=YEARS), None)}


def _of(kind: type[Item], found: list[Item] | tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(each for each in found if isinstance(each, kind))
