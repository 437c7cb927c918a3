"""Transaction ids that cursors may name, and that are never given out a second time.

A transaction that was rolled back leaves nothing behind that is sure to be on disk. A database that was killed then
gives its id out again, while a phone's cursor counts it as seen: what is written under it would never be told. So an
id is named by a cursor only after it was reserved, durably; and after a crash the database first uses up all ids that
were reserved and not reached.

A crash empties an unlogged table: that is how one is known.
"""

from asyncpg import Connection, Pool, Record

IDS = 5_000
"""Reserved at once: one small write for so many transactions, and a few hundredths of a second after a crash."""
_LOOK = "SELECT EXISTS (SELECT FROM uncrashed), (SELECT coalesce(max(ids_reserved), 0) FROM organisations)"
_RESERVE = "UPDATE organisations SET ids_reserved = $1 WHERE ids_reserved < $1"
_LOCK = "SELECT pg_advisory_lock(hashtextextended('onsite reserve', 0))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('onsite reserve', 0))"
# Rolled back one by one, so that it takes no time on disk. A counter that lacks more than is ever reserved at once has
# not crashed but was put back, which epochs are for.
_USE_UP = f"""
DO $$
DECLARE
    wanted bigint := least(
        (SELECT coalesce(max(ids_reserved), 0) FROM organisations),
        pg_snapshot_xmax(pg_current_snapshot())::text::bigint + {2 * IDS}
    );
BEGIN
    WHILE pg_snapshot_xmax(pg_current_snapshot())::text::bigint < wanted LOOP
        PERFORM pg_current_xact_id();
        ROLLBACK;
    END LOOP;
    INSERT INTO uncrashed SELECT WHERE NOT EXISTS (SELECT FROM uncrashed);
END $$
"""  # noqa: S608 (a number of our own)


class Reserve:
    """What one application knows of the reserve of the database that it is connected to."""

    def __init__(self) -> None:
        self._end = 0

    async def enter(self, connection: "Connection[Record]") -> None:
        """For each new connection, before anything is written on it: every one ends when the database crashes."""
        intact, self._end = await connection.fetchrow(_LOOK)
        if not intact:
            # One connection does it, the others wait for the moment that it takes.
            await connection.execute(_LOCK)
            await connection.execute(_USE_UP)
            await connection.execute(_UNLOCK)

    async def cover(self, pool: "Pool[Record]", end: int) -> None:
        """Return once a cursor may name the ids below `end`."""
        if end > self._end:
            await pool.execute(_RESERVE, end + IDS)
            self._end = end + IDS
