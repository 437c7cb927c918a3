"""A desk and a technician's phone on one real server, and the database under it."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from httpx import AsyncClient

from service import embedded_postgres
from service.database import Database, open_database
from service.settings import Settings
from tests.builders.fleet import day, planned_job
from tests.builders.healing import HealingPhone
from tests.builders.organisations import Organisation, add_organisation
from tests.folded import number_of_facts
from tests.processes.installations import PATIENCE_SECONDS, Installation

FEW = Settings(connections=2)
LOST = 11
"""Facts of an afternoon."""


def home(installation: Installation) -> Path:
    return Path(installation.environment["ONSITE_DATA"])


def stop(installation: Installation) -> None:
    server = installation.started[-1]
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE_SECONDS) == 0


@asynccontextmanager
async def the_database(installation: Installation) -> AsyncIterator[Database]:
    """The database of the installation, whether a server runs on it or not."""
    server = embedded_postgres.start(home(installation))
    try:
        async with open_database(server.app_url, FEW) as database:
            yield database
    finally:
        server.stop()


class Town:
    """Two phones' worth of work on one real server: a desk, a technician, jobs before and after the backup."""

    def __init__(self, installation: Installation, organisation: Organisation) -> None:
        self.installation, self.organisation = installation, organisation
        self.client = AsyncClient(base_url=installation.url, timeout=PATIENCE_SECONDS)
        self.desk = HealingPhone(self.client, organisation.dispatcher)
        self.phone = HealingPhone(self.client, organisation.technician)
        self.jobs: list[tuple[UUID, UUID]] = []

    async def open_job(self) -> None:
        self.jobs.append(await planned_job(self.desk, self.organisation.outlet_id, self.organisation.technician))

    async def work(self, number: int, steps: slice) -> None:
        job_id, visit_id = self.jobs[number]
        await self.phone.push(*day(self.phone, job_id, visit_id)[steps])

    async def sync_all(self) -> list[str]:
        """Until nobody hears anything new; how every lost fact ended that was pushed again."""
        healed = [*await self.desk.sync(), *await self.phone.sync()]
        await self.desk.sync()
        await self.phone.sync()
        return healed

    def seen(self) -> dict[str, tuple[int, str, list[str]]]:
        """What people see of the jobs: how many facts, and how far each job and each of its visits is."""
        return {
            job_id: (number_of_facts(job), job["status"], [visit["status"] for visit in job["visits"]])
            for job_id, job in self.desk.jobs.items()
        }


@asynccontextmanager
async def town(installation: Installation) -> AsyncIterator[Town]:
    installation.start("serve")
    async with the_database(installation) as database:
        made = Town(installation, await add_organisation(database))
    try:
        yield made
    finally:
        await made.client.aclose()


async def morning(place: Town) -> None:
    """The backup will hold this: two jobs, one of them begun; both devices know where they stand."""
    await place.open_job()
    await place.open_job()
    await place.work(0, slice(0, 2))
    await place.sync_all()


async def afternoon(place: Town) -> None:
    """This will be lost: more work on old jobs, and a job of its own that nobody works on yet."""
    await place.work(0, slice(2, 5))
    await place.work(1, slice(0, 5))
    await place.desk.push(place.desk.fact(place.jobs[1][0], "note_added", {"text": "顾客来电"}))
    await place.open_job()
    await place.sync_all()
