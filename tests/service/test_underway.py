"""What is computed while the database works on a statement."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.database import Database
from service.embedded_postgres import Server
from service.store.underway import underway

PASS = text("SELECT pg_advisory_xact_lock(:gate)")
PASS_WITH = text("SELECT pg_advisory_xact_lock(:gate), :most")
BYTES_OF_FIFTY_JOBS = 280_000
PATIENCE_SECONDS = 15
"""Less than whoever waits at the gate is let wait."""
SHUT, OPEN = {"gate": 7}, {"gate": 8}
WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted)"


@pytest.fixture
async def gate(database: Database, migrated: Server) -> AsyncIterator[asyncpg.Connection]:
    """Shut until `opened`: whoever wants to pass waits."""
    connection = await asyncpg.connect(migrated.app_url)
    await connection.execute("SELECT pg_advisory_lock(7)")
    yield connection
    await connection.close()


async def opened(gate: asyncpg.Connection) -> None:
    await gate.execute("SELECT pg_advisory_unlock(7)")


async def waiting(server: Server, *, wanted: bool = True) -> bool:
    """Once somebody waits at the gate, or nobody does any more."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        connection = await asyncpg.connect(server.app_url)
        while await connection.fetchval(WAITING) is not wanted:
            pass
        await connection.close()
    return True


def apart(ask: Coroutine[Any, Any, bool]) -> bool:
    """What another thread finds out while this one, and so its event loop, does nothing."""
    with ThreadPoolExecutor() as other:
        return other.submit(asyncio.run, ask).result()


async def test_the_statement_is_at_work_before_anything_is_computed(
    database: Database, gate: asyncpg.Connection, migrated: Server
) -> None:
    async with database.transaction() as db:
        await db.execute(PASS, OPEN)
        async with underway(db.execute(PASS, SHUT)) as passed:
            assert apart(waiting(migrated))
            assert not passed.done()
            await opened(gate)


async def test_the_largest_statement_of_a_push_is_at_work_too(
    database: Database, gate: asyncpg.Connection, migrated: Server
) -> None:
    most = "x" * BYTES_OF_FIFTY_JOBS
    async with database.transaction() as db:
        await db.execute(PASS_WITH, {**OPEN, "most": most})
        async with underway(db.execute(PASS_WITH, {**SHUT, "most": most})):
            assert apart(waiting(migrated))
            await opened(gate)


async def test_on_leaving_its_answer_is_there(database: Database) -> None:
    async with database.transaction() as db:
        async with underway(db.scalar(text("SELECT 6 * 7"))) as product:
            pass

        assert product.result() == 42


async def test_its_error_is_raised_on_leaving(database: Database) -> None:
    computed = []
    with pytest.raises(DBAPIError, match="division by zero"):
        async with database.transaction() as db, underway(db.execute(text("SELECT 1 / 0"))):
            computed.append(1)

    assert computed


async def test_whoever_leaves_by_an_exception_finds_the_connection_free(database: Database) -> None:
    organisation = text("INSERT INTO organisations (org_id, code, name) VALUES (uuidv7(), 'kept', 'x')")
    async with database.transaction() as db:
        await db.execute(text("SELECT 1"))
        with pytest.raises(ZeroDivisionError):
            async with underway(db.execute(organisation)) as inserted:
                raise ZeroDivisionError

        assert inserted.done()
        assert await db.scalar(text("SELECT count(*) FROM organisations")) == 1


async def test_who_is_cancelled_leaves_nothing_underway(
    database: Database, gate: asyncpg.Connection, migrated: Server
) -> None:
    async def pass_by() -> None:
        async with database.transaction() as db, underway(db.execute(PASS, SHUT)):
            pass

    before, passing = asyncio.all_tasks(), asyncio.create_task(pass_by())
    await waiting(migrated)
    passing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await passing

    assert asyncio.all_tasks() <= before
    assert await waiting(migrated, wanted=False)
    async with database.transaction() as db:
        assert await db.scalar(text("SELECT 1")) == 1
