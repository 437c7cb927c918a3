"""A line while it is being worked out: what it says so far, and by which rules."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from domain.catalogue import Part, PriceLine
from domain.facts.words import FeeKind, FeeLine, Warranty
from domain.fields import Language
from domain.prices.amounts import amount_of
from domain.quoting.answer import Explanation
from domain.quoting.words import RULES
from domain.sentences import filled


class Draft(Struct, frozen=True, kw_only=True):
    """`reasons` are what the line itself says of being cheaper or dearer than the list."""

    line: FeeLine
    appliance: str | None
    explanations: tuple[Explanation, ...]
    reasons: tuple[str, ...]

    @property
    def is_paid(self) -> bool:
        return self.line.warranty is Warranty.PAID


def drafted(line_id: str, entry: PriceLine | Part, quantity_thousandths: int, language: Language) -> Draft:
    """So much of an entry, at its list price."""
    line = FeeLine(
        line_id=line_id,
        kind=kind_of(entry),
        code=entry.code,
        description=entry.name_en if language is Language.ENGLISH else entry.name_zh,
        quantity_thousandths=quantity_thousandths,
        unit_price_fen=entry.price_fen,
        amount_fen=amount_of(quantity_thousandths, entry.price_fen),
        list_price_fen=entry.price_fen,
    )
    return Draft(line=line, appliance=None, explanations=(), reasons=())


def kind_of(entry: PriceLine | Part) -> FeeKind:
    """The component of a bill that the entry is."""
    return FeeKind.PART if isinstance(entry, Part) else entry.component


def explained(draft: Draft, code: str, **parameters: str) -> Draft:
    """With the rule that made it so."""
    sentence = filled(RULES[code], parameters)
    told = Explanation(line_id=draft.line.line_id, code=code, parameters=parameters, zh=sentence.zh, en=sentence.en)
    return replace(draft, explanations=(*draft.explanations, told))


def reduced(draft: Draft, amount_fen: int, language: Language, code: str, **parameters: str) -> Draft:
    """For less, with the rule as the stated reason, unless people gave one."""
    told = explained(draft, code, **parameters)
    sentence = told.explanations[-1].en if language is Language.ENGLISH else told.explanations[-1].zh
    reason = parameters.get("basis") or parameters.get("reason") or sentence
    return replace(told, line=replace(draft.line, amount_fen=amount_fen), reasons=(*draft.reasons, reason))


def decided(draft: Draft, warranty: Warranty, basis: str | None, language: Language) -> Draft:
    """At zero when it is covered, with the basis as the reason."""
    if warranty is Warranty.PAID:
        return draft
    free = replace(draft, line=replace(draft.line, warranty=warranty), explanations=(), reasons=())
    return reduced(free, 0, language, warranty.value, basis=basis or "")


def fee_line(draft: Draft, language: Language) -> FeeLine:
    """The line with all its reasons."""
    between = "; " if language is Language.ENGLISH else "；"
    return replace(draft.line, reason=between.join(draft.reasons) or None)


def sum_of(drafts: Iterable[Draft]) -> int:
    """What the lines come to."""
    return sum(draft.line.amount_fen for draft in drafts)
