"""Forgets background work that is over."""

from datetime import time, timedelta

from msgspec import Struct

from service.store.work import turns
from service.work.turn import Kind, Turn

DONE_FOR = timedelta(days=7)
FAILED_FOR = timedelta(days=90)
AT_ONCE = 5_000


class Clearing(Struct, frozen=True):
    """Nothing to say: it is about the whole organisation."""


async def clear(turn: Turn, _details: Clearing) -> None:
    """Some at a time, so that no statement lasts."""
    while True:
        async with turn.database.transaction() as db:
            if await turns.clear(db, turn.org_id, DONE_FOR, FAILED_FOR, AT_ONCE) < AT_ONCE:
                return


CLEARING = Kind(name="clear_tasks", details=Clearing, handle=clear, daily_at=time(3, 30))
