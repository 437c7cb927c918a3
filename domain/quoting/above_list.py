"""Disclosed lines held to a price list: what asks for more than the list does (R03, R19)."""

from collections.abc import Iterable

from msgspec import Struct

from domain.catalogue import Part, PriceLine
from domain.facts.words import FeeKind, FeeLine
from domain.prices.amounts import amount_of
from domain.quoting.request import Tariff


class AboveList(Struct, frozen=True, kw_only=True):
    """A line that asks more than the list. `list_price_fen` is null where the list has no such code.

    `allowed`: a supervisor's code and a reason are on the line.
    """

    line_id: str
    code: str
    unit_price_fen: int
    amount_fen: int
    list_price_fen: int | None
    allowed: bool


def above_list(lines: Iterable[FeeLine], tariff: Tariff) -> tuple[AboveList, ...]:
    """The lines above the list in unit price or in amount, and those that it does not know, in their own order.

    Lines by quote have no price to be above; nor has a discount, and what costs nothing.
    """
    return tuple(
        AboveList(
            line_id=line.line_id,
            code=line.code,
            unit_price_fen=line.unit_price_fen,
            amount_fen=line.amount_fen,
            list_price_fen=None if (entry := tariff.entry(line.code)) is None else entry.price_fen,
            allowed=line.supervisor_code is not None and bool(line.reason),
        )
        for line in lines
        if line.amount_fen > 0 and line.kind is not FeeKind.DISCOUNT and _is_above(line, tariff.entry(line.code))
    )


def asks_more(line: FeeLine, price_fen: int) -> bool:
    """Whether the line's unit price, or its amount, is above that of so many units at this price."""
    return line.unit_price_fen > price_fen or line.amount_fen > amount_of(line.quantity_thousandths, price_fen)


def _is_above(line: FeeLine, entry: PriceLine | Part | None) -> bool:
    if entry is None:
        return True
    return not (isinstance(entry, PriceLine) and entry.by_quote) and asks_more(line, entry.price_fen)
