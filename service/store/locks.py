"""One transaction at a time about a subject that has no row of its own to lock: a place in stock, a number."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCK = text("""
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(subject, 0) AS key FROM unnest(CAST(:subjects AS text[])) AS subject ORDER BY key
) AS in_order
""")


async def lock(db: AsyncConnection, org_id: UUID, subjects: Collection[tuple[object, ...]]) -> None:
    """Until the transaction ends, nobody else looks at these subjects and acts on what they saw. In one order."""
    names = [" ".join(str(each) for each in (org_id, *subject)) for subject in subjects]
    await db.execute(_LOCK, {"subjects": names})
