"""What stands in the way of one line of work: its code, its quantity, its price, its warranty decision."""

from collections.abc import Iterator

from domain.catalogue import COUNTED, Part, PriceLine, Unit
from domain.facts.words import Warranty
from domain.prices.amounts import MOST_FEN, MOST_UNITS, amount_of
from domain.prices.rules import SITUATION
from domain.quoting.drafts import kind_of
from domain.quoting.request import QuoteRequest, Tariff, WorkLine

Objection = tuple[str, str, dict[str, str]]


def line_objections(line: WorkLine, request: QuoteRequest, tariff: Tariff) -> Iterator[Objection]:
    """Where in the line, which code, its parameters."""
    entry = tariff.entry(line.code)
    if entry is None:
        yield "/code", "code_unknown", {"code": line.code}
        return
    yield from _of_code(line, entry, request, tariff)
    yield from _of_quantity(line, entry)
    yield from _of_warranty(line)
    yield from _of_price(line, entry)


def _of_code(line: WorkLine, entry: PriceLine | Part, request: QuoteRequest, tariff: Tariff) -> Iterator[Objection]:
    told, kind = {"code": line.code}, kind_of(entry)
    if kind in SITUATION:
        yield "/code", "follows_from_situation", told
    elif kind not in tariff.price_list.rules.on(request.occasion).charged:
        yield "/code", "not_charged_now", told
    if isinstance(entry, PriceLine) and entry.areas and request.area not in entry.areas:
        yield "/code", "not_in_this_area", told


def _of_quantity(line: WorkLine, entry: PriceLine | Part) -> Iterator[Objection]:
    quantity = line.quantity_thousandths
    if quantity <= 0:
        yield "/quantity_thousandths", "quantity_not_positive", {}
    elif quantity > MOST_UNITS * 1000:
        yield "/quantity_thousandths", "quantity_absurd", {"most": str(MOST_UNITS)}
    elif entry.unit is Unit.JOB and quantity != 1000:
        yield "/quantity_thousandths", "quantity_not_one", {}
    elif entry.unit in COUNTED and quantity % 1000:
        yield "/quantity_thousandths", "quantity_not_whole", {}
    elif amount_of(quantity, max(entry.price_fen, line.agreed_unit_price_fen or 0)) > MOST_FEN:
        yield "/quantity_thousandths", "amount_absurd", {"most": str(MOST_FEN)}


def _of_warranty(line: WorkLine) -> Iterator[Objection]:
    if line.warranty is Warranty.UNKNOWN:
        yield "/warranty", "warranty_undecided", {}
    elif line.warranty is not Warranty.PAID and line.basis is None:
        yield "/basis", "basis_missing", {}


def _of_price(line: WorkLine, entry: PriceLine | Part) -> Iterator[Objection]:
    """Above the list only with a supervisor's code; any other price than the list's only with a reason (R03, R19)."""
    agreed_fen, by_quote = line.agreed_unit_price_fen, isinstance(entry, PriceLine) and entry.by_quote
    where = "/agreed_unit_price_fen"
    if agreed_fen is None:
        if by_quote:
            yield where, "price_not_agreed", {}
    elif agreed_fen < 0:
        yield where, "price_negative", {}
    elif by_quote:
        if agreed_fen < entry.price_fen:
            yield where, "below_least_price", {"least_fen": str(entry.price_fen)}
    elif agreed_fen != entry.price_fen:
        if agreed_fen > entry.price_fen and line.supervisor_code is None:
            yield where, "above_list_without_supervisor", {"list_fen": str(entry.price_fen)}
        if line.reason is None:
            yield "/reason", "reason_missing", {}
