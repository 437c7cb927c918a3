"""From counts to a figure: compared with its target exactly, and rounded once, at the end."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from math import isqrt

from msgspec import Struct

from domain.kpis.kpi import SCALE, Direction, Kpi, KpiUnit, Target, TargetLevel, target_of

SMALL_SAMPLE = 30
_Z_SQUARED = (3_841_458_820_694_124, 10**15)
"""1.959963984540054 squared: 95 % of a normal distribution lie within that many deviations."""


class Excluded(Struct, frozen=True, kw_only=True):
    """How many were left out for one reason."""

    reason: str
    count: int


class Counts(Struct, frozen=True, kw_only=True):
    """What was counted for one KPI, in one group and one span of time. Seconds where the KPI speaks of time."""

    kpi: str
    group: str | None = None
    starts_on: date | None = None
    numerator: int = 0
    denominator: int = 0
    pending: int = 0
    excluded: tuple[Excluded, ...] = ()
    items: int = 0
    low_graded: int = 0
    median: int | None = None
    p90: int | None = None


class KpiResult(Struct, frozen=True, kw_only=True):
    """One figure. Values are in hundredths of the unit, rounded half up; null where nothing was counted.

    `group` is the code or id grouped by, null for none or unknown; `starts_on` the first day of its day, week or month,
    null for the whole period. `passed` compares the exact value with the target, null without either. The 95 %
    interval is Wilson's, for shares only. `low_graded_items` of `items` rest on times that are not well known.
    `provisional`: what happens after the period may still change it.
    """

    kpi: str
    group: str | None
    starts_on: date | None
    numerator: int
    denominator: int
    pending: int
    excluded: tuple[Excluded, ...]
    value_hundredths: int | None
    interval_low_hundredths: int | None
    interval_high_hundredths: int | None
    median_hundredths: int | None
    p90_hundredths: int | None
    target_hundredths: int | None
    passed: bool | None
    small_sample: bool
    provisional: bool
    items: int
    low_graded_items: int


def whole(spans: Iterable[Counts]) -> list[Counts]:
    """The counts of all spans together, by KPI and group. Medians do not add up: there are none."""
    found: dict[tuple[str, str | None], list[Counts]] = {}
    for each in spans:
        found.setdefault((each.kpi, each.group), []).append(each)
    return [_together(kpi, group, parts) for (kpi, group), parts in found.items()]


def result_of(kpi: Kpi, counts: Counts, level: TargetLevel, *, provisional: bool) -> KpiResult:
    """The figure that these counts come to."""
    low, high = wilson(counts.numerator, counts.denominator) if kpi.unit is KpiUnit.PERCENT else (None, None)
    target = target_of(kpi, level)
    return KpiResult(
        kpi=kpi.id,
        group=counts.group,
        starts_on=counts.starts_on,
        numerator=counts.numerator,
        denominator=counts.denominator,
        pending=counts.pending,
        # In one order, so that the same figure reads the same whenever it is asked for.
        excluded=tuple(sorted(counts.excluded, key=lambda left_out: left_out.reason)),
        value_hundredths=value_hundredths(kpi, counts.numerator, counts.denominator),
        interval_low_hundredths=low,
        interval_high_hundredths=high,
        median_hundredths=_minutes(counts.median),
        p90_hundredths=_minutes(counts.p90),
        target_hundredths=None if target is None else target.hundredths,
        passed=None if target is None else passed(kpi, target, counts.numerator, counts.denominator),
        small_sample=counts.denominator < SMALL_SAMPLE,
        provisional=provisional,
        items=counts.items,
        low_graded_items=counts.low_graded,
    )


def value_hundredths(kpi: Kpi, numerator: int, denominator: int) -> int | None:
    """The value in hundredths, half up; null where nothing was counted (3.1 rule 2)."""
    times, by = SCALE[kpi.unit]
    return None if denominator == 0 else half_up(numerator * times * 100, denominator * by)


def passed(kpi: Kpi, target: Target, numerator: int, denominator: int) -> bool | None:
    """Whether the exact value meets the target, which is itself enough (3.1 rule 3)."""
    if denominator == 0:
        return None
    times, by = SCALE[kpi.unit]
    reached, asked = numerator * times * 100, target.hundredths * denominator * by
    return reached >= asked if kpi.direction is Direction.AT_LEAST else reached <= asked


def wilson(numerator: int, denominator: int) -> tuple[int | None, int | None]:
    """Wilson's 95 % interval of a share, in hundredths of a percent. Integers throughout: the same on every machine."""
    n, d = numerator, denominator
    if not 0 <= n <= d or d == 0:
        return None, None
    z, unit = _Z_SQUARED
    # (2n + z2 -+ sqrt(z2 (z2 + 4 n (d - n) / d))) / (2 (d + z2)), all times unit and d
    middle, spread = (2 * n * unit + z) * d, isqrt(z * d * (z * d + 4 * n * (d - n) * unit))
    below = 2 * (d * unit + z) * d
    return max(0, half_up((middle - spread) * 10_000, below)), min(10_000, half_up((middle + spread) * 10_000, below))


def half_up(numerator: int, denominator: int) -> int:
    """The quotient as the nearest integer, a half away from zero; the denominator is above zero."""
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def _together(kpi: str, group: str | None, parts: Sequence[Counts]) -> Counts:
    excluded: Counter[str] = Counter()
    for each in parts:
        excluded.update({left_out.reason: left_out.count for left_out in each.excluded})
    return Counts(
        kpi=kpi,
        group=group,
        numerator=sum(each.numerator for each in parts),
        denominator=sum(each.denominator for each in parts),
        pending=sum(each.pending for each in parts),
        excluded=tuple(Excluded(reason=reason, count=count) for reason, count in excluded.items()),
        items=sum(each.items for each in parts),
        low_graded=sum(each.low_graded for each in parts),
    )


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else half_up(seconds * 100, 60)
