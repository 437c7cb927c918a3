"""The service on a database server of its own, for tests that do to it what others could not bear."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from httpx import AsyncClient
from msgspec import Struct

from service.app import create_app
from service.database import Database, open_database
from service.embedded_postgres import Server
from service.running.migrate import migrate
from service.settings import Settings
from tests.conftest import speaking_to


class Own(Struct, frozen=True):
    """A server, our connections to it, and HTTP to the application on them."""

    server: Server
    database: Database
    client: AsyncClient


@asynccontextmanager
async def service_on(server: Server, settings: Settings) -> AsyncIterator[Own]:
    await migrate(server.owner_url)
    async with open_database(server.app_url, settings) as database:
        application = create_app(settings, "postgresql://")
        application.state.database = database
        async with speaking_to(application) as client:
            yield Own(server, database, client)
