"""Which values a type allows at a place: what an app's developer wants to know when one is refused."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Struct, structs

MOST_NAMED = 50


def allowed_values(kind: object, steps: Sequence[str] = ()) -> tuple[str, ...]:
    """The first values of the enumeration that `kind` has below these names and numbers; none where it has none."""
    found = list(_plain(kind))
    for step in steps:
        found = [part for each in found for below in _below(each, step) for part in _plain(below)]
    return tuple(dict.fromkeys(value for each in found for value in _values(each)))[:MOST_NAMED]


def _plain(kind: object) -> Iterator[Any]:
    """What `kind` may be, without annotations."""
    if get_origin(kind) is Annotated:
        yield from _plain(get_args(kind)[0])
    elif get_origin(kind) in {Union, UnionType}:
        for part in get_args(kind):
            yield from _plain(part)
    else:
        yield kind


def _below(kind: object, step: str) -> Iterator[object]:
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and issubclass(kind, Struct):
        yield from (field.type for field in structs.fields(kind) if field.encode_name == step)
    elif origin in {list, tuple, set, frozenset}:
        yield arguments[0]


def _values(kind: object) -> Iterator[str]:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        yield from (str(each.value) for each in kind)
    elif get_origin(kind) is Literal:
        yield from (str(each) for each in get_args(kind))
    elif get_origin(kind) in {dict, Mapping}:
        # The decoder does not say in which key.
        yield from (value for part in get_args(kind) for each in _plain(part) for value in _values(each))
