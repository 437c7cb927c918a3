"""Which fields hold a moment: msgspec gives a format only to those that insist on an offset from UTC."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import get_args

from msgspec import Struct, structs

Fields = dict[str, set[str]]


def moments(kinds: Iterable[object]) -> Fields:
    """By schema name, the fields that hold a datetime or null."""
    found: Fields = {}
    for record in _records(kinds):
        named = {field.encode_name for field in structs.fields(record) if datetime in _parts(field.type)}
        found.setdefault(record.__name__, set()).update(named)
    return found


def _records(kinds: Iterable[object]) -> set[type[Struct]]:
    """Every Struct among the types and all that they are made of."""
    found: set[type[Struct]] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, Struct) and kind not in found:
            found.add(kind)
            waiting += [field.type for field in structs.fields(kind)]
        waiting += get_args(kind)
    return found


def _parts(kind: object) -> Iterator[object]:
    yield kind
    for part in get_args(kind):
        yield from _parts(part)
