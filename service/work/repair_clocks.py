"""Looks every day at repairs under way: thirty days run out by themselves, without anybody recording anything."""

from datetime import UTC, datetime, time

from service.store.cases import alarms
from service.store.jobs import asset_history
from service.work.turn import Kind, NoDetails, Turn

AT_ONCE = 100


async def look(turn: Turn, _details: NoDetails) -> None:
    """Some assets at a time, so that no push waits long for one of them."""
    last = None
    while True:
        async with turn.database.transaction() as db:
            asset_ids = await asset_history.in_repair(db, turn.org_id, last, AT_ONCE)
            await alarms.settle(db, turn.org_id, asset_ids, datetime.now(UTC))
        if len(asset_ids) < AT_ONCE:
            return
        last = asset_ids[-1]


REPAIR_CLOCKS = Kind(name="watch_repair_clocks", details=NoDetails, handle=look, daily_at=time(4, 0))
