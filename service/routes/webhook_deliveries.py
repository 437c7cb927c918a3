"""Deliveries: what was sent to webhooks, what became of it, and sending it again."""

import enum
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Instant
from domain.people.actor import Actor
from service.http.endpoint import Input, Output, get, post
from service.http.errors import Refused, Violation, invalid_body
from service.http.paging import Paging, Slice
from service.store.registry import registry
from service.store.webhooks import deliveries, replaying
from service.store.webhooks.deliveries import Delivery, DeliveryState
from service.store.webhooks.webhooks import WEBHOOKS

REPLAYED_AT_ONCE = 10_000


class DeliveryQuery(Paging, frozen=True, kw_only=True):
    """Which deliveries to list."""

    state: DeliveryState | None = None


class DeliveryPage(Slice[Delivery], frozen=True, kw_only=True):
    """Deliveries, the newest event first."""


class ReplayScope(enum.StrEnum):
    """What failed; or every event that the webhook asks for, even one that arrived or was never sent."""

    FAILED = "failed"
    EVERY = "every"


class ReplayDeliveries(Input, frozen=True, kw_only=True):
    """From where on: events after this place in their list, or since this moment, or both."""

    after: Annotated[int, Meta(ge=0, le=2**63 - 1)] | None = None
    since: Instant | None = None
    scope: ReplayScope = ReplayScope.FAILED


class ReplayedDeliveries(Output, frozen=True, kw_only=True):
    """How many events will be sent again. Where there are more, ask again with `next_after`."""

    deliveries: int
    next_after: int | None


@get("/v1/webhooks/{webhook_id}/deliveries", right="manage_webhooks", problems=("not_found",))
async def list_deliveries(actor: Actor, db: AsyncConnection, webhook_id: UUID, query: DeliveryQuery) -> DeliveryPage:
    """List the deliveries of a webhook in the last thirty days, and what became of each."""
    await registry.read(db, WEBHOOKS, actor, webhook_id)
    items, next_cursor = await deliveries.page(db, actor.org_id, webhook_id, query, query.state)
    return DeliveryPage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)


@post("/v1/webhooks/{webhook_id}/deliveries/{event_id}/retry", right="manage_webhooks", problems=("not_found",))
async def retry_delivery(actor: Actor, db: AsyncConnection, webhook_id: UUID, event_id: UUID) -> Delivery:
    """Send an event again, whether or not it arrived."""
    found = await replaying.send_again(db, actor.org_id, webhook_id, event_id)
    if found is None:
        raise Refused("not_found")
    return found


@post(
    "/v1/webhooks/{webhook_id}/replay",
    right="manage_webhooks",
    problems=("not_found",),
    example=ReplayDeliveries(after=4711),
)
async def replay_deliveries(
    actor: Actor, db: AsyncConnection, webhook_id: UUID, body: ReplayDeliveries
) -> ReplayedDeliveries:
    """Send events again, in order for each job: those that failed, or all, from a place or moment on.

    As far back as events are kept, ten thousand at once.
    """
    if body.after is None and body.since is None:
        raise invalid_body(Violation("/after", "missing"))
    await registry.read(db, WEBHOOKS, actor, webhook_id)
    every = body.scope is ReplayScope.EVERY
    count, last = await replaying.replay(
        db, actor.org_id, webhook_id, body.after or 0, body.since, REPLAYED_AT_ONCE, every=every
    )
    return ReplayedDeliveries(deliveries=count, next_after=last if count == REPLAYED_AT_ONCE else None)
