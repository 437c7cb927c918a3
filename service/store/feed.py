"""The pull: one statement on asyncpg, from index to socket without decoding a document.

The statement answers five questions at once, all from one and the same snapshot: does the token's member still stand,
which scopes are theirs, what can the cursor's snapshot not have seen, what are those documents, and which snapshot
comes next. It answers them for every device that is waiting at that moment, since a statement costs more than a pull.
SQLAlchemy's execution layer would cost more than both.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

import asyncpg
from msgspec import Struct

from domain.actor import Role
from service.store.sessions import Standing
from service.store.sets import array_text
from sync import cursor as cursors
from sync.cursor import Cursor, Place
from sync.protocol import Withdrawn

JOB, SITE = "job", "site"

# One array element for each device that asks: $1 organisation, $2 member, $3 device, $4 epoch and $5 scopes of its
# cursor, $6 what it has seen, $7 the target its pages are bound to, $8 and $9 the last row of the page before,
# $10 documents wanted, $11 the epoch of now.
#
# `since` is what the device has, or null when it must start anew: another epoch, or other scopes than it knew.
# A job that moved to another outlet is withdrawn from nobody who holds both (counted, because a planner may answer
# EXISTS by reading the whole audience first).
# Bounding xid by the snapshot's xmin makes the rest of the filter a short walk along the index. Documents are joined
# after the page is cut, each by its key (OFFSET 0: joined as a table, a planner that cannot know how short the page is
# would read all documents); `number` says where the page ends.
PULL = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::text[], $9::uuid[], $10::int[], $11::text[]) WITH ORDINALITY
        AS q(org_id, member_id, device_id, epoch, scopes, seen, target, after_xid, after_id, wanted, epoch_now, asker)
), standing AS (
    SELECT q.asker, q.org_id, q.epoch IS NOT DISTINCT FROM q.epoch_now AS same_epoch, q.scopes::uuid[] AS scopes_known,
           q.seen, q.target, q.after_xid, q.after_id, q.wanted,
           m.role, m.outlet_ids, m.language, m.active, m.authority_version AS member_version,
           d.authority_version AS device_version, d.revoked_at IS NOT NULL AS device_revoked, o.catalogue_digest,
           CASE WHEN m.role = 'technician' THEN ARRAY[m.id]
                WHEN cardinality(m.outlet_ids) > 0 THEN m.outlet_ids
                ELSE ARRAY(SELECT l.id FROM outlets l WHERE l.org_id = q.org_id ORDER BY l.id) END AS scopes
    FROM asked q
    JOIN members m ON m.org_id = q.org_id AND m.id = q.member_id
    JOIN devices d ON d.org_id = q.org_id AND d.id = q.device_id AND d.member_id = m.id
    JOIN organisations o ON o.org_id = q.org_id
), place AS (
    SELECT s.*, s.same_epoch AND s.scopes = s.scopes_known AS goes_on,
           CASE WHEN s.same_epoch AND s.scopes = s.scopes_known THEN s.seen::pg_snapshot END AS since,
           CASE WHEN s.same_epoch AND s.scopes = s.scopes_known THEN s.target::pg_snapshot END AS bound
    FROM standing s
)
SELECT p.asker, p.role, p.outlet_ids, p.language, p.active, p.member_version, p.device_version, p.device_revoked,
       p.scopes, p.goes_on, p.catalogue_digest, pg_current_snapshot()::text,
       NULL::bigint, NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::bytea
FROM place p
UNION ALL
SELECT p.asker, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       c.number, c.xid::text, c.document_id, c.kind, c.reason, c.body
FROM place p CROSS JOIN LATERAL (
    SELECT f.number, f.xid, f.document_id, x.kind, CASE WHEN NOT f.visible THEN coalesce(f.reason, '') END AS reason,
           CASE WHEN f.visible AND f.number <= p.wanted THEN x.body END AS body
    FROM (
        SELECT a.xid, a.document_id, a.visible, a.reason, row_number() OVER (ORDER BY a.xid, a.document_id) AS number
        FROM audience a
        WHERE a.org_id = p.org_id AND a.scope_id = ANY(p.scopes)
          AND a.xid >= coalesce(pg_snapshot_xmin(p.since), '0'::xid8)
          AND (p.since IS NULL OR NOT pg_visible_in_snapshot(a.xid, p.since))
          AND (p.bound IS NULL OR pg_visible_in_snapshot(a.xid, p.bound))
          AND (a.visible OR p.since IS NOT NULL AND (
              SELECT count(*) = 0 FROM audience h WHERE h.org_id = a.org_id AND h.document_id = a.document_id
                  AND h.scope_id = ANY(p.scopes) AND h.visible))
          AND (NOT p.goes_on OR p.after_xid IS NULL OR (a.xid, a.document_id) > (p.after_xid::xid8, p.after_id))
        ORDER BY a.xid, a.document_id
        LIMIT p.wanted + 1
    ) f CROSS JOIN LATERAL (
        SELECT d.kind, d.body FROM documents d WHERE d.org_id = p.org_id AND d.id = f.document_id OFFSET 0
    ) x
) c
"""
# The first row of an asker says who they are and where they stand; each other row is one document. Columns of the two
# kinds of rows are kept apart, because decoding ten columns for each of 2,000 documents would cost more than reading
# them.
ASKER, STANDING, SCOPES, GOES_ON, CATALOGUE, SNAPSHOT = 0, slice(1, 8), 8, 9, 10, 11
NUMBER, XID, DOCUMENT_ID, KIND, REASON, BODY = 12, 13, 14, 15, 16, 17


class Ask(Struct, frozen=True):
    """Whose device asks, where it stands, and how many documents it wants; `epoch` is the one of now."""

    org_id: UUID
    member_id: UUID
    device_id: UUID
    epoch: str
    known: Cursor | None
    wanted: int


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


async def changes(pool: "asyncpg.Pool[asyncpg.Record]", asks: Sequence[Ask]) -> list[Changes | None]:
    """For each device one page of what changed since its cursor; None where member or device do not exist.

    A device that knows nothing, or stood elsewhere, starts anew.
    """
    rows = await pool.fetch(PULL, *zip(*map(_parameters, asks), strict=True))
    found: list[Changes | None] = [None] * len(asks)
    for asker, group in groupby(sorted(rows, key=_by_asker), key=_by_asker):
        found[asker - 1] = _changes(asks[asker - 1], list(group))
    return found


def _parameters(ask: Ask) -> tuple[object, ...]:
    who = (ask.org_id, ask.member_id, ask.device_id)
    known = ask.known
    if known is None:
        return (*who, None, None, None, None, None, None, ask.wanted, ask.epoch)
    after = (str(known.after.xid), known.after.document_id) if known.after else (None, None)
    where = (known.epoch, array_text(known.scopes), known.seen, known.target)
    return (*who, *where, *after, ask.wanted, ask.epoch)


def _by_asker(row: asyncpg.Record) -> int:
    return int(row[ASKER])


def _changes(ask: Ask, rows: Sequence[asyncpg.Record]) -> Changes:
    """The standing comes first: the statement puts it there, and sorting by asker keeps that order."""
    first, *documents = rows
    page = [row for row in documents if row[NUMBER] <= ask.wanted]
    more = len(page) < len(documents)
    before = ask.known if first[GOES_ON] else None
    role, outlet_ids, *rest = first[STANDING]
    return Changes(
        standing=Standing(Role(role), tuple(outlet_ids), *rest),
        jobs=_bodies(page, JOB),
        sites=_bodies(page, SITE),
        withdrawn=[
            Withdrawn(id=row[DOCUMENT_ID], kind=row[KIND], reason=row[REASON])
            for row in page
            if row[REASON] is not None
        ],
        catalogue=first[CATALOGUE],
        cursor=cursors.write(_next(ask.epoch, before, first, _last(page) if more else None)),
        more=more,
        reset=before is None,
    )


def _bodies(page: Iterable[asyncpg.Record], kind: str) -> list[bytes]:
    return [row[BODY] for row in page if row[KIND] == kind and row[REASON] is None]


def _last(page: Sequence[asyncpg.Record]) -> Place:
    row = max(page, key=lambda row: row[NUMBER])
    return Place(int(row[XID]), row[DOCUMENT_ID])


def _next(epoch: str, before: Cursor | None, first: asyncpg.Record, last: Place | None) -> Cursor:
    """While pages follow, the device still has only what it had; after the last, all that the target could see."""
    target = before.target if before is not None and before.target is not None else first[SNAPSHOT]
    scopes = tuple(first[SCOPES])
    if last is None:
        return Cursor(epoch=epoch, scopes=scopes, seen=target)
    return Cursor(epoch=epoch, scopes=scopes, seen=before.seen if before else None, target=target, after=last)
