"""Labour, parts and whatever else was done: list price, warranty, several items on one appliance, agreed prices."""

from collections.abc import Iterator

from msgspec.structs import replace

from domain.catalogue import Part
from domain.facts.words import FeeKind
from domain.fields import Language
from domain.prices.amounts import amount_of, percent_of
from domain.quoting.drafts import Draft, decided, drafted, explained, reduced
from domain.quoting.request import QuoteRequest, Tariff, WorkLine


def work(request: QuoteRequest, tariff: Tariff) -> list[Draft]:
    """The lines of work, by line id. The request has no problem."""
    lines = sorted(request.lines, key=lambda line: line.line_id)
    drafts = [_priced(line, tariff, request.language) for line in lines]
    shares = dict(_shares(drafts, tariff.price_list.rules.multi_item_percent))
    return [
        _lowered(_shared(draft, shares.get(draft.line.line_id), request.language), line, request.language)
        for draft, line in zip(drafts, lines, strict=True)
    ]


def _priced(line: WorkLine, tariff: Tariff, language: Language) -> Draft:
    """At the list's price, or at a higher one that was agreed; at zero when it is covered."""
    entry = tariff.entry(line.code)
    assert entry is not None, "an unknown code is a problem"
    draft = replace(drafted(line.line_id, entry, line.quantity_thousandths, language), appliance=line.appliance)
    agreed_fen = line.agreed_unit_price_fen
    if isinstance(entry, Part):
        draft = explained(draft, "part_price")
    elif entry.by_quote:
        draft = explained(draft, "by_quote", least_fen=str(entry.price_fen))
    else:
        draft = explained(draft, "list_price", list=tariff.price_list.code)
    if agreed_fen is not None and agreed_fen > entry.price_fen:
        by_quote = not isinstance(entry, Part) and entry.by_quote
        draft = _raised(draft, line, agreed_fen, by_quote=by_quote)
    return decided(draft, line.warranty, line.basis, language)


def _raised(draft: Draft, line: WorkLine, agreed_fen: int, *, by_quote: bool) -> Draft:
    amount_fen = amount_of(line.quantity_thousandths, agreed_fen)
    raised = replace(draft, line=replace(draft.line, unit_price_fen=agreed_fen, amount_fen=amount_fen))
    if by_quote:
        return raised
    reason = line.reason or ""
    raised = replace(raised, line=replace(raised.line, supervisor_code=line.supervisor_code), explanations=())
    return replace(explained(raised, "above_list", reason=reason), reasons=(reason,))


def _shares(drafts: list[Draft], percents: tuple[int, ...]) -> Iterator[tuple[str, tuple[int, int]]]:
    """For each paid labour line its place on its appliance, the dearest first, and so much of a hundred."""
    places: dict[str | None, int] = {}
    labour = [draft for draft in drafts if draft.line.kind is FeeKind.LABOUR and draft.is_paid]
    for draft in sorted(labour, key=lambda each: (-each.line.amount_fen, each.line.line_id)):
        place = places[draft.appliance] = places.get(draft.appliance, 0) + 1
        yield draft.line.line_id, (place, percents[min(place, len(percents)) - 1])


def _shared(draft: Draft, share: tuple[int, int] | None, language: Language) -> Draft:
    if share is None or share[1] == 100:
        return draft
    place, percent = share
    if percent == 0:
        return reduced(draft, 0, language, "multi_item_free", place=str(place))
    amount_fen = percent_of(draft.line.amount_fen, percent)
    return reduced(draft, amount_fen, language, "multi_item", place=str(place), percent=str(percent))


def _lowered(draft: Draft, line: WorkLine, language: Language) -> Draft:
    """Never more than was agreed on. By quote the agreed price is never below the list's, so nothing is lowered."""
    if line.agreed_unit_price_fen is None:
        return draft
    agreed_fen = amount_of(line.quantity_thousandths, line.agreed_unit_price_fen)
    if agreed_fen >= draft.line.amount_fen:
        return draft
    return reduced(draft, agreed_fen, language, "below_list", reason=line.reason or "")
