"""Fixtures of more than one file here."""

import pytest
from httpx import AsyncClient

from service.database import Database
from service.seed.sample import seed_sample
from tests.sample_desk import Desk


@pytest.fixture
async def desk(database: Database, client: AsyncClient) -> Desk:
    """The sample company, freshly stored."""
    async with database.transaction() as db:
        return Desk(client, database, await seed_sample(db))
