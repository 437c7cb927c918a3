"""The pull's statement: from index to socket without decoding a document.

It answers five questions at once, all from one and the same snapshot: does the token's member still stand, which
scopes are theirs, what can the cursor's snapshot not have seen, what are those documents, and which snapshot comes
next. It answers them for every device that is waiting at that moment, since a statement costs more than a pull.
"""

from service.store.sync.scope_digest import SCOPE_DIGEST

# One array element for each device that asks: $1 organisation, $2 member, $3 device, $4 epoch and $5 scopes of its
# cursor, $6 what it has seen, $7 the target its pages are bound to, $8 until when work is due soon, $9 to $11 the last
# row of the page before, $12 documents wanted.
#
# `since` is what the device has, or null when it must start anew: another epoch, or other scopes than it knew.
# A job that moved to another outlet is withdrawn from nobody who holds both (counted, because a planner may answer
# EXISTS by reading the whole audience first).
# Bounding xid by the snapshot's xmin makes the rest of the filter a short walk along the index. What must go comes
# first, then what is due soon. Documents are joined after the page is cut, each by its key (OFFSET 0: joined as a
# table, a planner that cannot know how short the page is would read all documents); `number` says where the page ends.
ASKERS = """
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bytea[], $6::text[], $7::text[],
                         $8::bigint[], $9::int[], $10::text[], $11::uuid[], $12::int[]) WITH ORDINALITY
        AS q(org_id, member_id, device_id, epoch, scopes, seen, target, due_before, after_rank, after_xid, after_id,
             wanted, asker)
), standing AS (
    SELECT q.asker, q.org_id, q.epoch IS NOT DISTINCT FROM o.epoch AS same_epoch, q.scopes AS scopes_known,
           q.seen::pg_snapshot AS seen, q.target::pg_snapshot AS target,
           coalesce(to_timestamp(q.due_before), date_trunc('second', now()) + interval '24 hours') AS due_before,
           q.after_rank, q.after_xid::xid8 AS after_xid, q.after_id, q.wanted,
           m.role, m.outlet_ids, m.language, m.active, m.authority_version AS member_version,
           d.authority_version AS device_version, d.revoked_at IS NOT NULL AS device_revoked,
           o.catalogue_digest, o.epoch,
           CASE WHEN m.role = 'technician' THEN ARRAY[m.id]
                WHEN cardinality(m.outlet_ids) > 0 THEN m.outlet_ids
                ELSE ARRAY(SELECT l.id FROM outlets l WHERE l.org_id = q.org_id ORDER BY l.id) END AS scopes
    FROM asked q
    JOIN members m ON m.org_id = q.org_id AND m.id = q.member_id
    JOIN devices d ON d.org_id = q.org_id AND d.id = q.device_id AND d.member_id = m.id
    JOIN organisations o ON o.org_id = q.org_id
), known AS (
    SELECT s.*, substring(sha256(array_send(s.scopes)) FROM 1 FOR 8) AS scopes_digest FROM standing s
), place AS (
    SELECT k.*, k.same_epoch AND k.scopes_digest = k.scopes_known AS goes_on,
           CASE WHEN k.same_epoch AND k.scopes_digest = k.scopes_known THEN k.seen END AS since,
           CASE WHEN k.same_epoch AND k.scopes_digest = k.scopes_known THEN k.target END AS bound
    FROM known k
)
SELECT p.asker, p.role, p.outlet_ids, p.language, p.active, p.member_version, p.device_version, p.device_revoked,
       p.epoch, p.same_epoch, p.scopes_digest, p.goes_on, p.catalogue_digest, pg_current_snapshot()::text,
       extract(epoch FROM p.due_before)::bigint,
       p.same_epoch AND pg_snapshot_xmax(p.seen) > pg_snapshot_xmax(pg_current_snapshot()),
       NULL::bigint, NULL::int, (
           SELECT max(n.xid)::text FROM unnest(p.scopes) AS s(id) CROSS JOIN LATERAL (
               SELECT a.xid FROM audience a WHERE a.org_id = p.org_id AND a.scope_id = s.id ORDER BY a.xid DESC LIMIT 1
           ) n
       ), NULL::uuid, NULL::text, NULL::text, NULL::bytea
FROM place p
UNION ALL
"""
_DOCUMENTS = """
SELECT p.asker, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       c.number, c.rank, c.xid::text, c.document_id, c.kind, c.reason, c.body
FROM place p CROSS JOIN LATERAL (
    SELECT f.number, f.rank, f.xid, f.document_id, x.kind,
           CASE WHEN NOT f.visible THEN coalesce(f.reason, '') END AS reason,
           CASE WHEN f.visible AND f.number <= p.wanted THEN x.body END AS body
    FROM (
        SELECT r.*, row_number() OVER (ORDER BY r.rank, r.xid, r.document_id) AS number
        FROM (
            SELECT a.xid, a.document_id, a.visible, a.reason,
                   CASE WHEN NOT a.visible THEN 0 WHEN a.due_at < p.due_before THEN 1 ELSE 2 END AS rank
            FROM audience a
            WHERE a.org_id = p.org_id AND a.scope_id = ANY(p.scopes)
              AND a.xid >= coalesce(pg_snapshot_xmin(p.since), '0'::xid8)
              AND (p.since IS NULL OR NOT pg_visible_in_snapshot(a.xid, p.since))
              AND (p.bound IS NULL OR pg_visible_in_snapshot(a.xid, p.bound))
              AND (a.visible OR p.since IS NOT NULL AND (
                  SELECT count(*) = 0 FROM audience h WHERE h.org_id = a.org_id AND h.document_id = a.document_id
                      AND h.scope_id = ANY(p.scopes) AND h.visible))
        ) r
        WHERE NOT p.goes_on OR p.after_xid IS NULL
           OR (r.rank, r.xid, r.document_id) > (p.after_rank, p.after_xid, p.after_id)
        ORDER BY r.rank, r.xid, r.document_id
        LIMIT p.wanted + 1
    ) f CROSS JOIN LATERAL (
        SELECT d.kind, d.body FROM documents d WHERE d.org_id = p.org_id AND d.id = f.document_id OFFSET 0
    ) x
) c
"""
PULL = ASKERS + _DOCUMENTS
# As PULL, with one row more for each asker: the digest of their whole scope, as its body.
_DIGEST = """
UNION ALL
SELECT p.asker, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
       NULL, NULL, NULL, NULL, NULL, NULL, """
PULL_AND_DIGEST = PULL + _DIGEST + SCOPE_DIGEST + " FROM place p"
# The first row of an asker says who they are, where they stand, and the newest transaction that touched their scopes;
# each other row is one document. Columns of the two
# kinds of rows are kept apart, because decoding ten columns for each of 2,000 documents would cost more than reading
# them.
ASKER, STANDING, EPOCH, SAME_EPOCH, SCOPES, GOES_ON = 0, slice(1, 8), 8, 9, 10, 11
CATALOGUE, SNAPSHOT, DUE_BEFORE, FROM_THE_FUTURE = 12, 13, 14, 15
NUMBER, RANK, XID, DOCUMENT_ID, KIND, REASON, BODY = 16, 17, 18, 19, 20, 21, 22
