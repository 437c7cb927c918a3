"""What a decision answers with: a rule, the days that decided, and words in both languages."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from domain.sentences import Sentence, filled
from domain.warranty.claim import ExclusionCode
from domain.warranty.sayings import EXCLUSIONS, LACKING, SAYINGS


class WarrantyBasis(Struct, frozen=True, kw_only=True):
    """Why: the code and its parameters, the rule, the days that decided, and the words."""

    code: str
    rule: str
    starts_on: date | None
    ends_on: date | None
    reported_on: date
    parameters: dict[str, str]
    zh: str
    en: str


def basis(
    code: str, reported_on: date, starts_on: date | None = None, ends_on: date | None = None, **parameters: str
) -> WarrantyBasis:
    """The basis of a decision, with its days among the words."""
    days = {"starts_on": starts_on, "ends_on": ends_on, "reported_on": reported_on}
    words = said(code, **{name: day.isoformat() for name, day in days.items() if day is not None}, **parameters)
    return WarrantyBasis(
        code=code,
        rule=SAYINGS[code].rule,
        starts_on=starts_on,
        ends_on=ends_on,
        reported_on=reported_on,
        parameters=parameters,
        zh=words.zh,
        en=words.en,
    )


def said(code: str, **parameters: str) -> Sentence:
    """The sentence of this code; codes of exclusions and of what is lacking are put into words."""
    return filled(Sentence(SAYINGS[code].zh, SAYINGS[code].en), _worded(parameters))


def _worded(parameters: Mapping[str, str]) -> dict[str, Sentence | str]:
    words: dict[str, Sentence | str] = dict(parameters)
    if "exclusion" in parameters:
        words["exclusion"] = EXCLUSIONS[ExclusionCode(parameters["exclusion"])]
    if "lacking" in parameters:
        named = [LACKING[each] for each in parameters["lacking"].split(", ")]
        words["lacking"] = Sentence("、".join(each.zh for each in named), ", ".join(each.en for each in named))
    return words
