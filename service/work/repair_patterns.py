"""Looks every day at repairs that stand out together: no single job shows what they do (R11)."""

from datetime import UTC, datetime, time

from service.store.cases import patterns
from service.work.turn import Kind, NoDetails, Turn


async def look(turn: Turn, _details: NoDetails) -> None:
    """In one transaction, which locks nobody's work."""
    async with turn.database.transaction() as db:
        await patterns.settle(db, turn.org_id, datetime.now(UTC))


REPAIR_PATTERNS = Kind(name="watch_repair_patterns", details=NoDetails, handle=look, daily_at=time(4, 15))
