"""Whether the tables that are there are those that the program names: columns, unique keys, foreign keys."""

from collections.abc import Iterable, Iterator

from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import metadata

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
# What it answers is spelled as `_expected` spells it. Columns that nobody has to fill are in nobody's way, nor are
# indexes of the operator's own, but unique ones of columns.
_FOUND = text("""
    WITH named AS (
        SELECT oid, relname FROM pg_class
        WHERE relkind IN ('r', 'p') AND relname = ANY(:tables) AND pg_table_is_visible(oid)
    )
    SELECT relname || '.' || attname, format_type(atttypid, atttypmod)
        || CASE WHEN attnotnull THEN ' not null' ELSE '' END || CASE WHEN filled THEN ' default' ELSE '' END,
        NOT attnotnull OR filled
    FROM named JOIN pg_attribute ON attrelid = named.oid AND attnum > 0 AND NOT attisdropped,
        LATERAL (SELECT atthasdef OR attidentity <> '' AS filled)
    UNION ALL
    SELECT relname || ' (' || (
        SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(indkey) WITH ORDINALITY AS part (number, place)
        JOIN pg_attribute ON attrelid = named.oid AND attnum = number
    ) || ')', 'unique', false
    FROM named JOIN pg_index ON indrelid = named.oid AND indisunique AND indexprs IS NULL
    UNION ALL
    SELECT relname || ' (' || (
        SELECT string_agg(attname, ', ' ORDER BY place) FROM unnest(conkey) WITH ORDINALITY AS part (number, place)
        JOIN pg_attribute ON attrelid = named.oid AND attnum = number
    ) || ')', 'references ' || confrelid::regclass, false
    FROM named JOIN pg_constraint ON conrelid = named.oid AND contype = 'f'
""")


async def differing(db: AsyncConnection) -> list[str]:
    """The tables, columns (`jobs.status`) and keys (`jobs (org_id, id)`) that are other ones; one statement."""
    rows = (await db.execute(_FOUND, {"tables": list(metadata.tables)})).all()
    tables_there = {name.partition(".")[0] for name, _, _ in rows}
    absent = [name for name in metadata.tables if name not in tables_there]
    expected = {line for table in metadata.tables.values() if table.name not in absent for line in _expected(table)}
    there = {(name, shape) for name, shape, _ in rows}
    in_the_way = {(name, shape) for name, shape, harmless in rows if not harmless} - expected
    return sorted({*absent, *(name for name, _ in (expected - there) | in_the_way)})


def _expected(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        shape = column.type.compile(_DIALECT).lower()
        shape += "" if column.nullable else " not null"
        yield f"{table.name}.{column.name}", shape + (" default" if column.server_default is not None else "")
    for key in table.constraints:
        if isinstance(key, PrimaryKeyConstraint | UniqueConstraint):
            yield _named(table, key.columns.keys()), "unique"
        elif isinstance(key, ForeignKeyConstraint):
            yield _named(table, key.column_keys), f"references {key.referred_table.name}"
    for index in table.indexes:
        if index.unique:
            yield _named(table, index.columns.keys()), "unique"


def _named(table: Table, columns: Iterable[str]) -> str:
    return f"{table.name} ({', '.join(columns)})"
