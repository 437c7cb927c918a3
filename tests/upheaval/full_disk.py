"""A disk that is full while everybody works: of the tables, or of the write-ahead log."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
from msgspec import Struct

from tests.upheaval.phone import TOLD_TO_RETURN
from tests.upheaval.play import on_stage
from tests.upheaval.server import Server, until
from tests.upheaval.small_disk import filled, small_filesystem
from tests.upheaval.stage import Stage

TOLD_WHILE_FULL = 30
PATIENCE_SECONDS = 120
# Enough for a new database with its first log files, and for little more.
TABLES_MEGABYTES, LOG_MEGABYTES = 160, 64
FILL_THE_LOG = "CREATE TABLE IF NOT EXISTS filler AS SELECT repeat('x', 1000) FROM generate_series(1, 40000)"


class Full(Struct, frozen=True):
    """What it came to: answers by kind, reads that were answered while it was full, what was wrong afterwards."""

    answers: dict[str, int]
    reads: int
    acknowledged: int
    violations: list[str]


async def tables_full(folder: Path, seed: int) -> Full:
    """Nothing can grow: writes are told to come back, reads go on."""
    disk = folder / "data"
    with small_filesystem(disk, TABLES_MEGABYTES):
        return await _work_on_a_full(disk, folder, seed, reads=10)


async def log_full(folder: Path, seed: int) -> Full:
    """PostgreSQL ends itself, and cannot come back before there is room: everything is told to come back."""
    server = Server(folder)
    await server.start()
    server.stop()
    disk = folder / "data" / "cluster" / "pg_wal"
    with small_filesystem(disk, LOG_MEGABYTES):
        return await _work_on_a_full(disk, folder, seed, reads=0)


async def _work_on_a_full(disk: Path, folder: Path, seed: int, *, reads: int) -> Full:
    chance = random.Random(seed)  # noqa: S311 (seeded)
    async with AsyncExitStack() as stack:
        stage, checker, _ = await stack.enter_async_context(on_stage(folder, chance))
        async with everybody_at_work(stage), filled(disk):
            if not reads:
                await _fill_the_log(stage)
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await until(lambda: stage.server.postmaster() is None)
            told = stage.seen.answers[TOLD_TO_RETURN] + TOLD_WHILE_FULL
            async with asyncio.timeout(PATIENCE_SECONDS):
                await until(lambda: stage.seen.answers[TOLD_TO_RETURN] > told)
                for _ in range(reads):
                    await stage.crew.desk.read("/v1/jobs?limit=1")
        violations = await checker.violations(everything=True)
        acknowledged = sum(len(each.acknowledged) for each in checker.accounts())
        return Full(dict(stage.seen.answers), reads, acknowledged, violations)


@asynccontextmanager
async def everybody_at_work(stage: Stage) -> AsyncIterator[None]:
    """On leaving, all that they recorded is answered, however often it was turned away."""
    over = asyncio.Event()
    working = asyncio.create_task(stage.crew.work(over))
    await asyncio.sleep(0.5)
    try:
        yield
    finally:
        over.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await working
            for phone in stage.crew.phones:
                await phone.sync()


async def _fill_the_log(stage: Stage) -> None:
    """Write more than the log's last file holds, so that it needs the next one."""
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        connection = await asyncpg.connect(stage.owner_url)
        await connection.execute(FILL_THE_LOG)
