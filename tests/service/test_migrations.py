import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from service.database import sqlalchemy_url
from service.embedded_postgres import Server
from service.running.migrate import LOCK, MIGRATIONS, applied_revision, migrate, newest_revision
from service.store.tables import TransactionId, metadata

# SQLAlchemy reads no type that it does not know back from a database.
ischema_names["xid8"] = TransactionId


def engine_at(url: str) -> AsyncEngine:
    return create_async_engine(sqlalchemy_url(url), poolclass=NullPool)


@pytest.fixture
async def empty_database(postgres: Server) -> AsyncIterator[str]:
    """A URL whose owner finds no table at all: a schema of its own on the tests' server."""
    schema = f"empty_{uuid4().hex}"
    owner = engine_at(postgres.owner_url)
    async with owner.begin() as db:
        before = (await db.execute(text("SHOW search_path"))).scalar_one()
        await db.execute(text(f"CREATE SCHEMA {schema}"))
        await db.execute(text(f"ALTER ROLE CURRENT_USER SET search_path = {schema}"))
    yield postgres.owner_url
    async with owner.begin() as db:
        await db.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        await db.execute(text(f"ALTER ROLE CURRENT_USER SET search_path = {before}"))


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_the_migrations_make_exactly_the_tables_that_the_program_names(migrated: Server) -> None:
    async with engine_at(migrated.owner_url).connect() as db:
        assert await db.run_sync(differences) == []


async def test_a_table_that_no_migration_makes_is_noticed(migrated: Server) -> None:
    async with engine_at(migrated.owner_url).connect() as db:
        await db.execute(text("ALTER TABLE jobs DROP COLUMN priority"))

        assert len(await db.run_sync(differences)) == 1


async def test_a_second_migration_has_nothing_to_do(empty_database: str) -> None:
    assert await migrate(empty_database) is True
    assert await migrate(empty_database) is False


async def test_processes_that_migrate_at_once_do_it_once(empty_database: str) -> None:
    changed = await asyncio.gather(*(migrate(empty_database) for _ in range(4)))

    assert True in changed
    async with engine_at(empty_database).connect() as db:
        assert await applied_revision(db) == newest_revision()


async def test_a_migration_waits_for_the_one_that_is_running(empty_database: str) -> None:
    async with engine_at(empty_database).connect() as holder:
        await holder.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        waiting = asyncio.create_task(migrate(empty_database))
        await until_somebody_waits_for_the_lock(empty_database)

        assert not waiting.done()

    assert await waiting is True


async def until_somebody_waits_for_the_lock(url: str) -> None:
    async with engine_at(url).connect() as db:
        autocommit = await db.execution_options(isolation_level="AUTOCOMMIT")
        query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        while not (await autocommit.execute(query)).scalar_one():
            pass


async def test_an_empty_database_has_seen_no_migration(empty_database: str) -> None:
    async with engine_at(empty_database).connect() as db:
        assert await applied_revision(db) is None


async def test_the_service_itself_may_not_change_the_schema(migrated: Server) -> None:
    async with engine_at(migrated.app_url).connect() as db:
        with pytest.raises(Exception, match=r"permission denied|must be owner"):
            await db.execute(text("DROP TABLE facts"))


def test_migrations_are_numbered_without_a_gap() -> None:
    numbers = sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))

    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
