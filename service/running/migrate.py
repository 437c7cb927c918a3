"""Bringing a database's schema up to date; safe to run from many processes at once."""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from service.database import sqlalchemy_url

MIGRATIONS = Path(__file__).parents[2] / "migrations"
# Any number serves, as long as every migrating process asks for the same one.
LOCK = 7_032_640_501


def newest_revision() -> str:
    """The last migration's number; files are named `0001_what_it_does.py`."""
    return max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]


async def applied_revision(db: AsyncConnection) -> str | None:
    """The number of the last migration that the database has seen, or None for an empty database."""
    if (await db.execute(text("SELECT to_regclass('alembic_version')"))).scalar() is None:
        return None
    revision = (await db.execute(text("SELECT version_num FROM alembic_version"))).scalar()
    return None if revision is None else str(revision)


async def migrate(owner_url: str) -> bool:
    """Apply what is missing, and tell whether anything was. `owner_url` signs in as the owner of the schema."""
    engine = create_async_engine(sqlalchemy_url(owner_url), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.connect() as db:
            if await applied_revision(db) == newest_revision():
                return False
            await db.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            # Whoever waited for the lock finds the work done, and Alembic applies nothing.
            await db.commit()
            await db.run_sync(_upgrade)
            await db.commit()
            return True
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> None:
    # Alembic takes 0.2 s to import, and an up-to-date database does without.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    command.upgrade(config, "head")
