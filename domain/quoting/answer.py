"""What a quote comes to, or why there is none."""

from msgspec import Struct

from domain.facts.words import FeeLine


class Explanation(Struct, frozen=True, kw_only=True):
    """One rule that made a line what it is: a code with its parameters, and the same in words."""

    line_id: str
    code: str
    parameters: dict[str, str]
    zh: str
    en: str


class Quote(Struct, frozen=True, kw_only=True):
    """Lines as `fees_disclosed` takes them, what they come to, and for every line the rules that were applied."""

    price_list_code: str
    currency: str
    lines: tuple[FeeLine, ...]
    total_fen: int
    explanations: tuple[Explanation, ...]


class QuoteProblem(Struct, frozen=True, kw_only=True):
    """Why nothing can be quoted: where in the request (a JSON pointer), a code, and a sentence."""

    pointer: str
    code: str
    parameters: dict[str, str]
    zh: str
    en: str


class Unquotable(Struct, frozen=True, kw_only=True):
    """Everything that stands in the way of a quote, at once."""

    problems: tuple[QuoteProblem, ...]
