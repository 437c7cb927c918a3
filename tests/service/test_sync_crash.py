"""A database that crashed gives transaction ids out again: no cursor may take what is written under them for seen."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest
from httpx import AsyncClient

from service.app import create_app
from service.database import Database, open_database
from service.embedded_postgres import Server, inspect, start
from service.running.migrate import migrate
from service.settings import Settings
from tests.conftest import speaking_to
from tests.fleet import both, fact, planned_job
from tests.organisations import add_organisation
from tests.watcher import Watcher

PATIENCE_SECONDS = 60
TAKEN_BACK = "BEGIN; SELECT pg_current_xact_id(); ROLLBACK;"


class Crashing:
    """A database of its own, with the service on it, that can be killed."""

    def __init__(self, server: Server, database: Database, client: AsyncClient) -> None:
        self.server, self.database, self.client = server, database, client

    async def end(self) -> int:
        """The first transaction id that nobody was given yet, as a statement sees it."""
        return int(
            await self.database.pull_pool.fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        )

    async def take_back(self, count: int) -> None:
        """Use transaction ids that leave no trace on disk."""
        connection = await asyncpg.connect(self.server.owner_url)
        await connection.execute(TAKEN_BACK * count)
        await connection.close()

    async def crash(self) -> None:
        """All its processes at once, before any can write down what it holds in memory; then it is back by itself."""
        number = inspect(self.server.data_directory).server_pid
        postmaster = psutil.Process(number)
        processes = [postmaster, *postmaster.children(recursive=True)]
        for each in processes:
            each.kill()
        psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await self.client.get("/v1/health")).status_code != 200:
                pass
        await self.connect_anew()

    async def connect_anew(self) -> None:
        """Leave every connection behind."""
        await self.database.pull_pool.expire_connections()
        await self.database.engine.dispose()


@pytest.fixture
async def crashing(tmp_path: Path) -> AsyncIterator[Crashing]:
    server, settings = start(tmp_path / "data"), Settings(connections=2)
    try:
        await migrate(server.owner_url)
        async with open_database(server.app_url, settings) as database:
            application = create_app(settings, "postgresql://")
            application.state.database = database
            async with speaking_to(application) as client:
                yield Crashing(server, database, client)
    finally:
        server.stop()


async def test_what_is_written_after_a_crash_is_told_though_its_id_was_taken_back_before(crashing: Crashing) -> None:
    organisation = await add_organisation(crashing.database)
    desk, phone = both(crashing.client, organisation)
    job_id, _ = await planned_job(desk, organisation.outlet_id, organisation.technician)
    watcher = Watcher(phone)
    await watcher.pull()
    # As many ids as the service uses between here and the change, and some more.
    await crashing.take_back(100)
    await watcher.pull()
    given_out = await crashing.end()

    await crashing.crash()
    await desk.push(fact(job_id))
    assert await crashing.end() < given_out, "the ids were not given out again: the test is too weak"
    while (await phone.ask()).status_code == 503:
        "Some connections have yet to learn of the crash."
    told = await watcher.pull()

    assert [(job["id"], job["version"], told["reset"]) for job in told["jobs"]] == [(str(job_id), 3, None)]
