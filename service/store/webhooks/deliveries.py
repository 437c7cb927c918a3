"""Deliveries: which event goes to which webhook, and what became of it. The log that an admin reads."""

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Row, Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.events import EventKind
from service.http import paging
from service.http.paging import Number, Paging
from service.store.tables import deliveries, events
from service.store.webhooks.events import ToldEvent, event_of

DELIVER = "deliver_events"
LADDER = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200)
)
"""How long to wait after the first failure, the second, …; one more and the delivery has failed."""


class DeliveryState(enum.StrEnum):
    """Waiting also between two attempts; failed when all were in vain."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(Struct, frozen=True, kw_only=True):
    """One event on its way to one webhook."""

    event_id: UUID
    position: int
    type: EventKind
    job_id: UUID | None
    state: DeliveryState
    attempts: int
    due_at: datetime
    """When it is tried next, while it waits."""
    tried_at: datetime | None
    status: int | None
    """HTTP status of the last answer, null when there was none."""
    error: str | None
    """Why the last attempt failed."""
    milliseconds: int | None


class Parcel(Struct, frozen=True):
    """An event that may be sent now, and how often that was tried."""

    event: ToldEvent
    attempts: int


class Try(Struct, frozen=True):
    """What came of sending once: no error means that it arrived."""

    status: int | None
    error: str | None
    milliseconds: int
    rest: timedelta = timedelta()
    """How long the receiver asks to be left alone."""


# One task for each webhook that has something to do and nobody doing it.
_ASK = text("""
INSERT INTO tasks (org_id, id, kind, key, details, state, due_at)
SELECT w.org_id, gen_random_uuid(), :kind, w.id::text, jsonb_build_object('webhook_id', w.id), 'waiting', now()
FROM webhooks w JOIN event_heads h ON h.org_id = w.org_id
WHERE w.active AND w.due_at <= now()
    AND (w.position < h.position OR EXISTS (SELECT FROM deliveries d
        WHERE d.org_id = w.org_id AND d.webhook_id = w.id AND d.state = 'waiting' AND d.due_at <= now()))
    AND NOT EXISTS (SELECT FROM tasks t WHERE t.org_id = w.org_id AND t.kind = :kind AND t.key = w.id::text
        AND t.state IN ('waiting', 'running'))
ON CONFLICT DO NOTHING
""")

_ENQUEUE = text("""
WITH webhook AS (
    SELECT w.org_id, w.id, w.position, w.events FROM webhooks w
    WHERE w.org_id = :org_id AND w.id = :webhook_id AND w.active FOR UPDATE
), next AS MATERIALIZED (
    SELECT e.id, e.position, e.kind, e.job_id, w.events FROM webhook w JOIN events e
        ON e.org_id = w.org_id AND e.position > w.position ORDER BY e.position LIMIT :most
), reached AS (
    UPDATE webhooks w SET position = n.position FROM (SELECT max(position) AS position FROM next) n
    WHERE w.org_id = :org_id AND w.id = :webhook_id AND n.position IS NOT NULL
)
INSERT INTO deliveries (org_id, webhook_id, position, event_id, job_id)
SELECT :org_id, :webhook_id, n.position, n.id, n.job_id FROM next n
WHERE cardinality(n.events) = 0 OR n.kind = ANY(n.events) OR split_part(n.kind, '.', 1) || '.*' = ANY(n.events)
ON CONFLICT DO NOTHING
""")

# The first that waits of each job, and whatever belongs to none.
_NEXT = text("""
SELECT e.id, e.position, e.kind, e.at, e.data, d.attempts
FROM deliveries d JOIN events e ON e.org_id = d.org_id AND e.id = d.event_id
WHERE d.org_id = :org_id AND d.webhook_id = :webhook_id AND d.state = 'waiting' AND d.due_at <= now()
    AND NOT EXISTS (SELECT FROM deliveries f WHERE f.org_id = d.org_id AND f.webhook_id = d.webhook_id
        AND f.job_id = d.job_id AND f.state = 'waiting' AND f.position < d.position)
ORDER BY d.position LIMIT :most
""")

_TRIED = text("""
UPDATE deliveries d SET attempts = d.attempts + 1, tried_at = now(),
    status = t.status, error = t.error, milliseconds = t.milliseconds,
    state = CASE WHEN t.error IS NULL THEN 'delivered' WHEN t.wait IS NULL THEN 'failed' ELSE 'waiting' END,
    due_at = now() + coalesce(t.wait, interval '0')
FROM unnest(CAST(:positions AS bigint[]), CAST(:statuses AS int[]), CAST(:errors AS text[]),
    CAST(:milliseconds AS int[]), CAST(:waits AS interval[])) AS t (position, status, error, milliseconds, wait)
WHERE d.org_id = :org_id AND d.webhook_id = :webhook_id AND d.position = t.position AND d.state = 'waiting'
""")


async def ask(db: AsyncConnection) -> None:
    """Have events delivered wherever some wait. One statement for every organisation."""
    await db.execute(_ASK, {"kind": DELIVER})


async def enqueue(db: AsyncConnection, org_id: UUID, webhook_id: UUID, most: int) -> None:
    """Make deliveries of what has happened since the last of them."""
    await db.execute(_ENQUEUE, {"org_id": org_id, "webhook_id": webhook_id, "most": most})


async def next_parcels(db: AsyncConnection, org_id: UUID, webhook_id: UUID, most: int) -> list[Parcel]:
    """What may be sent now, all of it at the same time: no two of one job."""
    rows = await db.execute(_NEXT, {"org_id": org_id, "webhook_id": webhook_id, "most": most})
    return [Parcel(event_of(row), row.attempts) for row in rows]


async def tried(db: AsyncConnection, org_id: UUID, webhook_id: UUID, tries: Sequence[tuple[Parcel, Try]]) -> None:
    """Write down what came of these; each that failed waits on its own ladder."""
    values = {
        "positions": [parcel.event.position for parcel, _ in tries],
        "statuses": [each.status for _, each in tries],
        "errors": [each.error for _, each in tries],
        "milliseconds": [each.milliseconds for _, each in tries],
        "waits": [_wait(parcel, each) for parcel, each in tries],
    }
    await db.execute(_TRIED, {"org_id": org_id, "webhook_id": webhook_id, **values})


async def page(
    db: AsyncConnection, org_id: UUID, webhook_id: UUID, query: Paging, state: DeliveryState | None
) -> tuple[tuple[Delivery, ...], str | None]:
    """The next part of the log, the newest event first, and the cursor of what follows."""
    statement = listed().where(deliveries.c.org_id == org_id, deliveries.c.webhook_id == webhook_id)
    if state is not None:
        statement = statement.where(deliveries.c.state == state.value)
    if (last := paging.key_after(query, f"deliveries {webhook_id}", Number)) is not None:
        statement = statement.where(deliveries.c.position < last.number)
    ordered = statement.order_by(deliveries.c.position.desc()).limit(query.limit + 1)
    found = [delivery(row) for row in await db.execute(ordered)]
    return paging.part(query, f"deliveries {webhook_id}", found, lambda last: Number(last.position))


def listed() -> Select[Any]:
    """The columns of a delivery, and of the event that it delivers."""
    row, of = deliveries.c, (events.c.org_id == deliveries.c.org_id) & (events.c.id == deliveries.c.event_id)
    told_of = (row.event_id, row.position, events.c.kind.label("type"), row.job_id, row.state, row.attempts)
    return select(*told_of, row.due_at, row.tried_at, row.status, row.error, row.milliseconds).join(events, of)


def delivery(row: Row[Any]) -> Delivery:
    """The delivery of a row of `listed`."""
    return msgspec.convert(row._mapping, Delivery)  # noqa: SLF001 (the documented way to a row's mapping)


def _wait(parcel: Parcel, came: Try) -> timedelta | None:
    over = came.error is None or parcel.attempts >= len(LADDER)
    return None if over else max(LADDER[parcel.attempts], came.rest)
