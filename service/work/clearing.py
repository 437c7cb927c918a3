"""Deleting background tasks that ended long ago."""

from datetime import time, timedelta

from service.store.work import turns
from service.work.turn import Kind, NoDetails, Turn

DONE_FOR = timedelta(days=7)
FAILED_FOR = timedelta(days=90)
AT_ONCE = 5_000


async def clear(turn: Turn, _details: NoDetails) -> None:
    """Delete some at a time, so that no statement takes long."""
    while True:
        async with turn.database.transaction() as db:
            if await turns.clear(db, turn.org_id, DONE_FOR, FAILED_FOR, AT_ONCE) < AT_ONCE:
                return


CLEARING = Kind(name="clear_tasks", details=NoDetails, handle=clear, daily_at=time(3, 30))
