"""What may be repaired, with which parts, at which price: the catalogue that every phone carries.

One Struct per kind is the wire format, the stored body and the domain value. No field is nullable: an empty tuple
says "every one", zero says "none", so a generated client cannot lose a value on its way back.
"""

import enum
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.calendar.holiday_years import HolidayYear
from domain.facts.door.work import PartGrade
from domain.facts.requirements import ChecklistPurpose
from domain.facts.words import FeeKind, Quantity, Tracking, WorkType
from domain.fields import Area, Code, Codes, Item, Months, Name, Named, Price
from domain.prices.rules import SITUATION, PriceRules


class FaultCodeKind(enum.StrEnum):
    """Symptom and cause stay apart: the customer's words are evidence, the diagnosis must not overwrite them."""

    SYMPTOM = "symptom"
    CAUSE = "cause"
    MEASURE = "measure"
    CONDITION = "condition"


class Unit(enum.StrEnum):
    """What one of something is."""

    PIECE = "piece"
    PAIR = "pair"
    SET = "set"
    METRE = "metre"
    KILOGRAM = "kilogram"
    KILOMETRE = "kilometre"
    JOB = "job"


COUNTED = frozenset({Unit.PIECE, Unit.PAIR, Unit.SET})
"""Units of which there is no half. A part that is counted replaces one; what is measured out, as pipe is, need not."""


class AnswerKind(enum.StrEnum):
    """How an item of a checklist is answered: done, passed or failed, a reading, one of several, a photo."""

    TICK = "tick"
    PASS_FAIL = "pass_fail"  # noqa: S105 - a word, not a password
    NUMBER = "number"
    CHOICE = "choice"
    PHOTO = "photo"


class MainPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A component to which the longer term applies."""

    component: Code
    name_zh: Name
    name_en: Name


class Product(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model and what its maker and the three guarantees promise for it; of two terms the better one wins.

    `phone`: sixty days for want of a part, not ninety (R28). `durable`: within six months the trader has to prove that
    a fault is not the product's (R35: cars, computers, televisions, refrigerators, air conditioners, washing machines).
    `home_service`: repair at home was promised, so coming is free within the term (R21).
    """

    maker_zh: Name
    maker_en: Name
    group: Code
    skills: Codes
    whole_months: Months
    main_part_months: Months
    maker_promise_months: Months
    main_parts: Annotated[tuple[MainPart, ...], Meta(max_length=50)]
    depreciation_basis_points_per_day: Annotated[int, Meta(ge=0, le=10_000)]
    phone: bool
    durable: bool
    home_service: bool


class Part(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A spare part; `component` names what it is, as `Product.main_parts` does."""

    group: Code
    component: Code
    main_part: bool
    price_fen: Price
    unit: Unit
    grade: PartGrade
    tracked: Tracking
    supplier: Name
    warranty_days: Annotated[int, Meta(ge=30, le=7300, description="Of a paid repair; 30 days is the legal floor")]


class FaultCode(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One word of the repair record; an empty `groups` means every product group.

    `needs_part`: with this measure goes a part.
    """

    kind: FaultCodeKind
    groups: Codes
    urgent: bool
    needs_part: bool


class PriceLine(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One price. `by_quote`: the price is the least, the real one is agreed. Empty `areas` means everywhere."""

    component: FeeKind
    price_fen: Price
    unit: Unit
    free_units: Annotated[int, Meta(ge=0, le=100_000, description="Units that cost nothing, such as the first 20 km")]
    areas: Annotated[tuple[Area, ...], Meta(max_length=2)]
    by_quote: bool


class AdvertisedPrice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an advertisement says that one unit costs, of a line of the list or of a part; 0 is "free" (R19)."""

    code: Code
    price_fen: Price


class PriceList(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices from a day on, until a list with a later day begins. Never changed once that day has come.

    Empty `outlet_ids` or `work_types` mean every one. Of the lists that hold for a job the most special counts: one
    that names outlets before one that names work types, before one that names neither. Whoever is charged more than
    `advertised` has to have agreed to a reason.
    """

    valid_from: date
    outlet_ids: Annotated[tuple[UUID, ...], Meta(max_length=500)]
    work_types: Annotated[tuple[WorkType, ...], Meta(max_length=20)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["CNY"])]
    lines: Annotated[tuple[PriceLine, ...], Meta(min_length=1, max_length=2000)]
    rules: PriceRules
    advertised: Annotated[tuple[AdvertisedPrice, ...], Meta(max_length=1000)] = ()

    def __post_init__(self) -> None:
        """Refuse two prices for one code, or for one fee that follows from where and when the work is done."""
        _refuse_repeats("lines", (line.code for line in self.lines))
        _refuse_repeats("advertised", (each.code for each in self.advertised))
        _refuse_repeats("lines", (f"{fee} ({area})" for fee, area in _situations(self.lines)))


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a reading is taken in, and between which values it passes, both included."""

    unit: Code
    low_thousandths: Quantity
    high_thousandths: Quantity

    def __post_init__(self) -> None:
        """Refuse limits that nothing lies between."""
        if self.high_thousandths < self.low_thousandths:
            raise ValueError("high_thousandths must not be below low_thousandths")


class ChecklistChoice(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the answers that an item may be given."""


class ChecklistItem(Named, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing to do, to look at, to measure or to show.

    `limits` are one for a number, `choices` several for a choice; else both are empty. A photo may be an attachment
    whose purpose is the item's code, such as `before` and `after`.
    """

    required: bool
    answer: AnswerKind
    limits: Annotated[tuple[Limits, ...], Meta(max_length=1)]
    choices: Annotated[tuple[ChecklistChoice, ...], Meta(max_length=50)]

    def __post_init__(self) -> None:
        """Refuse an item that says too little or too much of how it is answered."""
        if (self.answer is AnswerKind.NUMBER) != bool(self.limits):
            raise ValueError("limits belong to a number, and a number has them")
        if (self.answer is AnswerKind.CHOICE) != bool(self.choices):
            raise ValueError("choices belong to a choice, and a choice has them")
        _refuse_repeats("choices", (choice.code for choice in self.choices))


class Checklist(Item, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to go through on a visit; empty `work_types` or `groups` mean every one."""

    purpose: ChecklistPurpose
    work_types: Annotated[tuple[WorkType, ...], Meta(max_length=20)]
    groups: Codes
    items: Annotated[tuple[ChecklistItem, ...], Meta(min_length=1, max_length=200)]

    def __post_init__(self) -> None:
        """Refuse two items of one code."""
        _refuse_repeats("items", (item.code for item in self.items))


class CatalogueBundle(Struct, frozen=True, kw_only=True):
    """Everything at once, by code; the years are all that are known, those of the product as well."""

    products: tuple[Product, ...]
    parts: tuple[Part, ...]
    fault_codes: tuple[FaultCode, ...]
    price_lists: tuple[PriceList, ...]
    checklists: tuple[Checklist, ...]
    holiday_years: tuple[HolidayYear, ...]


class Catalogue(CatalogueBundle, frozen=True, kw_only=True):
    """Everything at once, and the digest that its bundle is kept under; equal digests mean equal content."""

    digest: str


def _situations(lines: Iterable[PriceLine]) -> Iterable[tuple[FeeKind, Area]]:
    return ((line.component, area) for line in lines if line.component in SITUATION for area in line.areas or Area)


def _refuse_repeats(field: str, codes: Iterable[str]) -> None:
    repeated = sorted(code for code, count in Counter(codes).items() if count > 1)
    if repeated:
        raise ValueError(f"{field} must not repeat a code: {', '.join(repeated)}")
