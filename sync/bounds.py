"""What can be read but not stored: deep nesting, a NUL in a text, a moment outside the years that PostgreSQL has."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

DEEPEST = 32
"""The deepest nesting of a fact. The decoder's own limit depends on its caller, and the log has to stay readable."""

_BRACKETS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
_LATEST = datetime(9999, 12, 29, tzinfo=UTC)


def is_too_deep(raw: bytes) -> bool:
    """Whether brackets stand within brackets more than `DEEPEST` times."""
    if raw.count(b"[") + raw.count(b"{") <= DEEPEST:
        return False
    depth = 0
    for mark in _BRACKETS.finditer(raw):
        depth += (mark[0] in b"[{") - (mark[0] in b"]}")
        if depth > DEEPEST:
            return True
    return False


def unstorable(raw: bytes, parts: Mapping[str, object]) -> str | None:
    """The pointer to the first value that PostgreSQL cannot store, if there is one; `raw` is the JSON of the parts."""
    # Only a fact with one of these can hold a NUL, or a moment that PostgreSQL cannot.
    if not (b"\\u00" in raw or b'"0001' in raw or b'"9999' in raw):
        return None
    return next((found for pointer, part in parts.items() if (found := _unstorable(part, pointer)) is not None), None)


def _unstorable(value: object, pointer: str) -> str | None:
    match value:
        case str():
            return pointer if "\0" in value else None
        case datetime():
            return None if _EARLIEST <= value <= _LATEST else pointer
        case Struct():
            inside = ((_unstorable(getattr(value, name), f"{pointer}/{name}")) for name in value.__struct_fields__)
        case tuple():
            inside = (_unstorable(each, f"{pointer}/{index}") for index, each in enumerate(value))
        case _:
            return None
    return next((found for found in inside if found is not None), None)
