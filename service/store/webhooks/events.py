"""Events: written in the transaction that caused them, put in their order once it has committed.

An event's number is drawn while its job is locked, so numbers are right within a job; but transactions commit in
another order than they draw numbers, and a reader who goes on from one would miss what commits late. So a place in the
list is given afterwards, to whatever has committed, by one process at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Interval, Row, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.events import Event, EventData, EventKind
from service.store.tables import events

_RAISE = text("""
INSERT INTO events (org_id, id, kind, job_id, outlet_id, data)
SELECT :org_id, gen_random_uuid(), e.kind, e.job_id, e.outlet_id, CAST(e.data AS jsonb)
FROM unnest(CAST(:kinds AS text[]), CAST(:job_ids AS uuid[]), CAST(:outlet_ids AS uuid[]), CAST(:datas AS text[]))
    WITH ORDINALITY AS e (kind, job_id, outlet_id, data, place)
WHERE EXISTS (SELECT FROM webhooks w WHERE w.org_id = :org_id) ORDER BY e.place
""")

_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('events in order', 0))")

_PUT_IN_ORDER = text("""
WITH fresh AS MATERIALIZED (
    SELECT org_id, id, number FROM events WHERE position IS NULL ORDER BY number LIMIT :most
), placed AS (
    SELECT org_id, id, row_number() OVER (PARTITION BY org_id ORDER BY number) AS place,
        count(*) OVER (PARTITION BY org_id) AS total FROM fresh
), heads AS (
    INSERT INTO event_heads AS h (org_id, position) SELECT org_id, count(*) FROM fresh GROUP BY org_id
    ON CONFLICT (org_id) DO UPDATE SET position = h.position + excluded.position RETURNING org_id, position
)
UPDATE events e SET position = h.position - p.total + p.place
FROM placed p JOIN heads h ON h.org_id = p.org_id
WHERE e.org_id = p.org_id AND e.id = p.id
""")

_CLEAR = text("""
DELETE FROM events WHERE org_id = :org_id AND id = ANY(ARRAY(
    SELECT id FROM events WHERE org_id = :org_id AND at < now() - :kept_for LIMIT :most))
""").bindparams(bindparam("kept_for", type_=Interval))


class ToldEvent(Struct, frozen=True, kw_only=True):
    """One thing that happened, as it is delivered and as it is listed. Kinds may be added."""

    id: UUID
    """Also in the header `webhook-id`: the same however often it is delivered."""
    position: Annotated[int, Meta(description="Its place in the list of events; go on from it with `after`")] | None
    type: EventKind
    timestamp: datetime
    data: EventData


async def announce(db: AsyncConnection, org_id: UUID, happened: Sequence[Event]) -> None:
    """Tell these to whoever listens, once this transaction has committed. One statement; nothing while nobody listens.

    Of one job in this order, and after all that was announced of it before: hold its lock, or name no job.
    """
    if happened:
        values = {
            "kinds": [each.kind.value for each in happened],
            "job_ids": [each.data.job_id for each in happened],
            "outlet_ids": [each.data.outlet_id for each in happened],
            "datas": [msgspec.json.encode(each.data).decode() for each in happened],
        }
        await db.execute(_RAISE, {"org_id": org_id, **values})


async def put_in_order(db: AsyncConnection, most: int) -> bool:
    """Give places to what has committed, `most` at once; False when another process is at it."""
    if not await db.scalar(_ALONE):
        return False
    await db.execute(_PUT_IN_ORDER, {"most": most})
    return True


async def page(db: AsyncConnection, org_id: UUID, outlet_ids: Sequence[UUID], after: int, most: int) -> list[ToldEvent]:
    """What follows the place `after`, of these outlets where any are named."""
    row = events.c
    query = select(row.id, row.position, row.kind, row.at, row.data).where(row.org_id == org_id, row.position > after)
    if outlet_ids:
        query = query.where(row.outlet_id.in_(outlet_ids))
    return [event_of(each) for each in await db.execute(query.order_by(row.position).limit(most))]


def event_of(row: Row[*tuple[Any, ...]]) -> ToldEvent:
    """The event of a row that begins with id, position, kind, time and data."""
    event_id, position, kind, at, data = row[:5]
    return ToldEvent(
        id=event_id, position=position, type=EventKind(kind), timestamp=at, data=msgspec.convert(data, EventData)
    )


async def clear(db: AsyncConnection, org_id: UUID, kept_for: timedelta, most: int) -> int:
    """Forget events that are older than this, with their deliveries, `most` at once; answers how many."""
    values = {"org_id": org_id, "kept_for": kept_for, "most": most}
    return (await db.execute(_CLEAR, values)).rowcount
