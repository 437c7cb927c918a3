"""Forgets events after a while, and what became of them."""

from datetime import time, timedelta

from service.store.webhooks import events
from service.work.turn import Kind, NoDetails, Turn

KEPT_FOR = timedelta(days=30)
AT_ONCE = 5_000


async def clear(turn: Turn, _details: NoDetails) -> None:
    """Delete some at a time, so that no statement takes long."""
    while True:
        async with turn.database.transaction() as db:
            if await events.clear(db, turn.org_id, KEPT_FOR, AT_ONCE) < AT_ONCE:
                return


EVENT_CLEARING = Kind(name="clear_events", details=NoDetails, handle=clear, daily_at=time(3, 40))
