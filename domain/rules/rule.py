"""A rule that facts can break: offline a finding, asked before it a refusal of the `strict` fact (design 2.4)."""

from msgspec import Struct

from domain.job.cases import Blocks, Severity


class Rule(Struct, frozen=True):
    """What a finding means: the gate or rule it stands for, its weight, what it blocks, whether `strict` refuses."""

    code: str
    rule: str
    severity: Severity
    blocks: Blocks
    refuses: bool
    zh: str
    en: str
