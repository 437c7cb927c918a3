"""Epochs: which life of its data a database is in, and how a new one is opened. Uses asyncpg itself, before any pool.

A restored, promoted or copied database hands out transaction ids a second time: a cursor of before would pass over
what is written under them. So each life has a random number of its own, and cursors of another number start anew.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from uuid import UUID

import asyncpg
from msgspec import Struct

# Ids of the table and of its database tell a dump that was put back into the same cluster from what it replaced.
_LIFE = """
SELECT pg_is_in_recovery(),
       (SELECT system_identifier FROM pg_control_system())
           || '.' || (SELECT oid FROM pg_database WHERE datname = current_database())
           || '.' || to_regclass('organisations')::oid,
       CASE WHEN NOT pg_is_in_recovery() THEN
           ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END
"""
_STORED = "SELECT DISTINCT epoch_system_id, epoch_timeline FROM organisations"
_EPOCH = "SELECT epoch FROM organisations WHERE org_id = $1"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('onsite epoch', 0))"
# A first day's rows are renumbered in a moment, those of years may take minutes; not every limit exists everywhere.
_WITHOUT_LIMITS = """
SELECT set_config(name, '0', true) FROM pg_settings
WHERE name IN ('statement_timeout', 'transaction_timeout', 'lock_timeout')
"""
# Of the ids that this counter has not reached, none was written in this life. '3' is the first that a transaction can
# have, so every snapshot sees it.
_RENUMBER = """
UPDATE audience SET xid = '3' WHERE xid >= (SELECT pg_snapshot_xmax(pg_current_snapshot()))
"""
# A life that is restored away takes its number along: steps at random keep another one from bearing it again.
_OPEN = """
UPDATE organisations SET epoch = DEFAULT, epoch_system_id = $1, epoch_timeline = $2,
    lives = lives || (lives[cardinality(lives)] + 1 + floor(random() * 65536)::int)
"""
_KEEP = "UPDATE organisations SET epoch_system_id = $1, epoch_timeline = $2 WHERE epoch_system_id IS NULL"
OPENING_SECONDS = 3600


class Life(Struct, frozen=True):
    """What a database is recognised by; `place` names cluster, database and table."""

    place: str
    timeline: int


class Reason(StrEnum):
    """Why a new epoch is opened."""

    ANOTHER_PLACE = "another_place"
    ANOTHER_TIMELINE = "another_timeline"
    CURSOR_FROM_THE_FUTURE = "cursor_from_the_future"
    OPERATOR = "operator"


class StandbyError(ConnectionError):
    """The database is being recovered or follows another one, so it must not serve phones."""


async def life(connection: "asyncpg.Connection[asyncpg.Record]") -> Life | None:
    """The life of the database behind the connection; None where the schema is not there yet."""
    recovering, place, timeline = await connection.fetchrow(_LIFE)
    if recovering:
        raise StandbyError("The database is in recovery.")
    return None if place is None else Life(place, timeline)


async def settle(connection: "asyncpg.Connection[asyncpg.Record]", now: Life) -> Reason | None:
    """Open a new epoch unless the stored one belongs to this life; answers why one was. The first life is kept."""
    if await _stored(connection) <= {now}:
        return None
    async with _alone(connection):
        # Asked again: somebody else may have opened it while this one waited.
        stored = await _stored(connection)
        reason = _reason({each for each in stored if each is not None}, now)
        if reason is None:
            await connection.execute(_KEEP, now.place, now.timeline)
        else:
            await _open(connection, now)
    return reason


async def open_unless_past(
    connection: "asyncpg.Connection[asyncpg.Record]", now: Life, seen: tuple[UUID, int] | None
) -> bool:
    """Open a new epoch for every organisation; not when the one that was `seen` of one of them is over already."""
    async with _alone(connection):
        if seen is not None and await connection.fetchval(_EPOCH, seen[0]) != seen[1]:
            return False
        await _open(connection, now)
    return True


@asynccontextmanager
async def _alone(connection: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[None]:
    """A transaction in which nobody else opens an epoch, without limits of time once it is begun."""
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(_LOCK)
        await connection.execute(_WITHOUT_LIMITS)
        yield


async def _open(connection: "asyncpg.Connection[asyncpg.Record]", now: Life) -> None:
    await connection.execute(_RENUMBER, timeout=OPENING_SECONDS)
    await connection.execute(_OPEN, now.place, now.timeline, timeout=OPENING_SECONDS)


async def _stored(connection: "asyncpg.Connection[asyncpg.Record]") -> set[Life | None]:
    """The lives that epochs were opened in, one for all organisations unless something is new; None: not yet known."""
    rows = await connection.fetch(_STORED)
    return {None if place is None else Life(place, timeline) for place, timeline in rows}


def _reason(stored: set[Life], now: Life) -> Reason | None:
    if any(each.place != now.place for each in stored):
        return Reason.ANOTHER_PLACE
    return Reason.ANOTHER_TIMELINE if stored - {now} else None
