"""An example of each kind of fact for its page: those of the contract, without what is said by leaving it out."""

import json
import textwrap

import msgspec
from msgspec import NODEFAULT, Struct, structs

from domain.facts.kinds import KIND_BY_BODY, Kind
from service.desk.feedback_actions import FEEDBACK_ACTIONS
from service.desk.visit_actions import VISIT_ACTIONS

LONGEST_LINE = 150
_SAID: list[Struct] = [*(each.example for each in FEEDBACK_ACTIONS), *(each.example for each in VISIT_ACTIONS)]
_EXAMPLES = {KIND_BY_BODY[type(each)].name: each for each in _SAID}


def example_of(kind: Kind) -> str | None:
    """The fact's own field as JSON, in a block of code; None where the contract has none."""
    if kind.name not in _EXAMPLES:
        return None
    text = json.dumps({kind.name: _said(_EXAMPLES[kind.name])}, ensure_ascii=False)[1:-1]
    lines = textwrap.wrap(text, LONGEST_LINE, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return "```json\n{}\n```".format("\n".join(lines))


def _said(value: object) -> object:
    if isinstance(value, Struct):
        fields = ((field, getattr(value, field.name)) for field in structs.fields(value))
        return {
            field.encode_name: _said(held)
            for field, held in fields
            if field.default is NODEFAULT or held != field.default
        }
    if isinstance(value, tuple):
        return [_said(each) for each in value]
    return msgspec.to_builtins(value)
