"""Comparing what a phone was told is recorded with what is recorded now."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domain.people.actor import Actor

# Only the member's own words count: to whoever makes ids up, a colleague's fact looks like one that never was.
_LOST = """
SELECT o.id FROM unnest($3::uuid[], $4::bytea[]) WITH ORDINALITY AS o(id, digest, place)
WHERE NOT EXISTS (
    SELECT FROM facts f
    WHERE f.org_id = $1 AND f.id = o.id AND f.author_id = $2 AND f.digest = coalesce(o.digest, f.digest)
) AND NOT EXISTS (
    SELECT FROM quarantine q
    WHERE q.org_id = $1 AND q.fact_id = o.id AND q.author_id = $2 AND q.digest = coalesce(o.digest, q.digest)
)
ORDER BY o.place
"""


async def lost(
    pool: "asyncpg.Pool[asyncpg.Record]", actor: Actor, offered: Sequence[tuple[UUID, bytes | None]]
) -> tuple[UUID, ...]:
    """The ids of the offered facts (id and digest) by this member that are lost, in the order offered.

    Without a digest, whatever is here under the id counts.
    """
    ids, digests = [fact_id for fact_id, _ in offered], [digest for _, digest in offered]
    rows = await pool.fetch(_LOST, actor.org_id, actor.member_id, ids, digests)
    return tuple(row[0] for row in rows)
