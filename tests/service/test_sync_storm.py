"""A storm: many writers whose transactions end in any order, and one reader who must miss nothing."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from service.database import Database
from service.recording.recording import record
from service.store.tables import facts
from tests.builders.fleet import batch, encoded, fact, open_transaction, stored
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone, job_opened
from tests.service.watcher import Watcher

SEED, WRITERS, MOST_ROUNDS = 20261122, 8, 20


class Storm:
    """Writers that hold their transaction ids for a while before they write and before they commit."""

    def __init__(self, database: Database, person: Person, outlet_id: UUID) -> None:
        self.database, self.person, self.outlet_id = database, person, outlet_id
        self.committed: dict[UUID, int] = {}
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
            job_id = chance.choice(own) if own and chance.random() < 0.3 else uuid4()
            said = fact(job_id) if job_id in own else fact(job_id, "job_opened", job_opened(self.outlet_id))
            met = batch(self.person)
            async with open_transaction(self.database) as db:
                await asyncio.sleep(chance.choice((0, 0, 0.02, 0.15)))
                await record(db, met, [encoded(said)])
                await asyncio.sleep(chance.choice((0, 0, 0.01, 0.08)))
                if chance.random() < 0.05:
                    continue
                await db.commit()
            own = own if job_id in own else [*own, job_id]
            self.committed[job_id] = self.committed.get(job_id, 0) + 1


class ByTime:
    """What a cursor on the time of recording would have been told, from the same observations."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.told: set[UUID] = set()
        self.newest = datetime(2000, 1, 1, tzinfo=UTC)

    async def pull(self) -> None:
        rows = await stored(self.database, facts, facts.c.recorded_at > self.newest)
        self.told |= {row["id"] for row in rows}
        self.newest = max([self.newest, *(row["recorded_at"] for row in rows)])


@pytest.mark.parametrize("seconds", [3, pytest.param(30, marks=pytest.mark.nightly)])
async def test_a_storm_of_commits_out_of_order_loses_nothing_though_a_time_would(
    client: AsyncClient, database: Database, an_organisation: Organisation, seconds: int
) -> None:
    person = an_organisation.dispatcher
    storm, by_time = Storm(database, person, an_organisation.outlet_id), ByTime(database)
    watcher, chance = Watcher(Phone(client, person)), random.Random(SEED)  # noqa: S311 (seeded)
    everything = set[UUID]()
    # As many rounds as a slow machine needs to show something.
    for number in range(MOST_ROUNDS):
        async with storm.blowing(SEED + number * WRITERS):
            until = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < until:
                await watcher.pull_all(chance.choice((1, 3, 200)))
                await by_time.pull()
        await watcher.pull_all()
        await by_time.pull()
        everything = {row["id"] for row in await stored(database, facts)}
        if len(everything) > 100 and everything - by_time.told:
            break
    assert len(everything) == sum(storm.committed.values()) > 100
    assert {UUID(job_id): job["version"] for job_id, job in watcher.phone.jobs.items()} == storm.committed
    await watcher.assert_holds_what_the_server_holds(database)
    assert everything - by_time.told, "the load was too tame to show anything"
