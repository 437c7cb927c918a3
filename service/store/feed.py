"""The pull: one statement on asyncpg, from index to socket without decoding a document.

The statement answers five questions at once, all from one and the same snapshot: does the token's member still stand,
which scopes are theirs, what can the cursor's snapshot not have seen, what are those documents, and which snapshot
comes next. SQLAlchemy's execution layer would cost more than the query.
"""

from collections.abc import Sequence
from typing import NamedTuple
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
       p.goes_on, p.catalogue_digest, pg_current_snapshot()::text, c.xid::text, c.document_id, c.visible, c.reason, c.kind, c.body
FROM place p LEFT JOIN LATERAL (
    SELECT a.xid, a.document_id, a.visible, a.reason, x.kind, CASE WHEN a.visible THEN x.body END AS body
    FROM audience a JOIN documents x ON x.org_id = a.org_id AND x.id = a.document_id
    WHERE a.org_id = $1 AND a.scope_id = ANY(p.scopes)
      AND a.xid >= coalesce(pg_snapshot_xmin(p.since), '0'::xid8)
      AND (p.since IS NULL OR NOT pg_visible_in_snapshot(a.xid, p.since))
      AND (p.target IS NULL OR pg_visible_in_snapshot(a.xid, p.target))
      AND (p.since IS NOT NULL OR a.visible)
      AND (NOT p.goes_on OR $8::text IS NULL OR (a.xid, a.document_id) > ($8::text::xid8, $9::uuid))
    ORDER BY a.xid, a.document_id
    LIMIT $10
) c ON true
"""


class Reader(Struct, frozen=True):
    """Whose device asks."""

    org_id: UUID
    member_id: UUID
    device_id: UUID


class Row(NamedTuple):
    """What the statement answers; the standing is the same on every row, and there is always one when it exists."""

    role: str
    outlet_ids: list[UUID]
    language: str
    active: bool
    member_version: int
    device_version: int
    device_revoked: bool
    scopes: list[UUID]
    goes_on: bool | None
    catalogue: str
    snapshot: str
    xid: str | None
    document_id: UUID | None
    visible: bool | None
    reason: str | None
    kind: str | None
    body: bytes | None


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
    return _changes([Row(*row) for row in rows], epoch, known, limit) if rows else None


def _changes(rows: Sequence[Row], epoch: str, known: Cursor | None, limit: int) -> Changes:
    first, page = rows[0], [row for row in rows[:limit] if row.document_id is not None]
    before = known if first.goes_on else None
    return Changes(
        standing=Standing(Role(first.role), tuple(first.outlet_ids), *first[2:7]),
        jobs=[row.body for row in page if row.kind == JOB and row.body is not None],
        sites=[row.body for row in page if row.kind == SITE and row.body is not None],
        withdrawn=[_withdrawn(row) for row in page if not row.visible],
        catalogue=first.catalogue,
        cursor=cursors.write(_next(epoch, before, first, page[-1] if len(rows) > limit else None)),
        more=len(rows) > limit,
        reset=before is None,
    )


def _next(epoch: str, before: Cursor | None, first: Row, last: Row | None) -> Cursor:
    """While pages follow, the device still has only what it had; after the last, all that the target could see."""
    target = before.target if before is not None and before.target is not None else first.snapshot
    scopes = tuple(first.scopes)
    if last is None:
        return Cursor(epoch=epoch, scopes=scopes, seen=target)
    assert last.xid is not None
    assert last.document_id is not None
    after = Place(int(last.xid), last.document_id)
    return Cursor(epoch=epoch, scopes=scopes, seen=before.seen if before else None, target=target, after=after)


def _withdrawn(row: Row) -> Withdrawn:
    assert row.document_id is not None
    return Withdrawn(id=row.document_id, kind=row.kind or JOB, reason=row.reason or "")
