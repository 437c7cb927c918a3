"""Each life of the data has an epoch of its own, and opens it before anybody is answered from it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import update
from structlog.testing import capture_logs

from service.app import create_app
from service.database import Database, open_database
from service.embedded_postgres import Server
from service.epochs.watching import look_again, open_epoch, went_back
from service.http.failures import refusal_of
from service.settings import Settings
from service.store.sync.epochs import Reason
from service.store.tables import audience, organisations
from tests.builders.fleet import both, planned_job, stored
from tests.builders.organisations import Organisation, add_organisation
from tests.processes.installations import free_port

# What a dump carries into another cluster, and what a promotion or a recovery leaves behind.
ELSEWHERE = {"epoch_system_id": "7000000000000000000.5.16385"}
EARLIER = {"epoch_timeline": 99}
# A dump that is put back into the same cluster makes the table anew, if not the database.
CLUSTER_DATABASE_TABLE = """
SELECT concat_ws('.', (pg_control_system()).system_identifier, d.oid, t.oid)
FROM pg_database d, pg_class t WHERE d.datname = current_database() AND t.relname = 'organisations'
"""


@pytest.fixture
async def organisation(database: Database) -> Organisation:
    """One whose epoch was opened in this life of the database."""
    made = await add_organisation(database)
    await look_again(database)
    return made


async def lives(database: Database) -> dict[UUID, tuple[Any, ...]]:
    rows = await stored(database, organisations)
    return {row["org_id"]: (row["epoch"], row["epoch_system_id"], row["epoch_timeline"]) for row in rows}


async def epochs(database: Database) -> set[int]:
    return {epoch for epoch, _, _ in (await lives(database)).values()}


async def put_back_from(database: Database, mark: dict[str, Any]) -> None:
    async with database.transaction() as db:
        await db.execute(update(organisations).values(mark))


def openings(logs: Sequence[Any]) -> list[str]:
    return [entry["reason"] for entry in logs if entry["event"] == "epoch_opened"]


async def test_the_first_life_is_kept_and_looking_again_changes_nothing(database: Database) -> None:
    await add_organisation(database)
    (before,) = await epochs(database)

    await look_again(database)
    first = await lives(database)
    await look_again(database)

    ((epoch, place, timeline),) = first.values()
    assert (epoch, timeline) == (before, 1)
    assert place == await database.pull_pool.fetchval(CLUSTER_DATABASE_TABLE)
    assert await lives(database) == first


@pytest.mark.parametrize(("mark", "reason"), [(ELSEWHERE, "another_place"), (EARLIER, "another_timeline")])
async def test_data_that_was_put_back_gets_a_new_epoch_for_every_organisation(
    database: Database, organisation: Organisation, mark: dict[str, Any], reason: str
) -> None:
    await put_back_from(database, mark)
    newcomer = await add_organisation(database, "YL")
    before = await lives(database)

    with capture_logs() as logs:
        await look_again(database)
    after = await lives(database)
    await look_again(database)

    assert openings(logs) == [reason]
    assert {epoch for epoch, _, _ in before.values()}.isdisjoint(epoch for epoch, _, _ in after.values())
    assert len({epoch for epoch, _, _ in after.values()}) == 2
    assert after[newcomer.org_id][1:] == after[organisation.org_id][1:]
    assert await lives(database) == after, "an epoch is opened once"


async def test_rows_that_this_counter_has_not_reached_count_as_written_long_ago(
    client: AsyncClient, database: Database, organisation: Organisation
) -> None:
    desk, phone = both(client, organisation)
    job_id, _ = await planned_job(desk, organisation.outlet_id, organisation.technician)
    later, _ = await planned_job(desk, organisation.outlet_id, organisation.technician)
    async with database.transaction() as db:
        await db.execute(update(audience).where(audience.c.document_id == job_id).values(xid=2**40))
    reached = {row["xid"] for row in await stored(database, audience, audience.c.document_id == later)}
    await put_back_from(database, ELSEWHERE)

    await look_again(database)

    assert {row["xid"] for row in await stored(database, audience, audience.c.document_id == job_id)} == {3}
    assert {row["xid"] for row in await stored(database, audience, audience.c.document_id == later)} == reached
    await phone.pull()
    assert set(phone.jobs) == {str(job_id), str(later)}
    assert (await phone.pull())["jobs"] == []


async def test_of_many_who_find_it_out_at_once_one_opens(database: Database, organisation: Organisation) -> None:
    await put_back_from(database, EARLIER)
    with capture_logs() as logs:
        await asyncio.gather(*(look_again(database) for _ in range(8)))
    assert openings(logs) == ["another_timeline"]

    (seen,) = await epochs(database)
    with capture_logs() as logs:
        await asyncio.gather(*(went_back(database, organisation.org_id, seen) for _ in range(8)))
    assert openings(logs) == ["cursor_from_the_future"]

    with capture_logs() as logs:
        await went_back(database, organisation.org_id, seen)
    assert openings(logs) == [], "that epoch is over"
    with capture_logs() as logs:
        await open_epoch(database, Reason.OPERATOR)
    assert openings(logs) == ["operator"], "who says so has a reason, whatever the epoch"


async def test_no_connection_is_used_before_its_life_is_known(
    database: Database, organisation: Organisation, migrated: Server, settings: Settings
) -> None:
    """Also where nobody asked: the first connection of either way in looks."""
    for way in ("reader", "pull_pool"):
        await put_back_from(database, ELSEWHERE)
        before = await epochs(database)
        async with open_database(migrated.app_url, settings) as anew:
            if way == "reader":
                async with anew.reader():
                    pass
            else:
                await anew.pull_pool.fetchval("SELECT 1")
        assert before.isdisjoint(await epochs(database)), way


async def test_a_connection_whose_life_cannot_be_settled_is_refused_as_busy_and_the_next_one_tries_again(
    database: Database, organisation: Organisation, migrated: Server
) -> None:
    """Somebody holds the organisations: nobody is answered from data whose epoch is of another life."""
    await put_back_from(database, ELSEWHERE)
    before, impatient = await epochs(database), Settings(lock_seconds=0.05)
    async with open_database(migrated.app_url, impatient) as anew:
        async with database.transaction() as db:
            await db.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('onsite epoch', 0))")
            for way in (anew.pull_pool.fetchval("SELECT 1"), anew.engine.connect()):
                with pytest.raises(ConnectionError) as refused:
                    await way
                assert refusal_of(refused.value).code == "busy"
            await look_again(anew)
        assert await epochs(database) == before
        assert await anew.pull_pool.fetchval("SELECT 1") == 1
    assert before.isdisjoint(await epochs(database))


async def test_a_server_starts_without_its_database_and_looks_when_it_starts_with_it(
    database: Database, organisation: Organisation, migrated: Server, settings: Settings
) -> None:
    nowhere = create_app(settings, f"postgresql://onsite@127.0.0.1:{free_port()}/onsite")
    with capture_logs() as logs:
        async with nowhere.lifespan():
            pass
    assert [entry["event"] for entry in logs] == ["life_unknown"]

    await put_back_from(database, ELSEWHERE)
    with capture_logs() as logs:
        async with create_app(settings, migrated.app_url).lifespan():
            assert openings(logs) == ["another_place"]
