"""The embedded server is killed: it is there again by itself, with everything that was committed."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from service.embedded_postgres import Server, inspect, start

PATIENCE_SECONDS = 60


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = start(tmp_path / "data")
    yield running
    running.stop()


def postmaster(server: Server) -> psutil.Process:
    number = inspect(server.data_directory).server_pid
    assert number is not None
    return psutil.Process(number)


async def answered(url: str, question: str) -> object:
    """The answer, as soon as there is a server to give one."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                connection = await asyncpg.connect(url)
                try:
                    return await connection.fetchval(question)
                finally:
                    await connection.close()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.02)


async def test_a_killed_server_is_started_again_every_time_and_keeps_what_was_committed(server: Server) -> None:
    await answered(server.owner_url, "CREATE TABLE kept (number int)")
    for number in range(1, 4):
        await answered(server.owner_url, f"INSERT INTO kept VALUES ({number}) RETURNING number")  # noqa: S608
        killed = postmaster(server)

        killed.kill()
        killed.wait(PATIENCE_SECONDS)

        assert await answered(server.owner_url, "SELECT count(*) FROM kept") == number
        assert postmaster(server) != killed


async def test_a_server_that_was_started_again_still_ends_with_its_owner(server: Server) -> None:
    killed = postmaster(server)
    killed.kill()
    killed.wait(PATIENCE_SECONDS)
    await answered(server.app_url, "SELECT 1")
    following = postmaster(server)

    server.stop()

    assert not following.is_running()


def test_a_server_that_is_stopped_while_it_is_down_is_not_started_again(server: Server) -> None:
    killed = postmaster(server)
    killed.kill()
    killed.wait(PATIENCE_SECONDS)

    server.stop()

    assert inspect(server.data_directory).server_pid is None
