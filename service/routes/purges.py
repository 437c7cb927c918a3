"""Purges: withdrawn documents that a phone has not confirmed to have deleted."""

from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http.endpoint import get
from service.http.paging import Paging, Slice, cursor_after, invalid_cursor, key_after
from service.store.sync import purges
from service.store.sync.purges import Outstanding


class PurgePage(Slice[Outstanding], frozen=True, kw_only=True):
    """Outstanding purges in the order of device and document."""


@get("/v1/purges", right="enrol_devices")
async def list_purges(actor: Actor, db: AsyncConnection, query: Paging) -> PurgePage:
    """List the documents that phones were told to purge and have not confirmed, in your outlets.

    A phone names what it has purged in `purged` of its next push. A phone that stays on this list is a customer's
    data in the wrong hands: revoke the device when it is lost.
    """
    found = await purges.outstanding(db, actor, _after(query), query.limit + 1)
    items, has_more = tuple(found[: query.limit]), len(found) > query.limit
    last = msgspec.json.encode((items[-1].device_id, items[-1].document_id)).decode() if has_more else None
    next_cursor = None if last is None else cursor_after(query, "purges", last)
    return PurgePage(items=items, next_cursor=next_cursor, has_more=has_more)


def _after(query: Paging) -> tuple[UUID, UUID] | None:
    key = key_after(query, "purges")
    if key is None:
        return None
    try:
        return msgspec.json.decode(key, type=tuple[UUID, UUID])
    except msgspec.MsgspecError:
        raise invalid_cursor() from None
