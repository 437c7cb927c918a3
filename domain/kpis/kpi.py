"""What a KPI is: its names, its formula, where it comes from and what is asked of it."""

import enum

from msgspec import Struct

from domain.sentences import Sentence


class Dimension(enum.StrEnum):
    """Which of the four sides of service it speaks of (000 五)."""

    RESOURCE = "resource"
    PROCESS = "process"
    RESULT = "result"
    IMPROVEMENT = "improvement"


class Subject(enum.StrEnum):
    """Whether visits or whole jobs are counted."""

    VISIT = "visit"
    JOB = "job"


class KpiUnit(enum.StrEnum):
    """What the value is: a share, an index from 0 to 100, minutes on average, or so many for each thousand."""

    PERCENT = "percent"
    INDEX = "index"
    MINUTES = "minutes"
    PER_THOUSAND = "per_thousand"


class Direction(enum.StrEnum):
    """Which way is better, and so how a target is met."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Origin(enum.StrEnum):
    """Where a target comes from (3.1 rule 8); what no seed asks for is never shown as its demand."""

    SEED = "seed"
    LAW = "law"
    SEED_EXAMPLE = "seed_example"
    PUBLIC_PRACTICE = "public_practice"
    PRODUCT_DEFAULT = "product_default"


class TargetLevel(enum.StrEnum):
    """Which set of targets; where `stretch` has none of its own, `base` holds."""

    BASE = "base"
    STRETCH = "stretch"


class Target(Struct, frozen=True, kw_only=True):
    """What the value is to reach, in hundredths of its unit, inclusive: 9500 is 95.00."""

    hundredths: int
    origin: Origin
    level: TargetLevel = TargetLevel.BASE


class Limit(Struct, frozen=True, kw_only=True):
    """By when a single case has to be done; the limit itself is still in time."""

    words: Sentence
    origin: Origin


class Kpi(Struct, frozen=True, kw_only=True):
    """One KPI. `numerator` and `denominator` in words are its formula; `facts` are the kinds that decide it."""

    id: str
    zh: str
    en: str
    numerator: Sentence
    denominator: Sentence
    clause: str
    dimension: Dimension
    subject: Subject
    unit: KpiUnit = KpiUnit.PERCENT
    direction: Direction = Direction.AT_LEAST
    targets: tuple[Target, ...] = ()
    limit: Limit | None = None
    facts: tuple[str, ...] = ()
    provisional_days: int = 0
    """For this many days after a period its figure may still change by what happens then (3.1 rule 7)."""
    spread: bool = False
    """Whether median and 90th percentile of the intervals belong to it, in minutes."""


SCALE: dict[KpiUnit, tuple[int, int]] = {
    KpiUnit.PERCENT: (100, 1),
    KpiUnit.INDEX: (100, 1),
    KpiUnit.MINUTES: (1, 60),
    KpiUnit.PER_THOUSAND: (1000, 1),
}
"""The value is numerator / denominator, times the first number, divided by the second (K07 counts seconds)."""


def target_of(kpi: Kpi, level: TargetLevel) -> Target | None:
    """What the level asks for, or the base level where it says nothing of its own."""
    asked = {target.level: target for target in kpi.targets}
    return asked.get(level) or asked.get(TargetLevel.BASE)
