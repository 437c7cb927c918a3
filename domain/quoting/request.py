"""What a quote is asked about: where, when, how it goes on, and the work, each line with its warranty decision."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from domain.calendar.holidays import HolidayCalendar
from domain.catalogue import Part, PriceLine, PriceList
from domain.facts.words import FeeKind, Fen, Instant, Quantity, Warranty, WorkType
from domain.fields import Area, Code, Language, TimeZone
from domain.prices.rules import FeeKinds, Occasion

Reason = Annotated[str, Meta(min_length=1, max_length=120)]
Metres = Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)]


class WorkLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece of work or one part, by its code in the price list or in the parts.

    Lines on one `appliance` share the multi-item rule. `agreed_unit_price_fen`: a price other than the list's, higher
    with a `supervisor_code`, lower as a reduction, both with a `reason`; needed where the list says "by quote". With a
    `reason` a line may also cost more than was advertised.
    """

    line_id: Code
    code: Code
    quantity_thousandths: Quantity = 1000
    appliance: Code | None = None
    warranty: Warranty = Warranty.PAID
    basis: Reason | None = None
    agreed_unit_price_fen: Fen | None = None
    reason: Reason | None = None
    supervisor_code: Code | None = None


class FeeDecision(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who bears a fee that follows from the situation, such as the visit fee of a covered repair at home."""

    component: FeeKind
    warranty: Warranty
    basis: Reason | None = None


class Discount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something off the whole: an amount, or so much of a hundred of what all lines come to."""

    line_id: Code
    percent: Annotated[int, Meta(ge=-1_000, le=1_000)] = 0
    amount_fen: Fen = 0
    reason: Reason | None = None


class QuoteRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a price depends on, but for the prices.

    `diagnosis`: looking for the fault costs something here. `distance_metres` is one way. `charged_before`: components
    that an earlier visit for this report, or to this household, has charged. `list_promised`: the visit was planned
    with this price list, which holds although another one is in force. Which list is in force, `outlet_id` and
    `work_type` decide.
    """

    occasion: Occasion
    diagnosis: bool
    area: Area
    quoted_at: Instant
    begins_at: Instant
    outlet_id: UUID | None = None
    work_type: WorkType | None = None
    time_zone: TimeZone = "Asia/Shanghai"
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["CNY"])] = "CNY"
    distance_metres: Metres = 0
    fall_height_centimetres: Metres = 0
    charged_before: FeeKinds = ()
    list_promised: bool = False
    lines: Annotated[tuple[WorkLine, ...], Meta(max_length=100)] = ()
    decisions: Annotated[tuple[FeeDecision, ...], Meta(max_length=20)] = ()
    discounts: Annotated[tuple[Discount, ...], Meta(max_length=20)] = ()
    language: Language = Language.CHINESE


class Tariff(Struct, frozen=True, kw_only=True):
    """The prices: a list and the day on which a later one takes its place, the parts, and the holidays."""

    price_list: PriceList
    superseded_on: date | None
    parts: tuple[Part, ...]
    calendar: HolidayCalendar

    def entry(self, code: str) -> PriceLine | Part | None:
        """The price of this code; a line of the list comes before a part of the same code."""
        of_list = (line for line in self.price_list.lines if line.code == code)
        return next(of_list, next((part for part in self.parts if part.code == code), None))

    def advertised_fen(self, code: str) -> int | None:
        """What an advertisement says that one unit of this code costs (R19)."""
        return next((each.price_fen for each in self.price_list.advertised if each.code == code), None)

    def situation(self, component: FeeKind, area: Area) -> PriceLine | None:
        """The list's price for a fee that follows from the situation; a list need not have one."""
        return next(
            (line for line in self.price_list.lines if line.component is component and area in (line.areas or Area)),
            None,
        )
