"""Sending again: deliveries that wait anew, whatever became of them."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import deliveries
from service.store.webhooks.deliveries import Delivery, DeliveryState, delivery, listed

# What the webhook has behind it; what lies before it comes anyway.
_REPLAY = text("""
WITH webhook AS (
    SELECT w.org_id, w.id, w.position, w.events FROM webhooks w
    WHERE w.org_id = :org_id AND w.id = :webhook_id FOR UPDATE
), anew AS (
    INSERT INTO deliveries (org_id, webhook_id, position, event_id, job_id)
    SELECT e.org_id, w.id, e.position, e.id, e.job_id
    FROM webhook w JOIN events e ON e.org_id = w.org_id AND e.position <= w.position
        LEFT JOIN deliveries d ON d.org_id = w.org_id AND d.webhook_id = w.id AND d.position = e.position
    WHERE e.position > :after AND e.at >= :since AND (d.state = 'failed' OR :every AND (cardinality(w.events) = 0
        OR e.kind = ANY(w.events) OR split_part(e.kind, '.', 1) || '.*' = ANY(w.events)))
    ORDER BY e.position LIMIT :most
    ON CONFLICT (org_id, webhook_id, position) DO UPDATE SET state = 'waiting', attempts = 0, due_at = now()
    RETURNING position
)
SELECT count(*), max(position) FROM anew
""")


async def send_again(db: AsyncConnection, org_id: UUID, webhook_id: UUID, event_id: UUID) -> Delivery | None:
    """Let it wait anew, whatever became of it, with all its attempts before it; None when there is no such delivery."""
    own = (
        (deliveries.c.org_id == org_id) & (deliveries.c.webhook_id == webhook_id) & (deliveries.c.event_id == event_id)
    )
    anew = {"state": DeliveryState.WAITING.value, "attempts": 0, "due_at": func.now()}
    await db.execute(update(deliveries).where(own).values(**anew))
    row = (await db.execute(listed().where(own))).one_or_none()
    return None if row is None else delivery(row)


async def replay(
    db: AsyncConnection, org_id: UUID, webhook_id: UUID, after: int, since: datetime | None, most: int, *, every: bool
) -> tuple[int, int | None]:
    """Let what failed after this place and moment wait anew, or `every` event that the webhook asks for.

    The first `most`: answers how many, and the place of the last.
    """
    values = {"org_id": org_id, "webhook_id": webhook_id, "after": after, "every": every, "most": most}
    row = (await db.execute(_REPLAY, {**values, "since": since or datetime.min.replace(tzinfo=UTC)})).one()
    return row[0], row[1]
