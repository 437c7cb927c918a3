"""Delivering what waits for one webhook, and recording whether it arrives."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID

from msgspec import Struct

from service.store.webhooks import deliveries, webhooks
from service.store.webhooks.deliveries import Parcel, Try
from service.store.webhooks.webhooks import Target
from service.webhooks.sending import AT_ONCE, GONE, Sender, sender_to
from service.work.turn import Kind, Turn

ENQUEUED_AT_ONCE = 1_000
PARCELS_AT_ONCE = 8 * AT_ONCE
FOR_SECONDS = 20.0
RESTS = deliveries.LADDER[:5]
"""How long to leave an address alone at which nothing arrived, once, twice, …, then as long as the last."""


class Delivering(Struct, frozen=True):
    """To whom."""

    webhook_id: UUID


async def deliver(turn: Turn, details: Delivering) -> None:
    """For a while, or until nothing waits; who asks each second asks again."""
    until = time.monotonic() + FOR_SECONDS
    async with turn.database.reader() as db:
        target = await webhooks.target(db, turn.org_id, details.webhook_id)
    if target is None:
        return
    async with sender_to(target, private=turn.settings.private_webhooks) as sender:
        while time.monotonic() < until and target is not None:
            target = await _deliver_some(turn, details.webhook_id, sender, target)


async def _deliver_some(turn: Turn, webhook_id: UUID, sender: Sender, target: Target) -> Target | None:
    """How the target stands afterwards; None when that was all for now."""
    # Where nothing arrives, one is enough to find out when something does.
    most = PARCELS_AT_ONCE if target.failures == 0 and sender.refused is None else 1
    async with turn.database.transaction() as db:
        await deliveries.enqueue(db, turn.org_id, webhook_id, ENQUEUED_AT_ONCE)
        parcels = await deliveries.next_parcels(db, turn.org_id, webhook_id, most)
    if not parcels:
        return None
    tries = await _send_all(sender, parcels)
    arrived, gone = any(each.error is None for _, each in tries), any(each.status == GONE for _, each in tries)
    # Whoever asks to be left alone is, also where some of it arrived.
    asked = max(each.rest for _, each in tries)
    wait = max(asked, timedelta() if arrived else RESTS[min(target.failures, len(RESTS) - 1)])
    async with turn.database.transaction() as db:
        await deliveries.tried(db, turn.org_id, webhook_id, tries)
        active = await webhooks.fared(db, turn.org_id, webhook_id, wait, arrived=arrived, gone=gone)
        return await webhooks.target(db, turn.org_id, webhook_id) if active else None


async def _send_all(sender: Sender, parcels: list[Parcel]) -> list[tuple[Parcel, Try]]:
    room = asyncio.Semaphore(AT_ONCE)

    async def send(parcel: Parcel) -> tuple[Parcel, Try]:
        async with room:
            return parcel, await sender.send(parcel.event)

    return await asyncio.gather(*map(send, parcels))


DELIVERING = Kind(
    name=deliveries.DELIVER, details=Delivering, handle=deliver, abroad=True, kept=False, seconds=FOR_SECONDS * 6
)
