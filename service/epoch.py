"""Which life of the database this is. A cursor from another life says nothing about this one.

After a restore or a fail-over, transaction ids are handed out again; system id, timeline and the count of restores
tell the lives apart.
"""

from uuid import UUID

from service.database import Database

_READ = """
SELECT (SELECT system_identifier FROM pg_control_system()), pg_walfile_name(pg_current_wal_insert_lsn()),
       restore_count
FROM organisations WHERE org_id = $1
"""


async def epoch(database: Database, org_id: UUID) -> str:
    """The epoch of this organisation's data, read once in the life of the connections."""
    known = database.epochs.get(org_id)
    if known is None:
        system, wal_file, restores = await database.pull_pool.fetchrow(_READ, org_id) or (0, "0" * 8, 0)
        known = database.epochs[org_id] = f"{system:x}.{wal_file[:8]}.{restores}.{org_id.hex}"
    return known
