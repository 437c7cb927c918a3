"""Tests of the layer beneath all operations speak to an application of operations made for them."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient

from service.database import Database
from service.settings import Settings
from tests.service.probe import probe_app


@pytest.fixture
async def probe(database: Database, settings: Settings) -> AsyncIterator[AsyncClient]:
    transport = ASGITransport(probe_app(database, settings))  # type: ignore[arg-type]
    async with AsyncClient(transport=transport, base_url="http://onsite.test") as client:
        yield client
