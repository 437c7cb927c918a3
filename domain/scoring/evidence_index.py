"""The on-site evidence index of one period: exact fractions, rounded half up to two decimals at the very end.

Earned over covered points, of aspects with at least one sample. An aspect without a sample is no evidence: it is
neither zero nor full marks, and lowers the coverage. What does not apply to the firm leaves the scheme, because a
person said so; what is not measured here stays in it, unmeasured. The two are never one list.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from domain.kpis.result import SMALL_SAMPLE
from domain.scoring.scheme import Aspect, Indicator, PointsBasis, Scheme, indicators, points_of, share_of


class Samples(Struct, frozen=True):
    """So many samples, and how many of them conform."""

    conforming: int
    total: int


class AspectScore(Struct, frozen=True, kw_only=True):
    """An aspect with its evidence. Points are null where only the joint points of its block are known."""

    clause: str
    code: str
    zh: str
    en: str
    basis: PointsBasis
    evidence: tuple[str, ...]
    conforming: int
    samples: int
    ratio_hundredths: int | None
    points_hundredths: int | None
    earned_hundredths: int | None
    small_sample: bool


class NotMeasured(Struct, frozen=True, kw_only=True):
    """An indicator, or an aspect of one, that visits give no evidence of.

    `measurable`: they could, but there was no sample in the period. `points_hundredths` is null in a joint block.
    """

    clause: str
    code: str | None
    zh: str
    en: str
    measurable: bool
    points_hundredths: int | None


class Index(Struct, frozen=True, kw_only=True):
    """Index and coverage in hundredths; the index is null without a sample. `ratios` have no points of their own."""

    index_hundredths: int | None
    coverage_hundredths: int
    covered_points_hundredths: int
    applicable_points: int
    samples: int
    aspects: tuple[AspectScore, ...]
    ratios: tuple[AspectScore, ...]
    not_measured_here: tuple[NotMeasured, ...]


class _Place(Struct, frozen=True):
    """An aspect, its indicator, and what it is worth; None where its points are not known."""

    indicator: Indicator
    aspect: Aspect
    share: Fraction | None


def index_of(scheme: Scheme, samples: Mapping[str, Samples], not_applicable: Collection[str] = ()) -> Index:
    """The index by what was counted: samples by measure, and the clauses that somebody declared not to apply."""
    applicable = [each for each in indicators(scheme) if each.clause not in not_applicable]
    places = list(_places(scheme, applicable))
    scored = [(place, found) for place in places if (found := _found(place.aspect, samples)).total > 0]
    with_points = [(place.share, found) for place, found in scored if place.share is not None]
    covered = sum((share for share, _ in with_points), Fraction(0))
    earned = sum((share * Fraction(found.conforming, found.total) for share, found in with_points), Fraction(0))
    applicable_points = _applicable_points(scheme, not_applicable)
    scores = [(place.share, _score(place, found)) for place, found in scored]
    return Index(
        index_hundredths=None if covered == 0 else hundredths(earned / covered * 100),
        coverage_hundredths=hundredths(covered / applicable_points * 100) if applicable_points else 0,
        covered_points_hundredths=hundredths(covered),
        applicable_points=applicable_points,
        samples=sum(found.total for _, found in scored),
        aspects=tuple(score for share, score in scores if share is not None),
        ratios=tuple(score for share, score in scores if share is None),
        not_measured_here=tuple(_not_measured(scheme, applicable, places, samples)),
    )


def hundredths(value: Fraction) -> int:
    """The value in hundredths, half up; it is never below zero."""
    return (2 * value.numerator * 100 + value.denominator) // (2 * value.denominator)


def _places(scheme: Scheme, applicable: Sequence[Indicator]) -> Iterator[_Place]:
    points = points_of(scheme)
    for indicator in applicable:
        known = points.get(indicator.clause)
        for aspect in indicator.aspects:
            yield _Place(indicator, aspect, None if known is None else share_of(known, indicator))


def _found(aspect: Aspect, samples: Mapping[str, Samples]) -> Samples:
    """The samples of all measures that show the aspect, together."""
    known = [samples[code] for code in aspect.evidence if code in samples]
    return Samples(sum(each.conforming for each in known), sum(each.total for each in known))


def _score(place: _Place, found: Samples) -> AspectScore:
    ratio = Fraction(found.conforming, found.total)
    return AspectScore(
        clause=place.indicator.clause,
        code=place.aspect.code,
        zh=place.aspect.zh,
        en=place.aspect.en,
        basis=place.indicator.basis,
        evidence=place.aspect.evidence,
        conforming=found.conforming,
        samples=found.total,
        ratio_hundredths=hundredths(ratio * 100),
        points_hundredths=None if place.share is None else hundredths(place.share),
        earned_hundredths=None if place.share is None else hundredths(place.share * ratio),
        small_sample=found.total < SMALL_SAMPLE,
    )


def _applicable_points(scheme: Scheme, not_applicable: Collection[str]) -> int:
    """What is left of the scheme. A joint block without a split leaves it only as a whole."""
    points = points_of(scheme)
    gone = sum(count for clause, count in points.items() if clause in not_applicable)
    unsplit = [block for section in scheme.sections for block in section.joint_blocks if not block.split]
    whole = sum(block.points for block in unsplit if set(block.clauses) <= set(not_applicable))
    return scheme.total_points - gone - whole


def _not_measured(
    scheme: Scheme, applicable: Sequence[Indicator], places: Sequence[_Place], samples: Mapping[str, Samples]
) -> Iterator[NotMeasured]:
    points = points_of(scheme)
    for indicator in applicable:
        if not indicator.aspects:
            known = points.get(indicator.clause)
            yield _unmeasured(indicator, None, None if known is None else Fraction(known))
        for place in places:
            if place.indicator is indicator and _found(place.aspect, samples).total == 0:
                yield _unmeasured(indicator, place.aspect, place.share)


def _unmeasured(indicator: Indicator, aspect: Aspect | None, share: Fraction | None) -> NotMeasured:
    named = indicator if aspect is None else aspect
    return NotMeasured(
        clause=indicator.clause,
        code=None if aspect is None else aspect.code,
        zh=named.zh,
        en=named.en,
        measurable=aspect is not None and bool(aspect.evidence),
        points_hundredths=None if share is None else hundredths(share),
    )
