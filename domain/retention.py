"""How long what tells of people is kept (R14): the terms, where they come from, and what is erased after them."""

import enum
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.words import Position


class RetentionTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The organisation's own lengths; what is left out is the default. Longer than the purpose needs is unlawful."""

    exact_position_days: Annotated[int, Meta(ge=1, le=1095)] = 90


class ErasedData(enum.StrEnum):
    """What was erased. Of a position the distance to the address is left."""

    POSITION = "position"


class TermSource(Struct, frozen=True, kw_only=True):
    """What a term says, its default, and who says so."""

    term: str
    default: int
    zh: str
    en: str
    source: str


TERM_SOURCES = (
    TermSource(
        term="exact_position_days",
        default=RetentionTerms().exact_position_days,
        zh="精确位置自采集起保留的天数，之后只留与地址的距离",
        en="Days for which an exact position is kept; afterwards only its distance to the address",
        source="个人信息保护法 19 (R14); the length is the product's",
    ),
)


def position_of(body: Struct) -> Position | None:
    """The exact position that a fact's body tells; all that tell one call it by this name."""
    found = getattr(body, "position", None)
    return found if isinstance(found, Position) else None
