"""What can be said of fee lines by themselves: do they add up, could anybody have meant them (R01, R02, R06)."""

from collections.abc import Iterable

from domain.cases.findings import BrokenRule, broken
from domain.facts.words import FeeKind, FeeLine, Warranty
from domain.prices.amounts import MOST_UNITS, amount_of

YUAN = "CNY"


def sum_gap(code: str, lines: Iterable[FeeLine], stated_fen: int) -> list[BrokenRule]:
    """A stated total that the lines do not come to (R01, R06)."""
    counted_fen = sum([line.amount_fen for line in lines])
    return [] if counted_fen == stated_fen else [broken(code, stated=stated_fen, counted=counted_fen)]


def line_gap(code: str, lines: Iterable[FeeLine]) -> list[BrokenRule]:
    """One finding for all the lines that break the same rule."""
    line_ids = ", ".join([line.line_id for line in lines])
    return [broken(code, line=line_ids)] if line_ids else []


def plain_gaps(lines: Iterable[FeeLine], currency: str) -> list[BrokenRule]:
    """Amounts above quantity times price, quantities that nobody can have meant, another currency (R01, R02)."""
    found = line_gap("line_does_not_add_up", [line for line in lines if _is_impossible(line)])
    return found if currency == YUAN else [*found, broken("foreign_currency", currency=currency)]


def is_reduced_silently(line: FeeLine) -> bool:
    """Whether it costs less than quantity times price, and nobody said why."""
    return (
        line.amount_fen < amount_of(line.quantity_thousandths, line.unit_price_fen)
        and not line.reason
        and line.warranty is Warranty.PAID
    )


def _is_impossible(line: FeeLine) -> bool:
    if not 0 < line.quantity_thousandths <= MOST_UNITS * 1000 or line.amount_fen > amount_of(
        line.quantity_thousandths, line.unit_price_fen
    ):
        return True
    if line.kind is FeeKind.DISCOUNT:
        return line.amount_fen > 0
    return line.amount_fen < 0 or line.unit_price_fen < 0
