"""The database of this installation: ours under the data directory, or the one that DATABASE_URL names."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import asyncpg
from msgspec import Struct
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service import embedded_postgres
from service.database import sqlalchemy_url
from service.running.inspection import Inspected, inspect, of_other_code, too_mighty, too_new, too_old
from service.running.migrate import migrate, newest_revision
from service.settings import Settings

Report = Callable[[str], None]


class InstallationError(Exception):
    """Something outside the program has to be mended first; the text says what, and how."""


class Urls(Struct, frozen=True):
    """How the service signs in, and how the owner of the schema does. An external database has one URL for both."""

    app_url: str
    owner_url: str


@contextmanager
def database_urls(settings: Settings, report: Report) -> Iterator[Urls]:
    """Where the database is. The embedded one runs until leaving."""
    if settings.database_url is not None:
        yield Urls(settings.database_url, settings.database_url)
        return
    server = embedded_postgres.start(settings.data_path, report=report)
    try:
        yield Urls(server.app_url, server.owner_url)
    finally:
        server.stop()


def make_current(settings: Settings, urls: Urls, report: Report) -> None:
    """Migrate the embedded database. An external one is migrated when its owner says so, never on the way."""
    if settings.database_url is None:
        if asyncio.run(bring_up_to_date(urls.owner_url)):
            report("The database schema is up to date now.")
        return
    found = asyncio.run(looked_at(urls.app_url))
    if (trouble := too_old(found) or too_mighty(found) or too_new(found) or of_other_code(found)) is not None:
        raise InstallationError(trouble)
    if found.revision != newest_revision():
        raise InstallationError(
            f"The database is at migration {found.revision or 'none'}, this release needs {newest_revision()}."
            " Run `onsite migrate` first."
        )


async def looked_at(url: str) -> Inspected:
    """What the database at `url` is; InstallationError when nobody answers there."""
    engine = create_async_engine(sqlalchemy_url(url), poolclass=NullPool, hide_parameters=True)
    try:
        with _told_in_a_sentence(url):
            async with engine.connect() as db:
                return await inspect(db)
    finally:
        await engine.dispose()


async def bring_up_to_date(owner_url: str) -> bool:
    """Apply what is missing, and tell whether anything was; InstallationError when account or database will not do."""
    found = await looked_at(owner_url)
    if (trouble := too_old(found) or too_new(found) or of_other_code(found)) is not None:
        raise InstallationError(trouble)
    if found.revision == newest_revision():
        return False
    with _told_in_a_sentence(owner_url):
        return await migrate(owner_url)


@contextmanager
def _told_in_a_sentence(url: str) -> Iterator[None]:
    try:
        yield
    except (OSError, TimeoutError, exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        reason = getattr(error, "orig", None) or error
        mend = "Check DATABASE_URL"
        if getattr(reason, "sqlstate", None) == asyncpg.InsufficientPrivilegeError.sqlstate:
            mend += ", and give its account the rights that compose.yaml gives"
        raise InstallationError(f"The database {shown} cannot be used: {reason}. {mend}.") from None
