"""What every crew does each second, so that events are on their way soon after they happened."""

from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.webhooks import deliveries, events

ORDERED_AT_ONCE = 5_000


async def send_out(db: AsyncConnection) -> None:
    """Put in order what has committed, and have it delivered; nothing when another process is at it."""
    if await events.put_in_order(db, ORDERED_AT_ONCE):
        await deliveries.ask(db)
