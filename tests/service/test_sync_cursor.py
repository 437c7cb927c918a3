"""The cursor: nothing lost and nothing said twice, whatever order transactions end in and whoever sends what cursor."""

import base64
import random
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.database import Database
from service.recording.recording import record
from service.store.tables import members, organisations
from sync import cursor as cursors
from tests.builders.fleet import an_outlet, batch, both, encoded, fact, open_transaction, planned_job, stored
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone
from tests.service.watcher import Watcher


async def note(db: AsyncConnection, person: Person, job_id: UUID) -> None:
    """Change a job inside a transaction that the test holds open."""
    await record(db, batch(person), [encoded(fact(job_id))])


@pytest.fixture
async def watcher(client: AsyncClient, an_organisation: Organisation) -> Watcher:
    found = Watcher(Phone(client, an_organisation.dispatcher))
    await found.pull()
    return found


@pytest.fixture
async def job_ids(client: AsyncClient, an_organisation: Organisation, watcher: Watcher) -> list[UUID]:
    desk, _ = both(client, an_organisation)
    made = [(await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0] for _ in range(3)]
    await watcher.pull()
    return made


@pytest.mark.parametrize("steps", ["aBbA", "abAB", "abBA", "baAB", "aAbB", "aBAb", "abrB", "bBaA", "aBbr"])
async def test_transactions_that_end_in_any_order_are_each_told_once(
    database: Database, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID], steps: str
) -> None:
    """A has the smaller transaction id. a, b: writes; A, B: commits; r: A rolls back."""
    person = an_organisation.dispatcher
    async with open_transaction(database) as first, open_transaction(database) as second:
        for step in steps:
            if step in "ab":
                db, job_id = (first, job_ids[0]) if step == "a" else (second, job_ids[1])
                if not db.in_transaction():
                    await db.begin()
                await note(db, person, job_id)
            elif step == "r":
                await first.rollback()
            else:
                await (first if step == "A" else second).commit()
            await watcher.pull()
        for db in (first, second):
            if db.in_transaction():
                await db.commit()
    await watcher.pull()
    await watcher.assert_holds_what_the_server_holds(database)
    assert (await watcher.pull())["jobs"] == []


async def test_a_row_written_last_by_the_older_transaction_is_told_again(
    database: Database, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    """The row's transaction id then goes backwards: a cursor that compares with "greater" misses it."""
    async with open_transaction(database) as older:
        async with database.transaction() as younger:
            await note(younger, an_organisation.dispatcher, job_ids[0])
        await watcher.pull()
        await note(older, an_organisation.dispatcher, job_ids[0])
        await older.commit()
    await watcher.pull()
    await watcher.assert_holds_what_the_server_holds(database)
    assert (str(job_ids[0]), 4) in watcher.told


async def test_a_savepoint_is_told_when_it_is_kept_and_not_when_it_is_taken_back(
    database: Database, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    person = an_organisation.dispatcher
    async with open_transaction(database) as db:
        async with db.begin_nested():
            await note(db, person, job_ids[0])
        taken_back = await db.begin_nested()
        await note(db, person, job_ids[1])
        await taken_back.rollback()
        await watcher.pull()
        await db.commit()
    pulled = await watcher.pull()
    assert [job["id"] for job in pulled["jobs"]] == [str(job_ids[0])]
    await watcher.assert_holds_what_the_server_holds(database)


@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_belong_to_one_moment_while_others_write_on(
    client: AsyncClient, database: Database, an_organisation: Organisation, limit: int
) -> None:
    desk, _ = both(client, an_organisation)
    made = [(await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0] for _ in range(15)]
    watcher, chance = Watcher(Phone(client, an_organisation.dispatcher)), random.Random(limit)  # noqa: S311 (seeded)
    reset, pages = (await watcher.pull(limit=limit))["reset"], 1
    async with open_transaction(database) as db:
        await note(db, an_organisation.dispatcher, made[4])
        while (page := await watcher.pull(limit=limit))["more"]:
            assert not page["reset"]
            pages += 1
            assert pages <= 16 // limit + 1, "pages that follow the writers never end"
            for job_id in chance.sample([each for each in made if each != made[4]], 2):
                await desk.push(desk.fact(job_id, "note_added", {"text": "a"}))
            made.append((await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0])
        first_pull = [job_id for job_id, _ in watcher.told]
        await db.commit()
    assert reset
    assert len(first_pull) == len(set(first_pull)), "a page sequence tells each document once"
    assert not set(first_pull) & {str(each) for each in made[15:]}, "what came after its moment waits for the next"
    await watcher.pull_all(limit)
    await watcher.assert_holds_what_the_server_holds(database)


async def test_an_old_cursor_gives_the_same_again(
    client: AsyncClient, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    desk, _ = both(client, an_organisation)
    before = watcher.phone.cursor
    await desk.push(desk.fact(job_ids[0], "note_added", {"text": "a"}))
    first = (await watcher.phone.ask()).json()
    watcher.phone.cursor = first["cursor"]
    assert (await watcher.phone.ask()).json()["jobs"] == []
    watcher.phone.cursor = before
    again = (await watcher.phone.ask()).json()
    assert [job["version"] for job in first["jobs"]] == [3]
    assert again["jobs"] == first["jobs"]


async def test_a_push_answers_with_everything_since_its_cursor(
    client: AsyncClient, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    desk, _ = both(client, an_organisation)
    await desk.push(desk.fact(job_ids[1], "note_added", {"text": "a"}))
    answer = await watcher.phone.push(fact(job_ids[0]), cursor=watcher.phone.cursor)
    assert {job["id"] for job in answer["changes"]["jobs"]} == {str(each) for each in job_ids[:2]}
    watcher.phone.cursor = answer["changes"]["cursor"]
    assert (await watcher.phone.ask()).json()["jobs"] == []


@pytest.mark.parametrize("lost", ["", "\0" * 60, "not ours", "é"])
async def test_a_push_with_a_cursor_that_cannot_be_read_is_recorded_and_starts_anew(
    watcher: Watcher, job_ids: list[UUID], lost: str
) -> None:
    answer = await watcher.phone.push(fact(job_ids[0]), cursor=lost)
    assert [each["outcome"] for each in answer["outcomes"]] == ["recorded"]
    assert (answer["changes"]["reset"], len(answer["changes"]["jobs"])) == ("first", len(job_ids))


async def test_a_cursor_that_somebody_made_up_is_refused(
    database: Database, an_organisation: Organisation, watcher: Watcher
) -> None:
    device_id = an_organisation.dispatcher.actor.device_id
    key = await cursor_key(database, an_organisation)
    known = cursors.read(watcher.phone.cursor or "", key, device_id)
    assert known is not None
    for guessed, device in ((b"guessed", device_id), (key, uuid4())):
        await assert_refused(watcher.phone, cursors.write(known, guessed, device))


async def test_a_cursor_with_flipped_bits_is_refused(watcher: Watcher, job_ids: list[UUID]) -> None:
    assert watcher.phone.cursor is not None
    raw = base64.urlsafe_b64decode(watcher.phone.cursor + "==")
    chance = random.Random(7)  # noqa: S311 (seeded)
    for _ in range(150):
        flipped = bytearray(raw)
        for _ in range(chance.choice((1, 3, 9))):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        if flipped != raw:
            await assert_refused(watcher.phone, base64.urlsafe_b64encode(bytes(flipped)).rstrip(b"=").decode())


async def assert_refused(phone: Phone, cursor: str) -> None:
    phone.cursor = cursor
    answer = await phone.ask()
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


async def cursor_key(database: Database, organisation: Organisation) -> bytes:
    (row,) = await stored(database, organisations, organisations.c.org_id == organisation.org_id)
    return bytes(row["cursor_key"])


@pytest.mark.parametrize("garbage", ["x", "", "AAAA", "....", "a" * 19_999, "好", base64.b64encode(b"\x95").decode()])
async def test_garbage_for_a_cursor_is_refused(watcher: Watcher, garbage: str) -> None:
    watcher.phone.cursor = garbage
    answer = await watcher.phone.ask()
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


async def test_an_id_whose_transaction_came_to_nothing_does_not_count_as_seen(
    database: Database, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    """It need not be on the disk: a database that is killed hands it out again, to somebody who does commit."""
    async with open_transaction(database) as db:
        came_to_nothing = int((await db.execute(text("SELECT pg_current_xact_id()::text"))).scalar_one())
        await db.rollback()
    await watcher.pull()
    key = await cursor_key(database, an_organisation)
    known = cursors.read(watcher.phone.cursor or "", key, an_organisation.dispatcher.actor.device_id)
    assert known is not None
    assert known.seen is not None
    assert not cursors.has_seen(known.seen, came_to_nothing)


async def test_a_cursor_of_another_device_is_refused(
    client: AsyncClient, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    phone = Phone(client, an_organisation.technician)
    await phone.pull()
    assert phone.cursor is not None
    await assert_refused(watcher.phone, phone.cursor)


async def test_a_cursor_of_another_epoch_starts_anew(
    database: Database, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    async with database.transaction() as db:
        own = update(organisations).where(organisations.c.org_id == an_organisation.org_id)
        await db.execute(own.values(epoch=organisations.c.epoch + 1))
    answer = (await watcher.phone.ask()).json()
    assert answer["reset"] == "epoch"
    assert {job["id"] for job in answer["jobs"]} == {str(each) for each in job_ids}


async def test_pages_stop_showing_an_outlet_as_soon_as_its_reader_left_it(
    client: AsyncClient, database: Database, an_organisation: Organisation, watcher: Watcher, job_ids: list[UUID]
) -> None:
    watcher.phone.cursor = None
    assert (await watcher.pull(limit=1))["more"]
    person = an_organisation.dispatcher
    other_outlet = await an_outlet(database, an_organisation, "SZ01")
    async with database.transaction() as db:
        own = update(members).where(members.c.org_id == person.actor.org_id, members.c.id == person.actor.member_id)
        await db.execute(own.values(outlet_ids=[other_outlet]))
    page = (await watcher.phone.ask()).json()
    assert (page["reset"], page["jobs"], page["more"]) == ("scopes", [], False)
