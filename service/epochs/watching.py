"""Watching which life of the database this is. A cursor from another life says nothing about this one.

After a restore or a fail-over, transaction ids are handed out again; system id, timeline and a random number tell the
lives apart. `service.epochs.first_look` looks at each new connection; here is what the running service adds to that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg
import structlog

from service.database import Database
from service.epochs import first_look
from service.store.sync import epochs
from service.store.sync.epochs import Reason

EVERY_SECONDS = 60.0

_log = structlog.get_logger("onsite")


@asynccontextmanager
async def watched(database: Database) -> AsyncIterator[None]:
    """Look at once, and then every minute: behind a pooler a database may change while its connections stay."""
    await look_again(database)
    watching = asyncio.create_task(_watch(database))
    try:
        yield
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def look_again(database: Database) -> None:
    """Open a new epoch if the database lives anew. If it cannot be reached or written, that is only logged."""
    try:
        async with database.pull_pool.acquire() as connection:
            await first_look.look(connection)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _log.warning("life_unknown", error=type(error).__qualname__)


async def open_epoch(database: Database, reason: Reason, seen: tuple[UUID, int] | None = None) -> bool:
    """Open a new epoch for every organisation; False when the epoch `seen` of this organisation is already over.

    Pass the epoch in which something was noticed: of many who notice it at once, only one then opens a new one.
    """
    async with database.pull_pool.acquire() as connection:
        now = await epochs.life(connection)
        assert now is not None, "who asks for an epoch has read organisations"
        opened = await epochs.open_unless_past(connection, now, seen)
    if opened:
        first_look.log_opened(reason)
    return opened


async def went_back(database: Database, org_id: UUID, number: int) -> None:
    """Open a new epoch: a genuine cursor of this one has seen more than there is, so an older state was put back."""
    await open_epoch(database, Reason.CURSOR_FROM_THE_FUTURE, (org_id, number))


async def _watch(database: Database) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await look_again(database)
