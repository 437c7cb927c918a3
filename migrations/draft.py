"""Prints the SQL that creates every table: `python migrations/draft.py > migrations/versions/0001_first_schema.sql`.

Before the first release a changed table goes into the first migration. Afterwards each change is a migration of its
own, written by hand and safe for the release before it.
"""

from itertools import groupby

from sqlalchemy import create_mock_engine
from sqlalchemy.sql.ddl import BaseDDLElement

from service.store.tables import metadata


def schema_statements() -> list[str]:
    """One statement per table, index and comment, always in the same order, and one that works on an empty database."""
    statements: list[str] = []

    def keep(element: BaseDDLElement, *_: object, **__: object) -> None:
        lines = str(element.compile(dialect=engine.dialect)).strip().replace("\t", "    ").splitlines()
        statements.append("\n".join(line.rstrip() for line in lines))

    engine = create_mock_engine("postgresql+asyncpg://", keep)
    metadata.create_all(engine, checkfirst=False)
    # A table's indexes are a set, so they come in any order.
    runs = groupby(statements, _makes_index)
    return [statement for indexes, run in runs for statement in (sorted(run) if indexes else run)]


def _makes_index(statement: str) -> bool:
    return statement.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))


if __name__ == "__main__":
    print(";\n\n".join(schema_statements()) + ";")  # noqa: T201 (its output is its result)
