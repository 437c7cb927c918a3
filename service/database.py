"""The ways into PostgreSQL: SQLAlchemy Core for the desk and pushes, asyncpg itself for pulls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct, structs
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import AdaptedConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from service.epochs.first_look import FirstLook
from service.pulling.pool import PullPool
from service.pulling.sharing import SharedPulls
from service.settings import Settings

CONNECT_SECONDS = 5
SENT_AT_ONCE_BYTES = 1024 * 1024
"""Kept by the kernel for PostgreSQL: the largest statement of a push. What does not fit waits until this process has
nothing to compute, and PostgreSQL waits for it (`service.store.underway`)."""
PATIENT_SECONDS = 25
"""For a statement of background work: below the 30 s after which the embedded server ends any transaction."""


class Database(Struct, frozen=True):
    """One engine and one pull pool on the same server; both live as long as the application."""

    engine: AsyncEngine
    patient_engine: AsyncEngine
    """For background work that reads much: its statements may take longer, and take no connection from anybody."""
    pull_pool: PullPool
    """Statements on it run in autocommit and must leave no session state: connections go back without a reset."""
    pulls: SharedPulls
    cursor_keys: dict[UUID, bytes] = {}
    """What each organisation's cursors are signed with (`service.pulling`)."""
    oldest_schema: int = 1
    """The oldest contract whose apps are given documents (`service.pullable`)."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection whose work is committed on leaving, and rolled back when an exception leaves."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[AsyncConnection]:
        """A connection in autocommit: each statement sees what is committed when it starts."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def patient_reader(self) -> AsyncIterator[AsyncConnection]:
        """As `reader`, for background work: a connection of its own, whose statements may take PATIENT_SECONDS."""
        async with self.patient_engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")


@asynccontextmanager
async def open_database(url: str, settings: Settings) -> AsyncIterator[Database]:
    """Connections to the server at `url`, closed on leaving. None is used before its database's life is known."""
    first_look = FirstLook()
    engine = _engine(
        url,
        settings,
        first_look,
        pool_size=settings.connections,
        max_overflow=0,
        pool_timeout=settings.pool_wait_seconds,
        pool_use_lifo=True,
    )
    patient = structs.replace(settings, statement_seconds=max(PATIENT_SECONDS, settings.statement_seconds))
    patient_engine = _engine(url, patient, first_look, poolclass=NullPool)
    pool = PullPool(
        asyncpg_url(url),
        init=first_look,
        wait_seconds=settings.pool_wait_seconds,
        connections=settings.connections,
        **_connection_options(settings),
    )
    try:
        async with pool:
            pulls = SharedPulls(pool)
            try:
                yield Database(engine, patient_engine, pool, pulls, oldest_schema=settings.oldest_schema)
            finally:
                await pulls.close()
    finally:
        await engine.dispose()
        await patient_engine.dispose()


def sqlalchemy_url(url: str) -> URL:
    """`url` for SQLAlchemy over asyncpg, whatever scheme its owner wrote."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    if "sslmode" not in parsed.query:
        return parsed
    # libpq's name for it, which asyncpg reads from a URL but SQLAlchemy would hand on as an unknown argument.
    return parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": str(parsed.query["sslmode"])})


def asyncpg_url(url: str) -> str:
    """`url` for asyncpg itself."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _engine(url: str, settings: Settings, first_look: FirstLook, **pool: Any) -> AsyncEngine:  # noqa: ANN401
    engine = create_async_engine(
        sqlalchemy_url(url),
        **pool,
        # Error texts would carry names and phone numbers into logs.
        hide_parameters=True,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
        connect_args=_connection_options(settings),
    )
    _prepare_connections(engine, first_look)
    return engine


def _prepare_connections(engine: AsyncEngine, first_look: FirstLook) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: AdaptedConnection, _record: object) -> None:
        connection.run_async(_send_at_once)
        connection.run_async(first_look)


async def _send_at_once(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    # asyncpg itself has no way to its socket.
    sending = connection._transport.get_extra_info("socket")  # noqa: SLF001
    sending.setsockopt(SOL_SOCKET, SO_SNDBUF, SENT_AT_ONCE_BYTES)


def _connection_options(settings: Settings) -> dict[str, Any]:
    return {
        "timeout": CONNECT_SECONDS,
        # A server that does not even stop a statement at its limit is stopped itself, or cut off.
        "command_timeout": settings.statement_seconds + 1,
        "server_settings": {
            "application_name": "onsite",
            "timezone": "UTC",
            "jit": "off",
            "statement_timeout": str(round(settings.statement_seconds * 1000)),
            "lock_timeout": str(round(settings.lock_seconds * 1000)),
            "idle_in_transaction_session_timeout": "10000",
        },
    }
