"""Prints the SQL that creates every table: `python migrations/draft.py > migrations/versions/0001_first_schema.sql`.

Before the first release a changed table goes into the first migration. Afterwards each change is a migration of its
own, written by hand and safe for the release before it.
"""

from sqlalchemy import create_mock_engine

from service.store.tables import metadata


def schema_statements() -> list[str]:
    """One statement per table, index and comment, in an order that works on an empty database."""
    statements: list[str] = []

    def keep(element: object, *_: object, **__: object) -> None:
        lines = str(element.compile(dialect=engine.dialect)).strip().replace("\t", "    ").splitlines()  # type: ignore[attr-defined]
        statements.append("\n".join(line.rstrip() for line in lines))

    engine = create_mock_engine("postgresql+asyncpg://", keep)
    metadata.create_all(engine, checkfirst=False)
    return statements


if __name__ == "__main__":
    print(";\n\n".join(schema_statements()) + ";")  # noqa: T201
