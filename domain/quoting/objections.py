"""What stands in the way of a quote: everything at once, each with its place in the request."""

from collections.abc import Iterator

from domain.calendar.holidays import is_known
from domain.catalogue import PriceList
from domain.facts.words import FeeKind, Warranty
from domain.prices.lists import holds_at, holds_for
from domain.prices.rules import SITUATION
from domain.quoting.answer import QuoteProblem
from domain.quoting.line_objections import line_objections
from domain.quoting.request import QuoteRequest, Tariff
from domain.quoting.tariffs import day_at_site
from domain.quoting.words import PROBLEMS
from domain.sentences import filled

MOST_KILOMETRES = 1_000
MOST_METRES = 1_000

Objection = tuple[str, str, dict[str, str]]
"""Where in the request, which code, its parameters."""


def problems(request: QuoteRequest, tariff: Tariff) -> tuple[QuoteProblem, ...]:
    """All of them, in the order of the request's fields; none when it can be quoted."""
    found = [*_of_list(request, tariff), *_of_situation(request, tariff), *_of_ids(request)]
    for index, line in enumerate(request.lines):
        found += [(f"/lines/{index}{where}", code, of) for where, code, of in line_objections(line, request, tariff)]
    found += [*_of_decisions(request), *_of_discounts(request)]
    return tuple(problem(*each) for each in found)


def problem(pointer: str, code: str, parameters: dict[str, str]) -> QuoteProblem:
    """The problem in words."""
    sentence = filled(PROBLEMS[code], parameters)
    return QuoteProblem(pointer=pointer, code=code, parameters=parameters, zh=sentence.zh, en=sentence.en)


def _of_list(request: QuoteRequest, tariff: Tariff) -> Iterator[Objection]:
    prices, day = tariff.price_list, day_at_site(request.quoted_at, request.time_zone)
    if day is not None and not request.list_promised:
        if day < prices.valid_from:
            told = {"list": prices.code, "valid_from": prices.valid_from.isoformat()}
            yield "/quoted_at", "list_not_yet_valid", told
        if tariff.superseded_on is not None and day >= tariff.superseded_on:
            told = {"list": prices.code, "superseded_on": tariff.superseded_on.isoformat()}
            yield "/quoted_at", "list_expired", told
    if not request.list_promised:
        yield from _of_place(request, prices)
    if request.currency != prices.currency:
        yield "/currency", "currency_differs", {"asked": request.currency, "currency": prices.currency}


def _of_place(request: QuoteRequest, prices: PriceList) -> Iterator[Objection]:
    """A list for other outlets, or for other work."""
    if not holds_at(prices, request.outlet_id):
        yield "/outlet_id", "list_of_other_outlets", {"list": prices.code}
    elif not holds_for(prices, request.outlet_id, request.work_type):
        yield "/work_type", "list_for_other_work", {"list": prices.code}


def _of_situation(request: QuoteRequest, tariff: Tariff) -> Iterator[Objection]:
    day = day_at_site(request.begins_at, request.time_zone)
    if day is None:
        yield "/time_zone", "time_zone_unknown", {"time_zone": request.time_zone}
    elif _asks_for_holidays(request, tariff) and not is_known(tariff.calendar, day, day):
        yield "/begins_at", "holidays_unknown", {"day": day.isoformat()}
    if not 0 <= request.distance_metres <= MOST_KILOMETRES * 1000:
        yield "/distance_metres", "distance_absurd", {"most": str(MOST_KILOMETRES)}
    if not 0 <= request.fall_height_centimetres <= MOST_METRES * 100:
        yield "/fall_height_centimetres", "height_absurd", {"most": str(MOST_METRES)}


def _asks_for_holidays(request: QuoteRequest, tariff: Tariff) -> bool:
    charged = tariff.price_list.rules.on(request.occasion).charged
    return FeeKind.HOLIDAY in charged and tariff.situation(FeeKind.HOLIDAY, request.area) is not None


def _of_ids(request: QuoteRequest) -> Iterator[Objection]:
    """The names of fees that follow from the situation are line ids as well."""
    ids = [(f"/lines/{index}", line.line_id) for index, line in enumerate(request.lines)]
    ids += [(f"/discounts/{index}", discount.line_id) for index, discount in enumerate(request.discounts)]
    taken = {str(component) for component in SITUATION}
    for where, line_id in ids:
        if line_id in taken:
            yield f"{where}/line_id", "line_id_repeated", {"line_id": line_id}
        taken.add(line_id)


def _of_decisions(request: QuoteRequest) -> Iterator[Objection]:
    seen: set[FeeKind] = set()
    for index, decision in enumerate(request.decisions):
        where, component = f"/decisions/{index}", {"component": decision.component.value}
        if decision.component not in SITUATION:
            yield f"{where}/component", "decision_misplaced", component
        if decision.component in seen:
            yield f"{where}/component", "decision_repeated", component
        seen.add(decision.component)
        if decision.warranty is Warranty.UNKNOWN:
            yield f"{where}/warranty", "warranty_undecided", {}
        elif decision.warranty is not Warranty.PAID and decision.basis is None:
            yield f"{where}/basis", "basis_missing", {}


def _of_discounts(request: QuoteRequest) -> Iterator[Objection]:
    percents = 0
    for index, discount in enumerate(request.discounts):
        in_percent = discount.percent != 0
        percents += in_percent
        clear = 1 <= discount.percent <= 100 and discount.amount_fen == 0 if in_percent else discount.amount_fen > 0
        if not clear:
            yield f"/discounts/{index}", "discount_unclear", {}
        if in_percent and percents > 1:
            yield f"/discounts/{index}/percent", "discounts_in_percent", {}
        if discount.reason is None:
            yield f"/discounts/{index}/reason", "reason_missing", {}
