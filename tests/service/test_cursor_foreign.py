"""Transactions that somebody leaves open, anywhere on the server: they delay nobody's pull, and are told when due."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from service.embedded_postgres import inspect, start
from service.recording.recording import record
from service.settings import Settings
from tests.builders.fleet import batch, both, encoded, fact, open_transaction, planned_job
from tests.builders.organisations import Organisation, add_organisation
from tests.processes.own_database import Own, service_on
from tests.service.watcher import Watcher

PATIENCE_SECONDS = 30


@pytest.fixture
async def own(tmp_path: Path) -> AsyncIterator[Own]:
    """A server that an administrator has opened further than ours: other databases, prepared transactions."""
    home = tmp_path / "data"
    start(home).stop()
    with (home / "cluster" / "postgresql.auto.conf").open("a") as more:
        more.write("max_prepared_transactions = 5\n")
    server = start(home)
    try:
        await _let_in_everywhere(home, server.owner_url)
        async with service_on(server, Settings(connections=4)) as own:
            yield own
    finally:
        server.stop()


async def _let_in_everywhere(home: Path, url: str) -> None:
    with (home / "cluster" / "pg_hba.conf").open("a") as access:
        access.write("local all onsite_owner scram-sha-256\n")
    number = inspect(home).server_pid
    assert number is not None
    os.kill(number, signal.SIGHUP)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await (await asyncpg.connect(_elsewhere(url))).close()
                return
            except asyncpg.InvalidAuthorizationSpecificationError:
                continue


def _elsewhere(url: str) -> str:
    """Another database of the same cluster."""
    return url.replace("/onsite?", "/postgres?")


async def assert_changes_go_on(own: Own, organisation: Organisation, watcher: Watcher) -> None:
    """What is committed now is told by the very next pull, and once."""
    desk, _ = both(own.client, organisation)
    for _ in range(3):
        job_id, _ = await planned_job(desk, organisation.outlet_id, organisation.technician)
        assert [job["id"] for job in (await watcher.pull())["jobs"]] == [str(job_id)]
        await desk.push(fact(job_id))
        assert [(job["id"], job["version"]) for job in (await watcher.pull())["jobs"]] == [(str(job_id), 3)]
        assert (await watcher.pull())["jobs"] == []
    await watcher.assert_holds_what_the_server_holds(own.database)


async def test_no_foreign_transaction_delays_what_others_commit(own: Own) -> None:
    organisation = await add_organisation(own.database)
    watcher = Watcher(both(own.client, organisation)[0])
    await watcher.pull()
    for url in (_elsewhere(own.server.owner_url), own.server.owner_url):
        foreigner = await asyncpg.connect(url)
        await foreigner.execute("BEGIN; SELECT pg_current_xact_id()")
        await assert_changes_go_on(own, organisation, watcher)
        oldest = await foreigner.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot()) = pg_current_xact_id()")
        assert oldest, "the foreigner did not hold the horizon: the test is too weak"
        await foreigner.close()
        await assert_changes_go_on(own, organisation, watcher)


async def test_a_prepared_transaction_delays_nobody_and_is_told_when_it_is_committed(own: Own) -> None:
    organisation = await add_organisation(own.database)
    desk, _ = both(own.client, organisation)
    watcher = Watcher(desk)
    job_id, _ = await planned_job(desk, organisation.outlet_id, organisation.technician)
    await watcher.pull()
    async with open_transaction(own.database) as db:
        await record(db, batch(organisation.dispatcher), [encoded(fact(job_id))])
        await db.execute(text("PREPARE TRANSACTION 'left behind'"))
        await db.rollback()

    await assert_changes_go_on(own, organisation, watcher)
    await own.database.pull_pool.execute("COMMIT PREPARED 'left behind'")
    told = await watcher.pull()

    assert [(job["id"], job["version"]) for job in told["jobs"]] == [(str(job_id), 3)]
    await watcher.assert_holds_what_the_server_holds(own.database)
