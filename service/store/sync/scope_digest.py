"""The digest of all documents that a device may hold, worked out by the database: `sync.digest.scope_digest` in SQL."""

# For a row `p` of `feed_statement.ASKERS`, true in the statement's own snapshot: the pages of an earlier one are not
# covered. Each document by its key (OFFSET 0), as in the feed. 200 documents take half a millisecond, 10,000 about 20.
SCOPE_DIGEST = """(
    SELECT sha256(coalesce(string_agg(uuid_send(v.document_id) || x.digest, ''::bytea ORDER BY v.document_id), ''))
    FROM (
        SELECT DISTINCT a.document_id FROM audience a
        WHERE a.org_id = p.org_id AND a.scope_id = ANY(p.scopes) AND a.visible
    ) v CROSS JOIN LATERAL (
        SELECT d.digest FROM documents d WHERE d.org_id = p.org_id AND d.id = v.document_id OFFSET 0
    ) x
)"""
