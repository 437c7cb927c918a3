"""The proof of the cursor: ours loses nothing where a number and a time, reading at the same moments, do lose.

A run in which those two lose nothing would prove nothing, and fails.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import combinations, product
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncConnection

from service.database import Database
from service.recording.recording import record
from tests.builders.fleet import batch, both, encoded, fact, open_transaction, planned_job
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone, job_opened
from tests.service.cursor_readers import ByNumber, ByTime, shown
from tests.service.watcher import Watcher

# Each writer holds one of the tests' eight connections; the readers need one.
SEED, WRITERS, MOST_ROUNDS = 20261122, 6, 20

WRITES = ("plain", "kept", "taken back")
"""As it is; inside a savepoint that is released; beside another one inside a savepoint that is rolled back."""
ENDINGS = ("commit", "rollback")
Way = tuple[str, str]


class Readers:
    """Ours over HTTP, and the two naive ones, looking at the same moments."""

    def __init__(self, database: Database, phone: Phone, scope_id: UUID) -> None:
        self.database, self.scope_id = database, scope_id
        self.ours = Watcher(phone)
        self.naive = (ByNumber(database, scope_id), ByTime(database, scope_id))

    async def look(self, limit: int = 200) -> None:
        await self.ours.pull_all(limit)
        for each in self.naive:
            await each.pull()

    async def settle(self) -> Counter[str]:
        """A last look; ours holds what the server holds, each version told once. What the others lost."""
        await self.look()
        await self.ours.assert_holds_what_the_server_holds(self.database)
        now = await shown(self.database, self.scope_id)
        assert {UUID(job_id): job["version"] for job_id, job in self.ours.phone.jobs.items()} == now
        return Counter({each.name: each.lost(now) for each in self.naive})


async def note(db: AsyncConnection, person: Person, job_id: UUID) -> None:
    await record(db, batch(person), [encoded(fact(job_id))])


async def write(db: AsyncConnection, person: Person, job_id: UUID, how: str) -> None:
    """One note that stays if the transaction does, through a savepoint or beside one that is taken back."""
    if how == "taken back":
        async with db.begin_nested() as savepoint:
            await note(db, person, job_id)
            await savepoint.rollback()
    if how == "kept":
        async with db.begin_nested():
            await note(db, person, job_id)
    else:
        await note(db, person, job_id)


def interleavings() -> Iterator[str]:
    """Every order of two transactions' steps: a and b write, A and B end."""
    for places in combinations(range(4), 2):
        first, second = iter("aA"), iter("bB")
        yield "".join(next(first) if place in places else next(second) for place in range(4))


@pytest.mark.parametrize("ways", list(product(WRITES, ENDINGS)), ids=" ".join)
async def test_whatever_two_transactions_do_in_whatever_order_nothing_is_lost_that_a_number_or_a_time_loses(
    client: AsyncClient, database: Database, an_organisation: Organisation, ways: Way
) -> None:
    """The older transaction writes and ends as told, the younger in every way; everybody looks after each step."""
    desk, _ = both(client, an_organisation)
    person, scope_id = an_organisation.dispatcher, an_organisation.outlet_id
    job_ids = [(await planned_job(desk, scope_id, an_organisation.technician))[0] for _ in range(2)]
    lost = Counter[str]()
    for order, younger in product(
        interleavings(), (("plain", "commit"), ("taken back", "commit"), ("kept", "rollback"))
    ):
        readers = Readers(database, Phone(client, person), scope_id)
        await readers.look()
        await _interleave(database, person, readers, job_ids, order, (ways, younger))
        lost += await readers.settle()
    if ways[1] == "commit":
        assert lost["number"] > 0, "too weak: a number lost nothing"
        assert lost["time"] > 0, "too weak: a time lost nothing"


async def _interleave(
    database: Database, person: Person, readers: Readers, job_ids: Sequence[UUID], order: str, ways: tuple[Way, Way]
) -> None:
    async with open_transaction(database) as older, open_transaction(database) as younger:
        for step in order:
            number = "ab".index(step.lower())
            db, (how, ending) = (older, younger)[number], ways[number]
            if step.islower():
                await write(db, person, job_ids[number], how)
            else:
                await (db.commit() if ending == "commit" else db.rollback())
            await readers.look()


async def test_two_pulls_of_one_device_at_the_same_moment_are_both_right_and_go_on_from_either(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    person, outlet_id = an_organisation.dispatcher, an_organisation.outlet_id
    job_ids = [(await planned_job(desk, outlet_id, an_organisation.technician))[0] for _ in range(6)]
    watcher = Watcher(Phone(client, person))
    await watcher.pull_all()
    async with AsyncExitStack() as stack:
        transactions = [await stack.enter_async_context(open_transaction(database)) for _ in job_ids]
        for db, job_id in zip(transactions, job_ids, strict=True):
            await note(db, person, job_id)
        for db in transactions[::-1]:
            answers = [each.json() for each in await asyncio.gather(*(watcher.phone.ask() for _ in range(4)))]
            assert len({str(each["jobs"]) for each in answers}) == 1
            before = watcher.phone.cursor
            for each in answers:
                watcher.phone.cursor = each["cursor"]
                assert (await watcher.phone.ask()).json()["jobs"] == []
            watcher.phone.cursor = before
            await watcher.pull()
            await db.commit()
    await watcher.pull()
    await watcher.assert_holds_what_the_server_holds(database)


class Storm:
    """Writers who take their ids early, write late, use savepoints, and end when and how chance has it."""

    def __init__(self, database: Database, person: Person, outlet_id: UUID) -> None:
        self.database, self.person, self.outlet_id = database, person, outlet_id
        self.ended = Counter[str]()
        self.over = False

    @asynccontextmanager
    async def blowing(self, seed: int) -> AsyncIterator[None]:
        """On leaving, every writer is done."""
        self.over = False
        writers = [asyncio.create_task(self.write(seed + number)) for number in range(WRITERS)]
        yield
        self.over = True
        await asyncio.gather(*writers)

    async def write(self, seed: int) -> None:
        chance, own = random.Random(seed), list[UUID]()  # noqa: S311 (seeded)
        while not self.over:
            made: list[UUID] = []
            async with open_transaction(self.database) as db:
                await asyncio.sleep(chance.choice((0, 0, 0.02, 0.15)))
                for _ in range(chance.choice((1, 1, 2))):
                    made += await self._change(db, chance, own)
                await asyncio.sleep(chance.choice((0, 0, 0.01, 0.08)))
                ending = "rollback" if chance.random() < 0.1 else "commit"
                await (db.rollback() if ending == "rollback" else db.commit())
            self.ended[ending] += 1
            own += made if ending == "commit" else []

    async def _change(self, db: AsyncConnection, chance: random.Random, own: Sequence[UUID]) -> list[UUID]:
        """Write about an own job, or open one; the job if it was opened."""
        if own and chance.random() < 0.6:
            how = chance.choice(WRITES)
            self.ended[f"savepoint {how}"] += how != "plain"
            await write(db, self.person, chance.choice(own), how)
            return []
        job_id = uuid4()
        opening = fact(job_id, "job_opened", job_opened(self.outlet_id))
        await record(db, batch(self.person), [encoded(opening)])
        return [job_id]


@pytest.mark.parametrize("seconds", [3, pytest.param(60, marks=pytest.mark.nightly)])
async def test_a_storm_of_transactions_loses_nothing_that_a_number_and_a_time_lose(
    client: AsyncClient, database: Database, an_organisation: Organisation, seconds: int
) -> None:
    person, scope_id = an_organisation.dispatcher, an_organisation.outlet_id
    storm, chance = Storm(database, person, scope_id), random.Random(SEED)  # noqa: S311 (seeded)
    readers = Readers(database, Phone(client, person), scope_id)
    await readers.look()
    lost = Counter[str]()
    # As many rounds as a slow machine needs to show something.
    for number in range(MOST_ROUNDS):
        async with storm.blowing(SEED + number * WRITERS):
            until = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < until:
                await readers.look(chance.choice((1, 3, 200)))
        lost = await readers.settle()
        if lost["number"] > 0 < lost["time"]:
            break
    jobs = len(await shown(database, scope_id))
    told = f"{jobs} jobs, {len(readers.ours.told)} versions told; lost: ours 0, others {dict(lost)}"
    print(f"seed {SEED}, {seconds} s: {dict(storm.ended)}; {told}")  # noqa: T201 (the counts are what it is run for)
    assert lost["number"] > 0, "too weak: a number lost nothing"
    assert lost["time"] > 0, "too weak: a time lost nothing"
