"""A scoring profile: what an organisation asks of itself, and what it declares about a scheme. Set by its people."""

from collections.abc import Collection
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from domain.fields import Code, Name
from domain.scoring.checks import SchemeFault, faults
from domain.scoring.scheme import Clause, JointBlock, Scheme, Section, SplitPart, indicators

TargetHundredths = Annotated[
    int, Meta(ge=0, le=100_000_000, description="In hundredths of the KPI's unit, inclusive: 9500 is 95.00")
]


class OwnTarget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a KPI is to reach by this organisation's own word, before any target of the product's."""

    kpi: Code
    target_hundredths: TargetHundredths


class NotApplicable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An indicator that does not apply to this firm, and why: it leaves the scheme. What is unmeasured stays."""

    clause: Clause
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class ScoringProfile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Targets, and what the organisation says about a scheme.

    `split` divides the scheme's joint points, as a copy of the standard does; it has to sum to them.
    """

    code: Code
    zh: Name
    en: Name
    scheme: Code = "gb-t-27922-2011"
    targets: Annotated[tuple[OwnTarget, ...], Meta(max_length=100)] = ()
    split: Annotated[tuple[SplitPart, ...], Meta(max_length=20)] = ()
    not_applicable: Annotated[tuple[NotApplicable, ...], Meta(max_length=50)] = ()


def profile_faults(
    profile: ScoringProfile, scheme: Scheme, kpis: Collection[str], evidence: Collection[str]
) -> tuple[SchemeFault, ...]:
    """All that is wrong with the profile at once."""
    known = {each.clause for each in indicators(scheme)}
    joint = {clause for section in scheme.sections for block in section.joint_blocks for clause in block.clauses}
    found = [
        SchemeFault(f"/targets/{index}/kpi", "evidence_unknown", name=target.kpi)
        for index, target in enumerate(profile.targets)
        if target.kpi not in kpis
    ]
    found += [
        SchemeFault(f"/not_applicable/{index}/clause", "clause_unknown", name=declared.clause)
        for index, declared in enumerate(profile.not_applicable)
        if declared.clause not in known
    ]
    found += [
        SchemeFault(f"/split/{index}/clause", "clause_not_joint", name=part.clause)
        for index, part in enumerate(profile.split)
        if part.clause not in joint
    ]
    found += _repeated(profile)
    of_split = faults(with_split(scheme, profile), evidence) if profile.split and not found else ()
    return (*found, *(replace(fault, pointer="/split") for fault in of_split))


def with_split(scheme: Scheme, profile: ScoringProfile) -> Scheme:
    """The scheme with its joint points divided as the profile says."""
    if not profile.split:
        return scheme
    return replace(scheme, sections=tuple(_divided(section, profile) for section in scheme.sections))


def _divided(section: Section, profile: ScoringProfile) -> Section:
    blocks = tuple(_split(block, profile) for block in section.joint_blocks)
    return replace(section, joint_blocks=blocks)


def _split(block: JointBlock, profile: ScoringProfile) -> JointBlock:
    parts = tuple(part for part in profile.split if part.clause in block.clauses)
    return replace(block, split=parts) if parts else block


def _repeated(profile: ScoringProfile) -> list[SchemeFault]:
    named = {
        "/targets": [target.kpi for target in profile.targets],
        "/not_applicable": [declared.clause for declared in profile.not_applicable],
        "/split": [part.clause for part in profile.split],
    }
    return [
        SchemeFault(pointer, "clause_repeated", counted=names.count(name), name=name)
        for pointer, names in named.items()
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
