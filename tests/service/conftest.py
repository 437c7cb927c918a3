"""Fixtures of more than one file here."""

import pytest
from httpx import AsyncClient

from service import passwords
from service.database import Database
from service.seed.sample import DEMO_PASSWORD, seed_sample
from tests.sample_desk import Desk


@pytest.fixture(scope="session")
async def demo_password_hash() -> str:
    return await passwords.hash_password(DEMO_PASSWORD)


@pytest.fixture
async def desk(database: Database, client: AsyncClient, demo_password_hash: str) -> Desk:
    """The sample company, freshly stored."""
    async with database.transaction() as db:
        return Desk(client, database, await seed_sample(db, password_hash=demo_password_hash))
