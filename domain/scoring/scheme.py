"""A scoring scheme as data: sections, indicators with their points, and the aspects that visits give evidence of."""

import enum
from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated

from msgspec import Meta, Struct

from domain.fields import Code, Name, Remark

Points = Annotated[int, Meta(ge=0, le=10_000)]
Clause = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z]+(\.[0-9A-Za-z]+)*$")]


class PointsBasis(enum.StrEnum):
    """How the points of an indicator are known; `joint`: only what several have together is."""

    STATED = "stated"
    DERIVED = "derived"
    JOINT = "joint"


class Aspect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One side of an indicator. `evidence` names the measures that show it on site; none: it is not measured here."""

    code: Code
    zh: Name
    en: Name
    evidence: Annotated[tuple[Code, ...], Meta(max_length=10)] = ()


class Indicator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A second-level indicator. Its points are null where only those of its joint block are known."""

    clause: Clause
    zh: Name
    en: Name
    basis: PointsBasis
    points: Points | None = None
    aspects: Annotated[tuple[Aspect, ...], Meta(max_length=20)] = ()


class SplitPart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one indicator of a joint block has of its points."""

    clause: Clause
    points: Points


class JointBlock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points that indicators have together. `split` comes from a copy of the standard; it has to sum to `points`."""

    clauses: Annotated[tuple[Clause, ...], Meta(min_length=2, max_length=10)]
    points: Points
    split: Annotated[tuple[SplitPart, ...], Meta(max_length=10)] = ()


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A first-level indicator with its own."""

    clause: Clause
    zh: Name
    en: Name
    points: Points
    indicators: Annotated[tuple[Indicator, ...], Meta(min_length=1, max_length=50)]
    joint_blocks: Annotated[tuple[JointBlock, ...], Meta(max_length=10)] = ()


class Deduction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may cost a special deduction, if a person decides so. No `evidence`: visits cannot show it."""

    code: Code
    zh: Name
    en: Name
    evidence: Annotated[tuple[Code, ...], Meta(max_length=10)] = ()


class Scheme(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One edition of a scoring scheme. `assumptions` are said with every figure that is derived by it."""

    code: Code
    edition: Name
    zh: Name
    en: Name
    total_points: Points
    sections: Annotated[tuple[Section, ...], Meta(min_length=1, max_length=20)]
    deductions: Annotated[tuple[Deduction, ...], Meta(max_length=50)] = ()
    assumptions_zh: Annotated[tuple[Remark, ...], Meta(max_length=20)] = ()
    assumptions_en: Annotated[tuple[Remark, ...], Meta(max_length=20)] = ()


def indicators(scheme: Scheme) -> Iterator[Indicator]:
    """Every indicator, in the order of the scheme."""
    for section in scheme.sections:
        yield from section.indicators


def points_of(scheme: Scheme) -> dict[str, int]:
    """The points of each indicator that has some of its own, by clause: stated, derived, or split by the operator."""
    known = {each.clause: each.points for each in indicators(scheme) if each.points is not None}
    split = {
        part.clause: part.points
        for section in scheme.sections
        for block in section.joint_blocks
        for part in block.split
    }
    return {**known, **split}


def share_of(points: int, indicator: Indicator) -> Fraction:
    """What each aspect of the indicator is worth: all the same, which the standard neither says nor denies."""
    return Fraction(points, len(indicator.aspects)) if indicator.aspects else Fraction(0)


def evidence_of(scheme: Scheme) -> frozenset[str]:
    """Every measure that the scheme asks for."""
    aspects = {code for indicator in indicators(scheme) for aspect in indicator.aspects for code in aspect.evidence}
    return frozenset(aspects | {code for deduction in scheme.deductions for code in deduction.evidence})
