"""How the lines of a quote combine: the practices of the trade, each of them data of a price list (domain 4.2)."""

import enum
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.words import FeeKind
from domain.fields import Codes, Percent, TimeOfDay

FeeKinds = Annotated[tuple[FeeKind, ...], Meta(max_length=20)]

SITUATION = (
    FeeKind.VISIT,
    FeeKind.DIAGNOSIS,
    FeeKind.DISTANCE,
    FeeKind.HEIGHT,
    FeeKind.NIGHT,
    FeeKind.HOLIDAY,
)
"""Components that follow from where and when the work is done: nobody asks for them as lines."""


class Occasion(enum.StrEnum):
    """How it goes on at the door, which decides what may be charged (R09).

    `before_diagnosis`: what coming and looking will cost, told before it costs anything.
    """

    BEFORE_DIAGNOSIS = "before_diagnosis"
    WORK_ACCEPTED = "work_accepted"
    WORK_DECLINED = "work_declined"
    NO_FAULT_FOUND = "no_fault_found"
    NOT_REPAIRABLE = "not_repairable"
    CANCELLED_ON_ARRIVAL = "cancelled_on_arrival"


class OccasionRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be charged on one occasion; of the diagnosis fee only so much of a hundred."""

    occasion: Occasion
    charged: FeeKinds
    diagnosis_percent: Percent


class PriceRules(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How lines combine.

    `multi_item_percent`: of the dearest labour line on one appliance, the second, the third, all further ones.
    `once_per_report`: components that a second visit for the same report does not cost again. `visit_free_codes`:
    work that costs no visit fee when nothing else is done, such as a change of filter.
    """

    occasions: Annotated[tuple[OccasionRule, ...], Meta(min_length=1, max_length=20)]
    multi_item_percent: Annotated[tuple[Percent, ...], Meta(min_length=1, max_length=10)]
    once_per_report: FeeKinds
    visit_free_codes: Codes
    height_from_metres: Annotated[int, Meta(ge=0, le=1000, description="Fall height, not the floor")]
    night_from: TimeOfDay
    night_until: TimeOfDay
    weekends_are_holidays: bool

    def __post_init__(self) -> None:
        """Refuse a list that leaves an occasion out, or tells of one twice."""
        told = sorted(rule.occasion for rule in self.occasions)
        if told != sorted(Occasion):
            raise ValueError("occasions must name each occasion once")

    def on(self, occasion: Occasion) -> OccasionRule:
        """What may be charged on this occasion."""
        return next(rule for rule in self.occasions if rule.occasion is occasion)
