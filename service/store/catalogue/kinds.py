"""The kinds of catalogue items: the word that rows hold, and each with the version that a change names."""

from typing import Any, Generic, TypeVar

from msgspec import Struct

from domain.calendar.holiday_years import HolidayYear
from domain.catalogue import Checklist, FaultCode, Part, PriceList, Product
from domain.fields import Item

ItemOf = TypeVar("ItemOf", bound=Item)


class Entry(Struct, Generic[ItemOf], frozen=True, kw_only=True):
    """An item and the version to name in If-Match when it is changed."""

    version: int
    item: ItemOf


class ProductEntry(Entry[Product], frozen=True, kw_only=True):
    """A product with its version."""


class PartEntry(Entry[Part], frozen=True, kw_only=True):
    """A part with its version."""


class FaultCodeEntry(Entry[FaultCode], frozen=True, kw_only=True):
    """A fault code with its version."""


class PriceListEntry(Entry[PriceList], frozen=True, kw_only=True):
    """A price list with its version."""


class ChecklistEntry(Entry[Checklist], frozen=True, kw_only=True):
    """A checklist with its version."""


class HolidayYearEntry(Entry[HolidayYear], frozen=True, kw_only=True):
    """A year that the organisation entered, with its version."""


NAMES: dict[type[Item], str] = {
    Product: "product",
    Part: "part",
    FaultCode: "fault_code",
    PriceList: "price_list",
    Checklist: "checklist",
    HolidayYear: "holiday_year",
}
ITEMS: dict[type[Entry[Any]], type[Item]] = {
    ProductEntry: Product,
    PartEntry: Part,
    FaultCodeEntry: FaultCode,
    PriceListEntry: PriceList,
    ChecklistEntry: Checklist,
    HolidayYearEntry: HolidayYear,
}
