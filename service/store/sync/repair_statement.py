"""The repair's statement: what a device holds, held against what it should hold, without decoding a document."""

from service.store.sync.feed_statement import ASKERS

# $1 to $12 as in the feed, for the one device that asks; $13 the ids of what it holds, $14 their digests.
#
# Its rows are those of the feed, the digest of the whole scope last. A document that the device must drop has a reason;
# `xid` is one that its cursor could not see, if there is one: such a difference is news, not damage. What was never the
# device's own is of no kind, so that nobody learns by asking whether an id exists.
_DIFFERENCES = """
(
WITH mine AS (
    SELECT v.document_id, v.xid, v.due_at, x.kind, x.digest
    FROM place p CROSS JOIN LATERAL (
        SELECT a.document_id, min(a.due_at) AS due_at,
               coalesce(max(a.xid) FILTER (WHERE NOT pg_visible_in_snapshot(a.xid, p.since)), max(a.xid)) AS xid
        FROM audience a
        WHERE a.org_id = p.org_id AND a.scope_id = ANY(p.scopes) AND a.visible
        GROUP BY a.document_id
    ) v CROSS JOIN LATERAL (
        SELECT d.kind, d.digest FROM documents d WHERE d.org_id = p.org_id AND d.id = v.document_id OFFSET 0
    ) x
), held AS (
    SELECT * FROM unnest($13::uuid[], $14::bytea[]) AS h(id, digest)
), wrong AS (
    SELECT coalesce(m.document_id, h.id) AS document_id, m.document_id IS NULL AS extra, m.xid, m.due_at, m.kind
    FROM mine m FULL JOIN held h ON h.id = m.document_id
    WHERE m.document_id IS NULL OR h.id IS NULL OR h.digest IS DISTINCT FROM m.digest
)
SELECT p.asker, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, t.*
FROM place p CROSS JOIN LATERAL (
    SELECT f.number, f.rank, coalesce(f.xid, g.xid, '0'::xid8)::text, f.document_id,
           coalesce(f.kind, g.kind, 'unknown'), CASE WHEN f.extra THEN coalesce(g.reason, 'not_in_scope') END, x.body
    FROM (
        SELECT r.*, row_number() OVER (ORDER BY r.rank, r.document_id) AS number
        FROM (
            SELECT w.*, CASE WHEN w.extra THEN 0 WHEN w.due_at < p.due_before THEN 1 ELSE 2 END AS rank FROM wrong w
        ) r
        ORDER BY r.rank, r.document_id
        LIMIT p.wanted + 1
    ) f LEFT JOIN LATERAL (
        SELECT a.xid, a.reason, d.kind
        FROM audience a JOIN documents d ON d.org_id = a.org_id AND d.id = a.document_id
        WHERE a.org_id = p.org_id AND a.document_id = f.document_id AND a.scope_id = ANY(p.scopes)
        ORDER BY a.xid DESC
        LIMIT 1
    ) g ON f.extra LEFT JOIN LATERAL (
        SELECT d.body FROM documents d WHERE d.org_id = p.org_id AND d.id = f.document_id OFFSET 0
    ) x ON NOT f.extra AND f.number <= p.wanted
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, sha256(coalesce(string_agg(uuid_send(m.document_id) || m.digest,
                                                                          ''::bytea ORDER BY m.document_id), ''))
    FROM mine m
) t
)
"""
REPAIR = ASKERS + _DIFFERENCES

# One row for each repair that found damage, unless one of its documents was repaired on this device $9 times within
# $8: then the seconds until that may be tried again. $4 now, $5 to $7 the documents by what was wrong with them.
KEEP = """
WITH repeated AS (
    SELECT r.at, row_number() OVER (PARTITION BY u.document_id ORDER BY r.at DESC) AS nth
    FROM repairs r CROSS JOIN LATERAL unnest(r.differing || r.missing || r.extra) AS u(document_id)
    WHERE r.org_id = $1 AND r.device_id = $3 AND r.at > $4::timestamptz - $8::interval
      AND u.document_id = ANY($5::uuid[] || $6::uuid[] || $7::uuid[])
), too_often AS (
    SELECT max(at) + $8 - $4 AS wait FROM repeated WHERE nth = $9::int
), kept AS (
    INSERT INTO repairs (org_id, id, member_id, device_id, at, differing, missing, extra)
    SELECT $1, gen_random_uuid(), $2, $3, $4, $5, $6, $7 FROM too_often WHERE wait IS NULL
)
SELECT ceil(extract(epoch FROM wait))::int FROM too_often
"""
