"""A database that crashed gives transaction ids out again: no cursor may take what is written under them for seen."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from service.embedded_postgres import inspect, start
from service.settings import Settings
from tests.builders.fleet import both, fact, planned_job
from tests.builders.organisations import add_organisation
from tests.processes.own_database import Own, service_on
from tests.processes.workers import title
from tests.service.watcher import Watcher

PATIENCE_SECONDS = 60
ATTEMPTS = 5
TAKEN_BACK = "BEGIN; SELECT pg_current_xact_id(); ROLLBACK;"
WRITE_DOWN = ("walwriter", "background writer", "checkpointer", "autovacuum launcher")
"""Processes of a server that bring to disk what nobody asked for."""


async def end(own: Own) -> int:
    """The first transaction id that nobody was given yet, as a statement sees it."""
    return int(await own.database.pull_pool.fetchval("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))


async def take_back(own: Own, count: int) -> None:
    """Use transaction ids that leave no trace on disk."""
    connection = await asyncpg.connect(own.server.owner_url)
    await connection.execute(TAKEN_BACK * count)
    await connection.close()


def family(own: Own) -> list[psutil.Process]:
    """The processes of the database."""
    postmaster = psutil.Process(inspect(own.server.data_directory).server_pid)
    return [postmaster, *postmaster.children(recursive=True)]


async def crash(own: Own) -> None:
    """All its processes at once, before any can write down what it holds in memory; then it is back by itself."""
    processes = family(own)
    for each in processes:
        each.kill()
    psutil.wait_procs(processes, timeout=PATIENCE_SECONDS)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await own.client.get("/v1/health")).status_code != 200:
            pass
    await own.database.pull_pool.expire_connections()
    await own.database.engine.dispose()


async def crash_losing_ids(own: Own, watcher: Watcher) -> int:
    """Crash after the phone's pull has seen ids that are given out again; answers the end of those that it saw.

    Whatever is committed after them, such as a vacuum that had begun, brings them to disk: then once more.
    """
    for _ in range(ATTEMPTS):
        for each in family(own):
            if any(name in title(each) for name in WRITE_DOWN):
                each.suspend()
        # As many ids as the service uses between here and the change, and some more.
        await take_back(own, 3000)
        await watcher.pull()
        given_out = await end(own)
        await crash(own)
        while (await watcher.phone.ask()).status_code == 503:
            "Some connections have yet to learn of the crash."
        if await end(own) < given_out:
            return given_out
    pytest.fail(f"in {ATTEMPTS} crashes the ids were never given out again")


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Own]:
    server = start(tmp_path / "data")
    try:
        async with service_on(server, Settings(connections=2)) as own:
            yield own
    finally:
        server.stop()


async def test_what_is_written_after_a_crash_is_told_though_its_id_was_taken_back_before(own: Own) -> None:
    organisation = await add_organisation(own.database)
    desk, phone = both(own.client, organisation)
    job_id, _ = await planned_job(desk, organisation.outlet_id, organisation.technician)
    watcher = Watcher(phone)
    await watcher.pull()
    given_out = await crash_losing_ids(own, watcher)
    await desk.push(fact(job_id))
    assert await end(own) < given_out, "the ids were not given out again: the test is too weak"
    told = await watcher.pull()

    assert [(job["id"], job["version"], told["reset"]) for job in told["jobs"]] == [(str(job_id), 3, None)]
