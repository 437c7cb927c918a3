"""Somebody else in the same database: takes transaction ids and gives them back, with savepoints, all the time.

What it rolls back leaves no trace on disk, so a killed server hands the same ids out again: the hardest case for a
cursor that is made of them.
"""

import asyncio
import contextlib

import asyncpg

# So that after a crash others are given the ids that it took back.
AWAY_SECONDS = 0.7
TAKEN_BACK = """BEGIN; SELECT pg_current_xact_id(); SAVEPOINT one; SELECT pg_current_xact_id(); ROLLBACK TO one;
ROLLBACK"""


class Foreigner:
    """Runs until stopped; comes back whenever its connection was lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.taken_back = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _go_on(self) -> None:
        while True:
            with contextlib.suppress(
                OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
            ):
                await self._burn()
            await asyncio.sleep(AWAY_SECONDS)

    async def _burn(self) -> None:
        connection = await asyncpg.connect(self._url, timeout=2, command_timeout=2)
        try:
            while True:
                await connection.execute(TAKEN_BACK)
                self.taken_back += 1
                await asyncio.sleep(0.001)
        finally:
            connection.terminate()
