"""Who listens for hints and how each stands: one statement for everybody who listens to a process."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from msgspec import Struct

from domain.people.actor import Role
from service.store.people.sessions import Standing

# One array element for each device that listens: $1 organisation, $2 member, $3 device. $4 is the snapshot of the last
# look, or null: then nobody's scope has changed.
#
# What that snapshot could not see are the transactions that it lists as running and those that began after it. Asked
# like this, each scope costs two probes of the feed's index, however long a foreign transaction has been open. Each
# scope is asked about once, however many listen to it; LIMIT keeps a planner from reading the whole audience instead.
LOOK = """
WITH listening AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY
        AS l(org_id, member_id, device_id, listener)
), standing AS MATERIALIZED (
    SELECT l.listener, l.org_id,
           m.role, m.outlet_ids, m.language, m.active, m.authority_version AS member_version,
           d.authority_version AS device_version, d.revoked_at IS NOT NULL AS device_revoked,
           o.epoch, o.catalogue_digest,
           CASE WHEN m.role = 'technician' THEN ARRAY[m.id]
                WHEN cardinality(m.outlet_ids) > 0 THEN m.outlet_ids
                ELSE ARRAY(SELECT u.id FROM outlets u WHERE u.org_id = l.org_id ORDER BY u.id) END AS scopes
    FROM listening l
    LEFT JOIN members m ON m.org_id = l.org_id AND m.id = l.member_id
    LEFT JOIN devices d ON d.org_id = l.org_id AND d.id = l.device_id AND d.member_id = m.id
    LEFT JOIN organisations o ON o.org_id = l.org_id
), since AS MATERIALIZED (
    SELECT pg_snapshot_xmax(s) AS begins, ARRAY(SELECT pg_snapshot_xip(s)) AS running
    FROM CAST($4::text AS pg_snapshot) s
), changed AS MATERIALIZED (
    SELECT s.org_id, s.scope_id
    FROM (SELECT DISTINCT org_id, unnest(scopes) AS scope_id FROM standing) s CROSS JOIN since
    WHERE coalesce(
        (SELECT true FROM audience a
            WHERE a.org_id = s.org_id AND a.scope_id = s.scope_id AND a.xid >= since.begins LIMIT 1),
        (SELECT true FROM audience a
            WHERE a.org_id = s.org_id AND a.scope_id = s.scope_id AND a.xid = ANY(since.running) LIMIT 1))
)
SELECT s.role, s.outlet_ids, s.language, s.active, s.member_version, s.device_version, s.device_revoked,
       s.epoch, s.catalogue_digest, s.scopes,
       EXISTS (SELECT FROM changed c WHERE c.org_id = s.org_id AND c.scope_id = ANY(s.scopes)),
       pg_current_snapshot()::text, pg_postmaster_start_time()
FROM standing s ORDER BY s.listener
"""
STANDING, HOLDS, CHANGED, SNAPSHOT, STARTED_AT = slice(7), slice(7, 10), 10, 11, 12


class Found(Struct, frozen=True):
    """How one listener stands: None where member or device do not exist; whether a document of its scope changed."""

    standing: Standing | None
    holds: tuple[object, ...]
    """Epoch, catalogue and scopes: another value is news for the device, though no document of its scope changed."""
    changed: bool


class Look(Struct, frozen=True):
    """What one look at the database found, for each listener in turn."""

    found: list[Found]
    snapshot: str
    database_started_at: object


async def look(
    pool: "asyncpg.Pool[asyncpg.Record]", devices: Sequence[tuple[UUID, UUID, UUID]], since: str | None
) -> Look:
    """What changed since that snapshot for these devices: organisation, member and device of each. One at least."""
    rows = await pool.fetch(LOOK, *zip(*devices, strict=True), since)
    return Look([_found(row) for row in rows], rows[0][SNAPSHOT], rows[0][STARTED_AT])


def _found(row: asyncpg.Record) -> Found:
    role, outlet_ids, *rest = row[STANDING]
    stands = role is not None and rest[-2] is not None
    standing = Standing(Role(role), tuple(outlet_ids), *rest) if stands else None
    return Found(standing, tuple(row[HOLDS]), row[CHANGED])
