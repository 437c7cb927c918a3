"""The pull: one statement on asyncpg, from index to socket without decoding a document.

The statement answers five questions at once, all from one and the same snapshot: does the token's member still stand,
which scopes are theirs, what can the cursor's snapshot not have seen, what are those documents, and which snapshot
comes next. SQLAlchemy's execution layer would cost more than the query.
"""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
from msgspec import Struct

from domain.actor import Role
from service.store.sessions import Standing
from sync import cursor as cursors
from sync.cursor import Cursor, Place
from sync.protocol import Withdrawn

JOB, SITE = "job", "site"

# $1 organisation, $2 member, $3 device, $4 epoch and $5 scopes of the cursor, $6 what it has seen, $7 the target its
# pages are bound to, $8 and $9 the last row of the page before, $10 rows wanted, $11 the epoch of now.
#
# `since` is what the device has, or null when it must start anew: another epoch, or other scopes than it knew.
# Bounding xid by the snapshot's xmin makes the rest of the filter a short walk along the index.
PULL = """
WITH standing AS (
    SELECT m.role, m.outlet_ids, m.language, m.active, m.authority_version AS member_version,
           d.authority_version AS device_version, d.revoked_at IS NOT NULL AS device_revoked,
           CASE WHEN m.role = 'technician' THEN ARRAY[m.id]
                WHEN cardinality(m.outlet_ids) > 0 THEN m.outlet_ids
                ELSE ARRAY(SELECT l.id FROM outlets l WHERE l.org_id = $1 ORDER BY l.id) END AS scopes,
           o.catalogue_digest
    FROM members m JOIN devices d ON d.org_id = m.org_id AND d.member_id = m.id
    JOIN organisations o ON o.org_id = m.org_id
    WHERE m.org_id = $1 AND m.id = $2 AND d.id = $3
), place AS (
    SELECT s.*, CASE WHEN s.scopes = $5::uuid[] AND $4::text = $11::text THEN $6::text END::pg_snapshot AS since,
           CASE WHEN s.scopes = $5::uuid[] AND $4::text = $11::text THEN $7::text END::pg_snapshot AS target,
           s.scopes = $5::uuid[] AND $4::text = $11::text AS goes_on
    FROM standing s
)
SELECT p.role, p.outlet_ids, p.language, p.active, p.member_version, p.device_version, p.device_revoked, p.scopes,
       p.goes_on, p.catalogue_digest, pg_current_snapshot()::text, NULL::text, NULL::uuid, NULL::text, NULL::text,
       NULL::bytea
FROM place p
UNION ALL
SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       c.xid::text, c.document_id, c.kind, c.reason, c.body
FROM place p CROSS JOIN LATERAL (
    SELECT f.xid, f.document_id, x.kind, CASE WHEN NOT f.visible THEN coalesce(f.reason, '') END AS reason,
           CASE WHEN f.visible THEN x.body END AS body
    FROM (
        SELECT a.xid, a.document_id, a.visible, a.reason
        FROM audience a
        WHERE a.org_id = $1 AND a.scope_id = ANY(p.scopes)
          AND a.xid >= coalesce(pg_snapshot_xmin(p.since), '0'::xid8)
          AND (p.since IS NULL OR NOT pg_visible_in_snapshot(a.xid, p.since))
          AND (p.target IS NULL OR pg_visible_in_snapshot(a.xid, p.target))
          AND (p.since IS NOT NULL OR a.visible)
          AND (NOT p.goes_on OR $8::text IS NULL OR (a.xid, a.document_id) > ($8::text::xid8, $9::uuid))
        ORDER BY a.xid, a.document_id
        LIMIT $10
    ) f JOIN documents x ON x.org_id = $1 AND x.id = f.document_id
) c
"""
# The first row says who asks and where they stand; each row after it is one document. Columns of the two kinds of
# rows are kept apart, because decoding ten columns for each of 2,000 documents would cost more than reading them.
STANDING, SCOPES, GOES_ON, CATALOGUE, SNAPSHOT = slice(0, 7), 7, 8, 9, 10
XID, DOCUMENT_ID, KIND, REASON, BODY = 11, 12, 13, 14, 15


class Reader(Struct, frozen=True):
    """Whose device asks."""

    org_id: UUID
    member_id: UUID
    device_id: UUID


class Changes(Struct, frozen=True, kw_only=True):
    """What a device must hear: documents as stored bytes, documents to purge, and where it then stands."""

    standing: Standing
    jobs: list[bytes]
    sites: list[bytes]
    withdrawn: list[Withdrawn]
    catalogue: str
    cursor: str
    more: bool
    reset: bool


async def changes(
    pool: "asyncpg.Pool[asyncpg.Record]", reader: Reader, epoch: str, known: Cursor | None, limit: int
) -> Changes | None:
    """One page of what changed since `known`; None when member or device do not exist.

    A device that knows nothing, or stood elsewhere, starts anew.
    """
    after = known.after if known else None
    rows = await pool.fetch(
        PULL,
        reader.org_id,
        reader.member_id,
        reader.device_id,
        known.epoch if known else None,
        known.scopes if known else None,
        known.seen if known else None,
        known.target if known else None,
        str(after.xid) if after else None,
        after.document_id if after else None,
        limit + 1,
        epoch,
    )
    return _changes(rows, epoch, known, limit) if rows else None


def _changes(rows: Sequence[asyncpg.Record], epoch: str, known: Cursor | None, limit: int) -> Changes:
    first, page = rows[0], rows[1 : limit + 1]
    before = known if first[GOES_ON] else None
    more = len(rows) > limit + 1
    role, outlet_ids, *rest = first[STANDING]
    return Changes(
        standing=Standing(Role(role), tuple(outlet_ids), *rest),
        jobs=[row[BODY] for row in page if row[KIND] == JOB and row[REASON] is None],
        sites=[row[BODY] for row in page if row[KIND] == SITE and row[REASON] is None],
        withdrawn=[
            Withdrawn(id=row[DOCUMENT_ID], kind=row[KIND], reason=row[REASON])
            for row in page
            if row[REASON] is not None
        ],
        catalogue=first[CATALOGUE],
        cursor=cursors.write(_next(epoch, before, first, page[-1] if more else None)),
        more=more,
        reset=before is None,
    )


def _next(epoch: str, before: Cursor | None, first: asyncpg.Record, last: asyncpg.Record | None) -> Cursor:
    """While pages follow, the device still has only what it had; after the last, all that the target could see."""
    target = before.target if before is not None and before.target is not None else first[SNAPSHOT]
    scopes = tuple(first[SCOPES])
    if last is None:
        return Cursor(epoch=epoch, scopes=scopes, seen=target)
    after = Place(int(last[XID]), last[DOCUMENT_ID])
    return Cursor(epoch=epoch, scopes=scopes, seen=before.seen if before else None, target=target, after=after)
