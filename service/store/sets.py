"""Many rows in one statement: arrays in, `unnest` on the other side, whatever the number of rows."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Integer,
    Select,
    Table,
    Text,
    TypeDecorator,
    Uuid,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

Values: TypeAlias = Iterable[object]

_SPELT_ALIKE = (Boolean, Date, DateTime, Integer, Text, Uuid)
"""Types whose values PostgreSQL reads in an array as JSON writes them."""


class ArrayText(TypeDecorator[Values]):
    """Values of one of these types as the text of an array, spelt at once: the driver would look at each of them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Values | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        spelt = msgspec.json.encode(value)[1:-1].decode()
        # Of JSON's escapes PostgreSQL knows those of the quote and of the backslash itself only.
        return "{" + (",".join(map(_quoted, value)) if "\\" in spelt else spelt) + "}"


def _quoted(value: object) -> str:
    return "NULL" if value is None else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def insert_set(table: Table, *names: str) -> Insert:
    """`INSERT ... SELECT unnest(...)` into these columns; parameters as `parameters` makes them."""
    return insert(table).from_select(names, rows_of(table, *names))


def replace_set(table: Table, key: Sequence[str], *names: str) -> Insert:
    """`insert_set` that overwrites the other columns where the key is there already."""
    statement = insert_set(table, *names)
    changed = {name: statement.excluded[name] for name in names if name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)


def rows_of(table: Table, *names: str) -> Select[Any]:
    """The arrays bound as parameters, side by side as rows."""
    return select(*(_unnested(table.c[name]) for name in names))


def parameters(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> dict[str, list[Any]]:
    """Rows to one list for each column."""
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def any_of(name: str) -> ColumnElement[Any]:
    """What a column is compared with to be one of the ids bound as the parameter `name`."""
    return func.any(array_of(name, Uuid()))


def any_filtered(name: str) -> ColumnElement[Any]:
    """As `any_of`, for ids that no index is asked for: as text they would be read anew for each row."""
    return func.any(bindparam(name, type_=ARRAY(Uuid)))


def array_of(name: str, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """The values bound as the parameter `name`."""
    if isinstance(kind, _SPELT_ALIKE):
        return cast(bindparam(name, type_=ArrayText), ARRAY(kind))
    return bindparam(name, type_=ARRAY(kind))


def array_text(values: Iterable[object]) -> str:
    """One array column's value, as PostgreSQL spells it: `unnest` would flatten a nested array."""
    return "{" + ",".join(str(value) for value in values) + "}"


def _unnested(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, ARRAY):
        return cast(func.unnest(array_of(column.name, Text())), column.type).label(column.name)
    return func.unnest(array_of(column.name, column.type)).label(column.name)
