"""The order of calculation (domain 4.2): the same request and tariff give the same bytes, on every machine.

Warranty decision and list price of each line, several items on one appliance, distance and height, night and
holiday, what was advertised, discounts, sum. Integer fen throughout.
"""

from collections.abc import Iterable, Iterator

from domain.facts.words import FeeKind, FeeLine
from domain.fields import Language
from domain.prices.amounts import MOST_FEN, percent_of
from domain.quoting.advertised import as_advertised
from domain.quoting.answer import Quote, Unquotable
from domain.quoting.drafts import Draft, explained, fee_line, sum_of
from domain.quoting.objections import problem, problems
from domain.quoting.request import Discount, QuoteRequest, Tariff
from domain.quoting.situation import situation
from domain.quoting.words import DISCOUNT
from domain.quoting.work import work

FIRST = (FeeKind.VISIT, FeeKind.DIAGNOSIS)
"""Told before the work; the other fees of the situation follow it."""


def quote(request: QuoteRequest, tariff: Tariff) -> Quote | Unquotable:
    """What it will cost, or everything that stands in the way of saying so."""
    if found := problems(request, tariff):
        return Unquotable(problems=found)
    fees = situation(request, tariff)
    first = [draft for draft in fees if draft.line.kind in FIRST]
    drafts = [*first, *work(request, tariff), *(draft for draft in fees if draft not in first)]
    drafts = [as_advertised(draft, request, tariff) for draft in drafts]
    subtotal_fen = sum_of(drafts)
    if subtotal_fen > MOST_FEN:
        return Unquotable(problems=(problem("/lines", "amount_absurd", {"most": str(MOST_FEN)}),))
    discounts = list(_discounts(request, subtotal_fen))
    total_fen = subtotal_fen + sum_of(discounts)
    if total_fen < 0:
        told = {"discount_fen": str(subtotal_fen - total_fen), "total_fen": str(subtotal_fen)}
        return Unquotable(problems=(problem("/discounts", "discount_exceeds_total", told),))
    return _answer([*drafts, *discounts], total_fen, tariff, request.language)


def _discounts(request: QuoteRequest, subtotal_fen: int) -> Iterator[Draft]:
    """Each from what all lines come to, so that their order does not matter."""
    for discount in sorted(request.discounts, key=lambda each: each.line_id):
        amount_fen = discount.amount_fen or percent_of(subtotal_fen, discount.percent)
        yield _discount(discount, amount_fen, request.language)


def _discount(discount: Discount, amount_fen: int, language: Language) -> Draft:
    reason = discount.reason or ""
    line = FeeLine(
        line_id=discount.line_id,
        kind=FeeKind.DISCOUNT,
        code="DISCOUNT",
        description=DISCOUNT.en if language is Language.ENGLISH else DISCOUNT.zh,
        quantity_thousandths=1000,
        unit_price_fen=-amount_fen,
        amount_fen=-amount_fen,
    )
    draft = Draft(line=line, appliance=None, explanations=(), reasons=(reason,))
    if discount.percent:
        return explained(draft, "discount_percent", percent=str(discount.percent), reason=reason)
    return explained(draft, "discount_amount", reason=reason)


def _answer(drafts: Iterable[Draft], total_fen: int, tariff: Tariff, language: Language) -> Quote:
    drafts = list(drafts)
    return Quote(
        price_list_code=tariff.price_list.code,
        currency=tariff.price_list.currency,
        lines=tuple(fee_line(draft, language) for draft in drafts),
        total_fen=total_fen,
        explanations=tuple(each for draft in drafts for each in draft.explanations),
    )
