"""What is wrong with a scheme or a profile, in both languages."""

from domain.scoring.checks import SchemeFault
from domain.sentences import Sentence, filled

FAULTS: dict[str, Sentence] = {
    "section_does_not_add_up": Sentence(
        "应为 {stated} 分，各项合计 {counted} 分", "Stated are {stated} points, the parts come to {counted}"
    ),
    "split_does_not_add_up": Sentence(
        "拆分合计 {counted} 分，应为 {stated} 分", "The split comes to {counted} points and has to sum to {stated}"
    ),
    "split_incomplete": Sentence(
        "拆分须包含该组的每个指标各一次", "A split names each indicator of its block exactly once"
    ),
    "joint_with_points": Sentence(
        "合并计分的指标不得另有分值", "An indicator whose points are joint has none of its own"
    ),
    "points_missing": Sentence("缺少分值", "The points are missing"),
    "block_missing": Sentence("合并计分的指标不在任何合并组中", "A joint indicator stands in no joint block"),
    "block_not_joint": Sentence(
        "合并组中的指标须标为合并计分，且只在一个组中",
        "An indicator of a joint block is marked joint, and stands in one block only",
    ),
    "clause_unknown": Sentence("没有条款 {name}", "There is no clause {name}"),
    "clause_not_joint": Sentence("条款 {name} 的分值不是合并给出的", "Clause {name} has points of its own"),
    "clause_repeated": Sentence("{name} 出现 {counted} 次", "{name} stands there {counted} times"),
    "code_repeated": Sentence("代码 {name} 出现 {counted} 次", "The code {name} stands there {counted} times"),
    "scheme_unknown": Sentence("没有评价方案 {name}", "There is no scheme {name}"),
    "evidence_unknown": Sentence("没有指标 {name}", "Nothing here measures {name}"),
}


def fault_in_words(fault: SchemeFault) -> Sentence:
    """The fault with its numbers and names."""
    parameters = {"stated": fault.stated, "counted": fault.counted, "name": fault.name}
    return filled(FAULTS[fault.code], {name: str(value) for name, value in parameters.items() if value is not None})
