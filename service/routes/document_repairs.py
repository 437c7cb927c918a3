"""Repairs: devices whose documents were damaged, and set right."""

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http.endpoint import get
from service.http.paging import Paging, Slice
from service.store.sync import repairs
from service.store.sync.repairs import DeviceRepair


class DeviceRepairPage(Slice[DeviceRepair], frozen=True, kw_only=True):
    """Repairs, the newest first."""


@get("/v1/repairs", right="enrol_devices")
async def list_repairs(actor: Actor, db: AsyncConnection, query: Paging) -> DeviceRepairPage:
    """List the devices that held damaged documents and were set right, in your outlets.

    One device that comes back on this list has a storage that fails; many of one app version have an app that writes
    documents down wrongly.
    """
    items, next_cursor = await repairs.page(db, actor, query)
    return DeviceRepairPage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)
