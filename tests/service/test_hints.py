"""Streams of hints: told of what is theirs, of nothing else, and never kept from anybody by somebody else."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from httpx import AsyncClient
from litestar import Litestar
from sqlalchemy import update
from structlog.testing import capture_logs

from domain.people.actor import Role
from service.app import create_app
from service.database import Database, open_database
from service.embedded_postgres import Server
from service.pulling.listening import Listeners
from service.settings import Settings
from service.store.sync import hints
from service.store.tables import CURRENT_TRANSACTION, NOW, audience, devices, members, organisations
from tests.builders.fleet import a_person, both, fact, open_transaction, planned_job
from tests.builders.organisations import Organisation, Person, add_organisation
from tests.builders.phone import Phone
from tests.processes.open_stream import PATIENCE_SECONDS, listening, opened


@pytest.fixture(autouse=True)
def listeners(application: Litestar) -> Listeners:
    """Streams of this test alone: nobody of the test before is still looking."""
    fresh = Listeners()
    application.state.listeners = fresh
    return fresh


async def note(phone: Phone, job_id: UUID) -> None:
    """A change of the job."""
    answer = await phone.push(fact(job_id))
    assert answer["outcomes"][0]["outcome"] == "recorded"


async def test_a_stream_begins_with_when_to_return_and_with_a_hint_for_what_was_missed(
    application: Litestar, an_organisation: Organisation
) -> None:
    async with opened(application, an_organisation.technician) as stream:
        assert await stream.event() == "changed"

    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
    assert (stream.headers["cache-control"], stream.headers["x-accel-buffering"]) == ("no-store", "no")
    assert not {"content-length", "content-encoding"} & set(stream.headers)


async def test_whoever_holds_a_job_hears_of_its_change_and_nobody_else_does(
    client: AsyncClient, application: Litestar, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    neighbour = await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112")
    other = await add_organisation(database, "YY")
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    theirs, _ = await planned_job(desk, an_organisation.outlet_id, neighbour)
    people = (an_organisation.technician, neighbour, an_organisation.dispatcher, other.dispatcher)

    async with listening(application, *people) as (technician, stranger, dispatcher, foreigner):
        await note(desk, job_id)
        assert (await technician.event(), await dispatcher.event()) == ("changed", "changed")
        await note(desk, theirs)
        assert (await stranger.event(), await dispatcher.event()) == ("changed", "changed")

        assert [each.unheard for each in (technician, stranger, dispatcher, foreigner)] == [0, 0, 0, 0]


async def test_a_change_that_is_committed_after_later_ones_is_heard_too(
    client: AsyncClient, application: Litestar, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    neighbour = await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112")
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    theirs, _ = await planned_job(desk, an_organisation.outlet_id, neighbour)
    own = update(audience).where(audience.c.document_id == job_id)

    async with listening(application, an_organisation.technician, neighbour) as (technician, stranger):
        async with open_transaction(database) as db:
            await db.execute(own.values(xid=CURRENT_TRANSACTION))
            await note(desk, theirs)
            assert await stranger.event() == "changed"
            await note(desk, theirs)
            assert (await stranger.event(), technician.unheard) == ("changed", 0)
            await db.commit()
        assert await technician.event() == "changed"


async def test_a_new_catalogue_and_another_life_of_the_data_are_news_for_everybody(
    application: Litestar, database: Database, an_organisation: Organisation
) -> None:
    own = update(organisations).where(organisations.c.org_id == an_organisation.org_id)

    async with listening(application, an_organisation.technician) as (technician,):
        for change in ({"catalogue_digest": "f" * 64}, {"epoch": 7}):
            async with database.transaction() as db:
                await db.execute(own.values(change))
            assert await technician.event() == "changed"


async def test_a_revoked_device_and_a_revoked_member_hear_why_the_stream_ends(
    application: Litestar, database: Database, an_organisation: Organisation
) -> None:
    phone, member = an_organisation.technician.actor, an_organisation.dispatcher.actor

    async with listening(application, an_organisation.technician, an_organisation.dispatcher) as (first, second):
        async with database.transaction() as db:
            revoked = update(devices).where(devices.c.id == phone.device_id)
            await db.execute(revoked.values(revoked_at=NOW, authority_version=2))
            await db.execute(update(members).where(members.c.id == member.member_id).values(authority_version=2))

        assert (await first.event(), await second.event()) == ("bye device_revoked", "bye token_revoked")
        await first.end()
        await second.end()


async def test_a_token_that_is_not_valid_any_more_opens_nothing(
    application: Litestar, database: Database, an_organisation: Organisation
) -> None:
    technician = an_organisation.technician
    async with database.transaction() as db:
        own = update(devices).where(devices.c.id == technician.actor.device_id)
        await db.execute(own.values(authority_version=2))

    for person, code in ((technician, "token_revoked"), (Person(technician.actor, "x.y.z"), "token_malformed")):
        async with opened(application, person) as stream:
            await stream.end()
        assert (stream.status, stream.problem) == (401, code)


async def test_a_stream_ends_when_its_token_does(
    application: Litestar, an_organisation: Organisation, clock: time_machine.Traveller
) -> None:
    async with listening(application, an_organisation.technician) as (stream,):
        clock.shift(timedelta(minutes=11))

        assert await stream.event() == "bye token_expired"
        await stream.end()


async def test_a_second_stream_of_a_device_takes_the_place_of_the_first(
    client: AsyncClient, application: Litestar, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)

    async with listening(application, an_organisation.technician, an_organisation.technician) as (first, second):
        assert await first.event() == "bye replaced"
        await first.end()
        await note(desk, job_id)
        assert (await second.event(), first.unheard) == ("changed", 0)


async def test_a_slow_reader_hears_once_of_everything_that_it_missed_and_keeps_nobody_waiting(
    client: AsyncClient, application: Litestar, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)

    async with listening(application, an_organisation.technician, an_organisation.dispatcher) as (slow, quick):
        slow.reading.clear()
        for _ in range(4):
            await note(desk, job_id)
            assert await quick.event() == "changed"
        slow.reading.set()
        # One was being sent when the reader stopped to read; all others are one.
        assert [await slow.event(), await slow.event()] == ["changed", "changed"]
        await note(desk, job_id)
        assert (await quick.event(), await slow.event(), slow.unheard) == ("changed", "changed", 0)


async def test_when_all_places_are_taken_others_are_told_to_wait_until_somebody_leaves(
    application: Litestar, an_organisation: Organisation
) -> None:
    application.state.listeners = Listeners(most=1)

    async with listening(application, an_organisation.technician):
        async with opened(application, an_organisation.dispatcher) as refused:
            await refused.end()
        async with listening(application, an_organisation.technician):
            pass
    async with listening(application, an_organisation.dispatcher):
        pass

    assert (refused.status, refused.problem) == (503, "busy")
    assert int(refused.headers["retry-after"]) >= 1


async def test_a_server_that_stops_says_so_and_opens_nothing_more(
    application: Litestar, an_organisation: Organisation, listeners: Listeners
) -> None:
    async with listening(application, an_organisation.technician) as (stream,):
        listeners.stop()
        assert await stream.event() == "bye stopping"
        await stream.end()
    async with opened(application, an_organisation.technician) as refused:
        await refused.end()

    assert refused.status == 503


async def test_asking_for_the_headers_only_opens_nothing(
    client: AsyncClient, application: Litestar, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)

    async with listening(application, an_organisation.technician) as (stream,):
        async with opened(application, an_organisation.technician, "HEAD") as head:
            await head.end()
        await note(desk, job_id)

        assert await stream.event() == "changed"
    assert (head.status, head.headers["content-type"], head.unheard) == (200, "text/event-stream", 0)


async def test_a_look_that_fails_ends_no_stream_and_loses_no_change(
    client: AsyncClient, an_organisation: Organisation, database: Database, migrated: Server
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    impatient = Settings(lock_seconds=0.05)
    own = create_app(impatient, "postgresql://")

    async with open_database(migrated.app_url, impatient) as for_listeners:
        own.state.database = for_listeners
        async with listening(own, an_organisation.technician) as (stream,), open_transaction(database) as db:
            # Whoever looks waits for this table until lock_seconds have passed, and fails.
            await db.exec_driver_sql("LOCK TABLE outlets")
            with capture_logs() as said:
                await note(desk, job_id)
                async with asyncio.timeout(PATIENCE_SECONDS):
                    while not said:
                        await database.pull_pool.fetchval("SELECT 1")
            await db.rollback()
            assert await stream.event() == "changed"
    assert said == [{"event": "hints_interrupted", "log_level": "warning", "error": "LockNotAvailableError"}]


async def test_what_changes_while_a_look_that_began_before_the_stream_is_under_way_is_heard(
    client: AsyncClient, application: Litestar, an_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    real, under_way, may_go_on = hints.look, asyncio.Event(), asyncio.Event()

    async def look(pool: Any, listening: Any, since: str | None) -> hints.Look:
        if since is not None:
            under_way.set()
            await may_go_on.wait()
        return await real(pool, listening, since)

    monkeypatch.setattr(hints, "look", look)
    async with listening(application, an_organisation.dispatcher):
        await asyncio.wait_for(under_way.wait(), PATIENCE_SECONDS)
        async with listening(application, an_organisation.technician) as (late,):
            await phone.pull()
            await note(desk, job_id)
            may_go_on.set()

            assert await late.event() == "changed"
