"""One real PostgreSQL for the whole run, migrated once and emptied between tests; the real application on top."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from hypothesis import HealthCheck
from hypothesis import settings as examples
from litestar import Litestar
from msgspec.structs import replace

from domain.people.actor import Role
from service import embedded_postgres
from service.app import create_app
from service.database import Database, open_database
from service.embedded_postgres import Server
from service.running.migrate import migrate
from service.settings import Settings
from service.store.tables import metadata
from tests.builders.organisations import Organisation, add_organisation, add_person
from tests.builders.webhook_desk import WebhookDesk

# `make test` draws the same examples each time, so that what turns red is the change; `make nightly` draws others each
# time, and twenty times as many for each law. How long one takes says something of the machine, and nothing of the law.
any_machine = examples(deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.register_profile("everyday", any_machine, derandomize=True)
examples.register_profile("nightly", any_machine, max_examples=2_000)
examples.load_profile("everyday")

# Children before the tables that they refer to; sent as one message it takes a fraction of a millisecond.
DELETE_EVERYTHING = ";".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))  # noqa: S608


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What a service waits for before it says that it is busy is as long here as a slow machine may need."""
    files = str(tmp_path_factory.mktemp("files"))
    return Settings(connections=8, data_directory=files, statement_seconds=25, lock_seconds=20, pool_wait_seconds=60)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = embedded_postgres.start(Path(tmp_path_factory.mktemp("data")))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated(postgres: Server) -> Server:
    asyncio.run(migrate(postgres.owner_url))
    return postgres


@pytest.fixture(scope="session")
async def whole_database(migrated: Server, settings: Settings) -> AsyncIterator[Database]:
    async with open_database(migrated.app_url, settings) as opened:
        yield opened


@pytest.fixture
async def database(whole_database: Database) -> Database:
    """The real database, empty."""
    await whole_database.pull_pool.execute(DELETE_EVERYTHING)
    return whole_database


@pytest.fixture(scope="session")
def application(whole_database: Database, settings: Settings) -> Litestar:
    """The application on the tests' connections; that it opens its own is a journey's concern."""
    app = create_app(settings, "postgresql://")
    app.state.database = whole_database
    return app


def speaking_to(application: Litestar) -> AsyncClient:
    """HTTP to an application inside this process."""
    transport = ASGITransport(application)  # type: ignore[arg-type]
    return AsyncClient(transport=transport, base_url="http://onsite.test")


@pytest.fixture
async def client(application: Litestar, database: Database) -> AsyncIterator[AsyncClient]:
    """Speaks HTTP to the real application, on an empty database."""
    async with speaking_to(application) as client:
        yield client


@pytest.fixture
async def an_organisation(database: Database) -> Organisation:
    return await add_organisation(database)


@pytest.fixture
async def webhook_desk(
    application: Litestar,
    client: AsyncClient,
    database: Database,
    an_organisation: Organisation,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> WebhookDesk:
    """An organisation with an admin, whose webhooks may lead to this machine."""
    monkeypatch.setattr(application.state, "settings", replace(settings, private_webhooks=True))
    async with database.transaction() as db:
        where = an_organisation.org_id, an_organisation.outlet_id
        admin = await add_person(db, *where, Role.ADMIN, "ADMIN", "管理员")
    return WebhookDesk(client, database, an_organisation, admin)
