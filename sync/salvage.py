"""Facts out of a push that is not JSON throughout, so that one broken fact does not hold up the others.

Only strings and brackets are looked at. A body whose brackets do not match cannot be told apart and stays refused.
"""

import re
from collections.abc import Iterator

_MARKS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}:,]', re.DOTALL)
_OPENING, _CLOSING = b"[{", b"]}"


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
            return raw[:start] + raw[at:], [each for each in facts if each]
    return None


def _marks(raw: bytes) -> Iterator[tuple[bytes, int]]:
    return ((found[0], found.start()) for found in _MARKS.finditer(raw))
