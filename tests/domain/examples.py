"""What an example of a rule is: a history that breaks it, and a like one that keeps it."""

from typing import NamedTuple

from tests.domain.builders import Said


class Example(NamedTuple):
    """`law` is the rule as a sentence; the meta-test in test_rules.py wants one for every code."""

    code: str
    law: str
    breaks: tuple[Said, ...]
    keeps: tuple[Said, ...]
