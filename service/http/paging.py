"""Pages by key: a cursor says after which key to go on, and belongs to the list and filters that it came from.

Rows that are inserted or removed meanwhile neither repeat nor hide any other. The cursor needs no signature: scope
and filters are part of every query, so a forged one reaches nothing that its forger may not read anyway.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Annotated, Generic, NamedTuple, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, structs

from domain.facts.words import Instant
from service.http.endpoint import Input
from service.http.errors import Violation, invalid_query

Row = TypeVar("Row")
Key = TypeVar("Key")


class Paging(Input, frozen=True, kw_only=True):
    """How much of a list to answer, and from where."""

    limit: Annotated[int, Meta(ge=1, le=200, description="How many at most")] = 50
    cursor: Annotated[str, Meta(max_length=500, description="`next_cursor` of the page before")] | None = None


class Moment(NamedTuple):
    """The key of a list in the order of a time and, where times are equal, of the ids."""

    at: Instant
    id: UUID


class Number(NamedTuple):
    """The key of a list in the order of a number that the database counts by."""

    number: Annotated[int, Meta(ge=0, le=2**63 - 1)]


class Slice(Struct, Generic[Row], frozen=True, kw_only=True):
    """Part of a list. Ask again with `next_cursor` while `has_more`."""

    items: tuple[Row, ...]
    next_cursor: str | None
    has_more: bool


class _Place(Struct, frozen=True, array_like=True):
    filters: str
    key: msgspec.Raw


def key_after(query: Paging, name: str, kind: type[Key]) -> Key | None:
    """The key that the page follows, or None for the first page of the list called `name`."""
    if query.cursor is None:
        return None
    try:
        place = msgspec.json.decode(urlsafe_b64decode(query.cursor), type=_Place)
        if place.filters == _filters(query, name):
            return msgspec.json.decode(place.key, type=kind)
    except (msgspec.MsgspecError, ValueError):
        pass
    raise invalid_query(Violation("/cursor", "foreign_cursor"))


def part(
    query: Paging, name: str, found: Sequence[Row], key: Callable[[Row], object]
) -> tuple[tuple[Row, ...], str | None]:
    """What the page holds of the rows found, one more than it may hold where others follow, and the cursor of those."""
    if len(found) <= query.limit:
        return tuple(found), None
    items = tuple(found[: query.limit])
    place = _Place(_filters(query, name), msgspec.Raw(msgspec.json.encode(key(items[-1]))))
    return items, urlsafe_b64encode(msgspec.json.encode(place)).decode()


def _filters(query: Paging, name: str) -> str:
    unpaged = structs.replace(query, limit=1, cursor=None)
    return sha256(msgspec.json.encode((str(name), unpaged))).hexdigest()[:16]
