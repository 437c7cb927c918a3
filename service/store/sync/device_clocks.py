"""The clock of each device at its last exchange: a hint for the desk, by which nothing is decided."""

from datetime import datetime
from uuid import UUID

import asyncpg

# A hint may be forgotten by a crash: nobody waits until it is on the disk.
_NOTE = """
UPDATE devices SET last_seen_at = $3, clock_offset_ms = coalesce($4, clock_offset_ms)
FROM set_config('synchronous_commit', 'off', true) AS hasty
WHERE org_id = $1 AND id = $2 AND hasty = 'off'
RETURNING suspected_why
"""


async def note(
    pool: "asyncpg.Pool[asyncpg.Record]", org_id: UUID, device_id: UUID, at: datetime, offset_ms: int | None
) -> str | None:
    """Remember when the device was last heard of and how far its clock was off; answers why it is suspected."""
    why: str | None = await pool.fetchval(_NOTE, org_id, device_id, at, offset_ms)
    return why
