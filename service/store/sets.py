"""Many rows in one statement: arrays in, `unnest` on the other side, whatever the number of rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ARRAY, Column, Select, Table, Text, Uuid, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.sql.elements import ColumnElement


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
    return func.any(bindparam(name, type_=ARRAY(Uuid)))


def array_text(values: Iterable[object]) -> str:
    """One array column's value, as PostgreSQL spells it: `unnest` would flatten a nested array."""
    return "{" + ",".join(str(value) for value in values) + "}"


def _unnested(column: Column[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, ARRAY):
        unnested = func.unnest(bindparam(column.name, type_=ARRAY(Text)))
        return cast(unnested, column.type).label(column.name)
    return func.unnest(bindparam(column.name, type_=ARRAY(column.type))).label(column.name)
