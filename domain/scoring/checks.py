"""Whether a scheme can be what it says: sections add up, blocks are whole, nothing is named twice or unknown."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from domain.scoring.scheme import Indicator, JointBlock, PointsBasis, Scheme, Section, evidence_of, indicators


class SchemeFault(Struct, frozen=True):
    """What is wrong with a scheme, where (a JSON pointer), and in numbers. A scheme with a fault is not used at all."""

    pointer: str
    code: str
    stated: int | None = None
    counted: int | None = None
    name: str | None = None


def faults(scheme: Scheme, evidence: Collection[str]) -> tuple[SchemeFault, ...]:
    """All that is wrong at once; nothing, where the scheme may be used. `evidence` is what can be measured here."""
    counted = sum(section.points for section in scheme.sections)
    total = [] if counted == scheme.total_points else [_sum("/total_points", scheme.total_points, counted)]
    of_sections = [
        fault for index, section in enumerate(scheme.sections) for fault in _of_section(f"/sections/{index}", section)
    ]
    return (*total, *of_sections, *_twice(scheme), *_unknown(scheme, evidence))


def _of_section(pointer: str, section: Section) -> Iterator[SchemeFault]:
    own = sum(each.points or 0 for each in section.indicators)
    counted = own + sum(block.points for block in section.joint_blocks)
    if counted != section.points:
        yield _sum(f"{pointer}/points", section.points, counted)
    joined = Counter(clause for block in section.joint_blocks for clause in block.clauses)
    for index, indicator in enumerate(section.indicators):
        yield from _of_indicator(f"{pointer}/indicators/{index}", indicator, joined[indicator.clause])
    known = {indicator.clause for indicator in section.indicators}
    for index, block in enumerate(section.joint_blocks):
        yield from _of_block(f"{pointer}/joint_blocks/{index}", block, known)


def _of_indicator(pointer: str, indicator: Indicator, blocks: int) -> Iterator[SchemeFault]:
    """Joint ones have no points of their own and stand in one block; all others the other way round."""
    joint = indicator.basis is PointsBasis.JOINT
    if joint is not (indicator.points is None):
        yield SchemeFault(f"{pointer}/points", "joint_with_points" if joint else "points_missing")
    if blocks != int(joint):
        yield SchemeFault(f"{pointer}/basis", "block_missing" if joint and not blocks else "block_not_joint")


def _of_block(pointer: str, block: JointBlock, known: Collection[str]) -> Iterator[SchemeFault]:
    for clause in block.clauses:
        if clause not in known:
            yield SchemeFault(f"{pointer}/clauses", "clause_unknown", name=clause)
    if not block.split:
        return
    if sorted(part.clause for part in block.split) != sorted(block.clauses):
        yield SchemeFault(f"{pointer}/split", "split_incomplete")
    counted = sum(part.points for part in block.split)
    if counted != block.points:
        yield SchemeFault(f"{pointer}/split", "split_does_not_add_up", stated=block.points, counted=counted)


def _twice(scheme: Scheme) -> Iterator[SchemeFault]:
    sections = [section.clause for section in scheme.sections]
    yield from _repeated("clause_repeated", [*sections, *(each.clause for each in indicators(scheme))])
    aspects = [aspect.code for indicator in indicators(scheme) for aspect in indicator.aspects]
    yield from _repeated("code_repeated", [*aspects, *(deduction.code for deduction in scheme.deductions)])


def _repeated(code: str, names: Iterable[str]) -> Iterator[SchemeFault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield SchemeFault("", code, counted=count, name=name)


def _unknown(scheme: Scheme, evidence: Collection[str]) -> Iterator[SchemeFault]:
    for name in sorted(evidence_of(scheme) - set(evidence)):
        yield SchemeFault("", "evidence_unknown", name=name)


def _sum(pointer: str, stated: int, counted: int) -> SchemeFault:
    return SchemeFault(pointer, "section_does_not_add_up", stated=stated, counted=counted)
