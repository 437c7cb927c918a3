"""What the last exchange said of each device's clock. A hint for the desk; nothing is decided by it."""

from datetime import datetime
from uuid import UUID

import asyncpg

_NOTE = """
UPDATE devices SET last_seen_at = $3, clock_offset_ms = coalesce($4, clock_offset_ms) WHERE org_id = $1 AND id = $2
"""


async def note(
    pool: "asyncpg.Pool[asyncpg.Record]", org_id: UUID, device_id: UUID, at: datetime, offset_ms: int | None
) -> None:
    """Remember when the device was last heard of and how far its clock was off."""
    await pool.execute(_NOTE, org_id, device_id, at, offset_ms)
