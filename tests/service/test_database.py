import asyncio

import pytest
from sqlalchemy import text

from service.database import Database, open_database
from service.embedded_postgres import Server
from service.settings import Settings

IMPATIENT = Settings(connections=1, pool_wait_seconds=0.05)


async def insert_organisation(database: Database, code: str, divisor: int) -> None:
    statement = text("INSERT INTO organisations (org_id, code, name) VALUES (uuidv7(), :code, 'x')")
    async with database.transaction() as db:
        await db.execute(statement, {"code": code})
        assert 1 / divisor


async def test_work_is_committed_on_leaving_and_undone_by_an_exception(database: Database) -> None:
    await insert_organisation(database, "kept", divisor=1)
    with pytest.raises(ZeroDivisionError):
        await insert_organisation(database, "undone", divisor=0)

    assert await database.pull_pool.fetchval("SELECT array_agg(code) FROM organisations") == ["kept"]


async def test_a_reader_opens_no_transaction(database: Database) -> None:
    """`now()` stands still within one."""
    async with database.reader() as db:
        first = (await db.execute(text("SELECT now()"))).scalar_one()
        second = (await db.execute(text("SELECT now()"))).scalar_one()

    assert first < second


async def test_nobody_waits_long_for_a_connection(migrated: Server) -> None:
    async with open_database(migrated.app_url, IMPATIENT) as database:
        async with database.reader(), database.pull_pool.acquire():
            with pytest.raises(Exception, match="QueuePool limit"):
                async with database.reader():
                    pass
            with pytest.raises(TimeoutError):
                await database.pull_pool.fetchval("SELECT 1")

        assert await database.pull_pool.fetchval("SELECT 1") == 1


@pytest.mark.parametrize("setting", ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
async def test_nothing_runs_or_waits_for_ever_on_either_way_in(database: Database, setting: str) -> None:
    async with database.reader() as db:
        assert (await db.execute(text(f"SHOW {setting}"))).scalar_one() not in {"0", "0s"}
    assert await database.pull_pool.fetchval(f"SHOW {setting}") not in {"0", "0s"}


async def test_a_statement_that_is_given_up_does_not_harm_the_next(database: Database) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(database.pull_pool.fetchval("SELECT pg_sleep(30)"), timeout=0.05)

    assert await database.pull_pool.fetchval("SELECT 1") == 1
