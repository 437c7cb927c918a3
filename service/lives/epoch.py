"""Which life of the database this is. A cursor from another life says nothing about this one.

After a restore or a fail-over, transaction ids are handed out again; system id, timeline and a random number tell the
lives apart. `service.lives.first_look` looks at each new connection; here is what the running service adds to that.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import asyncpg
import structlog

from service.database import Database
from service.lives import first_look as lives
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
    """Open a new epoch where the database lives anew. One that cannot be reached or written is only told of."""
    try:
        async with database.pull_pool.acquire() as connection:
            await lives.look(connection)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _log.warning("life_unknown", error=type(error).__qualname__)


async def open_epoch(database: Database, reason: Reason, seen: tuple[UUID, int] | None = None) -> bool:
    """Open a new epoch for every organisation; False when the epoch `seen` of this organisation is over already.

    Whoever found something out about an epoch passes it: of many who find the same out, one opens.
    """
    async with database.pull_pool.acquire() as connection:
        now = await epochs.life(connection)
        assert now is not None, "who asks for an epoch has read organisations"
        opened = await epochs.open_unless_past(connection, now, seen)
    if opened:
        lives.tell(reason)
    return opened


async def went_back(database: Database, org_id: UUID, number: int) -> None:
    """A genuine cursor of this epoch has seen more than there is: an older state was put back, and nobody said so."""
    await open_epoch(database, Reason.CURSOR_FROM_THE_FUTURE, (org_id, number))


async def _watch(database: Database) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await look_again(database)
