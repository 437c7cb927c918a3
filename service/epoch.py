"""Which life of the database this is. A cursor from another life says nothing about this one.

After a restore or a fail-over, transaction ids are handed out again; system id, timeline and the count of restores
tell the lives apart.
"""

from uuid import UUID

from service.database import Database

_READ = "SELECT epoch FROM organisations WHERE org_id = $1"


async def epoch(database: Database, org_id: UUID) -> str:
    """The epoch of this organisation's data, read once in the life of the connections."""
    known = database.epochs.get(org_id)
    if known is None:
        number = await database.pull_pool.fetchval(_READ, org_id)
        known = database.epochs[org_id] = f"{number or 0:x}.{org_id.hex}"
    return known
