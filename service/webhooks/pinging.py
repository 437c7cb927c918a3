"""A test: one event that means nothing, sent while somebody waits for what comes of it."""

from datetime import UTC, datetime
from uuid import uuid4

from domain.events import EventData, EventKind
from service.store.webhooks.deliveries import Try
from service.store.webhooks.events import ToldEvent
from service.store.webhooks.webhooks import Target
from service.webhooks.sending import sender_to


async def ping(target: Target, *, private: bool) -> tuple[ToldEvent, Try]:
    """The test event, and what the receiver made of it."""
    event = ToldEvent(
        id=uuid4(), position=None, type=EventKind.WEBHOOK_TEST, timestamp=datetime.now(UTC), data=EventData()
    )
    async with sender_to(target, private=private) as sender:
        return event, await sender.send(event)
