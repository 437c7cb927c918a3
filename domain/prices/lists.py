"""Which price list holds for an outlet, a type of work and a day: the most special; of equals, the one begun last."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import TypeVar
from uuid import UUID

from domain.catalogue import PriceList
from domain.facts.words import WorkType

Rank = tuple[bool, bool, date, str]
Named = TypeVar("Named")


def price_list_on(
    lists: Iterable[PriceList], day: date, outlet_id: UUID | None = None, work_type: WorkType | None = None
) -> PriceList | None:
    """The list in force there on the day. Where no outlet or type of work is known, a list that names some is none."""
    begun = [each for each in lists if each.valid_from <= day and holds_for(each, outlet_id, work_type)]
    return max(begun, key=rank, default=None)


def holds_for(prices: PriceList, outlet_id: UUID | None, work_type: WorkType | None) -> bool:
    """Whether the list is meant for this outlet and this type of work."""
    return holds_at(prices, outlet_id) and _includes(prices.work_types, work_type)


def holds_at(prices: PriceList, outlet_id: UUID | None) -> bool:
    """Whether the list is meant for this outlet."""
    return _includes(prices.outlet_ids, outlet_id)


def rank(prices: PriceList) -> Rank:
    """Of two lists that hold, the greater one counts."""
    return bool(prices.outlet_ids), bool(prices.work_types), prices.valid_from, prices.code


def superseded_on(
    lists: Iterable[PriceList], of: PriceList, outlet_id: UUID | None = None, work_type: WorkType | None = None
) -> date | None:
    """The day on which another list takes the place of this one there; None as long as none is known."""
    greater = (each for each in lists if rank(each) > rank(of) and holds_for(each, outlet_id, work_type))
    return min((each.valid_from for each in greater), default=None)


def rival(new: PriceList, lists: Iterable[PriceList]) -> PriceList | None:
    """A list that is as special as the new one, begins on the same day, and holds somewhere where that one does."""
    return next((each for each in lists if each.code != new.code and _rivals(each, new)), None)


def _rivals(one: PriceList, other: PriceList) -> bool:
    return (
        rank(one)[:3] == rank(other)[:3]
        and _overlap(one.outlet_ids, other.outlet_ids)
        and _overlap(one.work_types, other.work_types)
    )


def _includes(named: Collection[Named], one: Named | None) -> bool:
    return not named or one in named


def _overlap(some: Collection[Named], others: Collection[Named]) -> bool:
    """Of two that are equally special: both name nothing, or something in common."""
    return not some or not set(some).isdisjoint(others)
