"""Events: what happened, in one list that other systems read from where they stopped."""

from typing import Annotated

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http.endpoint import Input, Output, get
from service.store.webhooks import events
from service.store.webhooks.events import ToldEvent


class EventQuery(Input, frozen=True, kw_only=True):
    """After which place to list."""

    after: Annotated[int, Meta(ge=0, le=2**63 - 1, description="`next_after` of the page before; 0: the oldest")] = 0
    limit: Annotated[int, Meta(ge=1, le=1000, description="How many at most")] = 100


class EventPage(Output, frozen=True, kw_only=True):
    """Events in their order; those of one job in the order in which they happened."""

    items: tuple[ToldEvent, ...]
    next_after: int
    """Send it as `after` next time: at once while `has_more`, else whenever you like. Nothing is missed or repeated."""
    has_more: bool


@get("/v1/events", right="read_events")
async def list_events(actor: Actor, db: AsyncConnection, query: EventQuery) -> EventPage:
    """List the events of your outlets of the last thirty days, whether or not a webhook was sent them.

    For a receiver that was away for longer than deliveries are tried, or that prefers to ask.
    """
    found = await events.page(db, actor.org_id, actor.outlet_ids, query.after, query.limit + 1)
    items = tuple(found[: query.limit])
    last = items[-1].position if items else None
    return EventPage(items=items, next_after=query.after if last is None else last, has_more=len(found) > query.limit)
