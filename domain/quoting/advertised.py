"""What was advertised, held to what a line comes to: by quotes beforehand, by findings when it is charged (R19)."""

from msgspec.structs import replace

from domain.facts.words import FeeLine
from domain.prices.amounts import amount_of
from domain.quoting.drafts import Draft, explained, reduced
from domain.quoting.request import QuoteRequest, Tariff


def as_advertised(draft: Draft, request: QuoteRequest, tariff: Tariff) -> Draft:
    """For no more than was advertised, unless somebody gave a reason for which the customer may agree to more."""
    advertised_fen = tariff.advertised_fen(draft.line.code)
    if advertised_fen is None or not costs_more(draft.line, advertised_fen):
        return draft
    reason = next((line.reason for line in request.lines if line.line_id == draft.line.line_id), None)
    if reason is None:
        most_fen = amount_of(draft.line.quantity_thousandths, advertised_fen)
        return reduced(draft, most_fen, request.language, "advertised")
    told = explained(draft, "above_advertised", reason=reason)
    return told if reason in told.reasons else replace(told, reasons=(*told.reasons, reason))


def costs_more(line: FeeLine, advertised_fen: int) -> bool:
    """By what the line comes to, so that a dear price reduced to the advertised one is none."""
    return line.amount_fen > amount_of(line.quantity_thousandths, advertised_fen)
