"""Fixtures of more than one file here."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from httpx import ASGITransport, AsyncClient

from service.database import Database
from service.seed.sample import DEMO_PASSWORD, seed_sample
from service.settings import Settings
from service.sign_in import passwords
from tests.builders.sample_desk import Desk
from tests.service.probe import probe_app


@pytest.fixture(scope="session")
async def demo_password_hash() -> str:
    return await passwords.hash_password(DEMO_PASSWORD)


@pytest.fixture
async def desk(database: Database, client: AsyncClient, demo_password_hash: str) -> Desk:
    """The sample company, freshly stored."""
    async with database.transaction() as db:
        return Desk(client, database, await seed_sample(db, password_hash=demo_password_hash))


@pytest.fixture
async def probe(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    """Speaks to an application whose operations exist for tests of the layer beneath all operations."""
    transport = ASGITransport(probe_app(database, settings))  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://onsite.test") as client:
        yield client


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time that a test can move."""
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        yield traveller
