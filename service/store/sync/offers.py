"""What a phone was told was recorded, held against what is known now."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domain.people.actor import Actor

# Only the member's own words count: to whoever makes ids up, a colleague's fact looks like one that never was.
_LOST = """
SELECT o.id FROM unnest($3::uuid[]) WITH ORDINALITY AS o(id, place)
WHERE NOT EXISTS (SELECT FROM facts f WHERE f.org_id = $1 AND f.id = o.id AND f.author_id = $2)
  AND NOT EXISTS (SELECT FROM quarantine q WHERE q.org_id = $1 AND q.fact_id = o.id AND q.author_id = $2)
ORDER BY o.place
"""


async def lost(pool: "asyncpg.Pool[asyncpg.Record]", actor: Actor, fact_ids: Sequence[UUID]) -> tuple[UUID, ...]:
    """Those of these ids under which this member has said nothing that is still here, in the order given."""
    rows = await pool.fetch(_LOST, actor.org_id, actor.member_id, list(fact_ids))
    return tuple(row[0] for row in rows)
