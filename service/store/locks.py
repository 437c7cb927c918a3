"""Locks on what has no row of its own, such as a place in stock or the number of a voucher."""

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
    """Lock these subjects until the transaction ends, in one order, so that no two transactions wait for each other.

    One statement; none for no subjects.
    """
    if subjects:
        names = [" ".join(str(each) for each in (org_id, *subject)) for subject in subjects]
        await db.execute(_LOCK, {"subjects": names})
