"""Facts out of a push that is not JSON throughout, so that one broken fact does not hold up the others.

Only strings and brackets are looked at. A body whose brackets do not match cannot be told apart and stays refused; so
does one in which a fact that broke off inside a text ran together with the next: each fact must get its own answer.
"""

import re
from collections.abc import Iterator

_MARKS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,]', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"
_ONCE_IN_A_FACT = (b'"id"', b'"job_id"', b'"happened_at"')


def facts_apart(raw: bytes) -> tuple[bytes, list[bytes]] | None:
    """The push without its facts, and each fact's own bytes; None when they cannot be told apart. Never raises."""
    depth, name, start, begin, facts = 0, b"", 0, 0, list[bytes]()
    for mark, at in _marks(raw):
        if depth == 2 and name == b"facts" and mark in b",]":
            facts.append(raw[begin:at].strip())
            begin = at + 1
        if depth == 1 and mark[:1] == b'"':
            name = mark.strip(b'"')
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth == 2 and name == b"facts" and mark == b"[":
            begin = start = at + 1
        if depth == 1 and name == b"facts" and mark == b"]":
            return None if any(map(_ran_together, facts)) else (raw[:start] + raw[at:], _without_end(facts))
    return None


def _ran_together(fact: bytes) -> bool:
    return any(fact.count(name) > 1 for name in _ONCE_IN_A_FACT)


def _without_end(facts: list[bytes]) -> list[bytes]:
    """Less the nothing after a last comma, or in an empty list; an empty place between facts is one to be answered."""
    return facts if facts[-1] else facts[:-1]


def _marks(raw: bytes) -> Iterator[tuple[bytes, int]]:
    return ((found[0], found.start()) for found in _MARKS.finditer(raw))
