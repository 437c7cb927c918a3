"""Pages by key: a cursor says after which key to go on, and belongs to the list and filters that it came from.

Rows that are inserted or removed meanwhile neither repeat nor hide any other. The cursor needs no signature: scope
and filters are part of every query, so a forged one reaches nothing that its forger may not read anyway.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, structs

from service.http.endpoint import Input
from service.http.errors import Refused, Violation, invalid_query

Row = TypeVar("Row")


class Paging(Input, frozen=True, kw_only=True):
    """How much of a list to answer, and from where."""

    limit: Annotated[int, Meta(ge=1, le=200, description="How many at most")] = 50
    cursor: Annotated[str, Meta(max_length=500, description="`next_cursor` of the page before")] | None = None


class Slice(Struct, Generic[Row], frozen=True, kw_only=True):
    """Part of a list. Ask again with `next_cursor` while `has_more`."""

    items: tuple[Row, ...]
    next_cursor: str | None
    has_more: bool


class _Place(Struct, frozen=True, array_like=True):
    filters: str
    key: str


def key_after(query: Paging, name: str) -> str | None:
    """The key that the page follows, or None for the first page of the list called `name`."""
    if query.cursor is None:
        return None
    try:
        place = msgspec.json.decode(urlsafe_b64decode(query.cursor), type=_Place)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        raise invalid_cursor() from None
    if place.filters != _filters(query, name):
        raise invalid_cursor()
    return place.key


def cursor_after(query: Paging, name: str, key: str) -> str:
    """What to send for the page that follows `key`."""
    return urlsafe_b64encode(msgspec.json.encode(_Place(_filters(query, name), key))).decode()


def moment_after(query: Paging, name: str) -> tuple[datetime, UUID] | None:
    """As `key_after`, for a list in the order of a time and, where times are equal, of the ids."""
    key = key_after(query, name)
    if key is None:
        return None
    try:
        return msgspec.json.decode(key, type=tuple[datetime, UUID])
    except msgspec.MsgspecError:
        raise invalid_cursor() from None


def cursor_after_moment(query: Paging, name: str, at: datetime, record_id: UUID) -> str:
    """What to send for the page that follows the record."""
    return cursor_after(query, name, msgspec.json.encode((at, record_id)).decode())


def invalid_cursor() -> Refused:
    return invalid_query(Violation("/cursor", "foreign_cursor"))


def _filters(query: Paging, name: str) -> str:
    unpaged = structs.replace(query, limit=1, cursor=None)
    return sha256(msgspec.json.encode((str(name), unpaged))).hexdigest()[:16]
