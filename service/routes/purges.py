"""Purges: withdrawn documents that a phone has not confirmed to have deleted."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http import paging
from service.http.endpoint import get
from service.http.paging import Paging, Slice
from service.store.sync import purges
from service.store.sync.purges import Outstanding


class PurgePage(Slice[Outstanding], frozen=True, kw_only=True):
    """Outstanding purges in the order of device and document."""


@get("/v1/purges", right="enrol_devices")
async def list_purges(actor: Actor, db: AsyncConnection, query: Paging) -> PurgePage:
    """List the documents that phones were told to purge and have not confirmed, in your outlets.

    A phone names what it has purged in `purged` of its next push, with its cursor as `purged_cursor`. A phone that
    stays on this list is a customer's data in the wrong hands: revoke the device when it is lost.
    """
    after = paging.key_after(query, "purges", tuple[UUID, UUID])
    found = await purges.outstanding(db, actor, after, query.limit + 1)
    items, cursor = paging.part(query, "purges", found, lambda last: (last.device_id, last.document_id))
    return PurgePage(items=items, next_cursor=cursor, has_more=cursor is not None)
