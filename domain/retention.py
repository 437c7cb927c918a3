"""Retention terms: how long personal data is kept (R14), who says so, and what is erased afterwards."""

import enum
from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta, Struct

from domain.facts.shared import Purpose
from domain.facts.words import Position
from domain.warranty.terms import corresponding_day

REVIEWED_AFTER = timedelta(days=30)
"""How often it is asked anew how long a file is kept: warranties and terms change meanwhile."""


class RetentionTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The organisation's own lengths; what is left out is the default. Longer than the purpose needs is unlawful."""

    exact_position_days: Annotated[int, Meta(ge=1, le=1095)] = 90
    photo_months: Annotated[int, Meta(ge=0, le=120)] = 6
    record_months: Annotated[int, Meta(ge=1, le=360)] = 36


class ErasedData(enum.StrEnum):
    """What was erased. Of a position the distance to the address is left; of a customer the mere id."""

    POSITION = "position"
    PHOTO = "photo"
    SIGNATURE = "signature"
    CUSTOMER = "customer"


class TermSource(Struct, frozen=True, kw_only=True):
    """What a term says, its default, and who says so."""

    term: str
    default: int
    zh: str
    en: str
    source: str


_SOURCE = "个人信息保护法 19 (R14); the length is the product's"
TERM_SOURCES = (
    TermSource(
        term="exact_position_days",
        default=RetentionTerms().exact_position_days,
        zh="精确位置自采集起保留的天数，之后只留与地址的距离",
        en="Days for which an exact position is kept; afterwards only its distance to the address",
        source=_SOURCE,
    ),
    TermSource(
        term="photo_months",
        default=RetentionTerms().photo_months,
        zh="保修期满（不早于工单最后记录）后照片保留的月数；保修期不明时与维修记录同期",
        en="Months for which photos are kept after the warranty's end, or the job's where that is later; as long as "
        "the record where no one knows the warranty",
        source=_SOURCE,
    ),
    TermSource(
        term="record_months",
        default=RetentionTerms().record_months,
        zh="维修与收费记录指明其人、签名保留的月数，自最后记录起，至少到保修期满",
        en="Months for which the record of repair and fees names whose it is, and its signatures are kept, after the "
        "last word; at least until the warranty's end",
        source=_SOURCE,
    ),
)


def file_until(purpose: Purpose, ended_on: date, warranty_until: date | None, terms: RetentionTerms) -> date:
    """The last day on which a file of a job is kept. A signature stays as long as the agreement that it is under."""
    if purpose is Purpose.SIGNATURE or warranty_until is None:
        return record_until(ended_on, warranty_until, terms)
    return corresponding_day(max(ended_on, warranty_until), terms.photo_months)


def record_until(ended_on: date, warranty_until: date | None, terms: RetentionTerms) -> date:
    """The last day on which the record of repair and fees is kept: its months or the warranty's end, what is later."""
    return max(corresponding_day(ended_on, terms.record_months), warranty_until or ended_on)


def position_of(body: Struct) -> Position | None:
    """The exact position in a fact's body, if it has one; every kind calls the field by this name."""
    found = getattr(body, "position", None)
    return found if isinstance(found, Position) else None


ASSESSMENT_MONTHS = 36
"""How long an impact assessment is kept at least, and how long one is taken to speak of today (privacy law art. 56)."""


def assessed_until(made_on: date) -> date:
    """The last day of the three years for which the assessment is kept."""
    return corresponding_day(made_on, ASSESSMENT_MONTHS)
