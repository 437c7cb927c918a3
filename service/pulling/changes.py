"""What changed for a device: its cursor read, the feed asked, a database that went back found out."""

from uuid import UUID

from msgspec import Struct

from service.database import Database
from service.lives.epoch import went_back
from service.store.sync.feed import Ask, Changes
from sync import cursor as cursors
from sync.cursor import Cursor

_KEY = "SELECT cursor_key FROM organisations WHERE org_id = $1"


class Device(Struct, frozen=True):
    """Who asks, and on which device."""

    org_id: UUID
    member_id: UUID
    device_id: UUID


async def known(database: Database, device: Device, text: str) -> Cursor | None:
    """The cursor in this text; None when it is none that this device was given."""
    return cursors.read(text, await _key(database, device.org_id), device.device_id)


async def asked(
    database: Database, device: Device, since: Cursor | None, documents: int, budget_bytes: int, *, digest: bool = False
) -> Ask:
    """What the feed is asked for this device."""
    key = await _key(database, device.org_id)
    return Ask(device.org_id, device.member_id, device.device_id, key, since, documents, budget_bytes, digest)


async def changes(
    database: Database, device: Device, since: Cursor | None, documents: int, budget_bytes: int, *, digest: bool = False
) -> Changes | None:
    """One page of what the device has not seen; None where member or device do not exist.

    A cursor that has seen more than there is proves that an older state was put back: the device then starts anew,
    and so does every other.
    """
    ask = await asked(database, device, since, documents, budget_bytes, digest=digest)
    found = await database.pulls.changes(ask)
    if found is not None and found.from_the_future is not None:
        await went_back(database, device.org_id, found.from_the_future)
        found = await database.pulls.changes(ask)
    return found


async def _key(database: Database, org_id: UUID) -> bytes:
    """What the organisation's cursors are signed with: made with the organisation, and never changed."""
    key = database.cursor_keys.get(org_id)
    if key is None:
        key = await database.pull_pool.fetchval(_KEY, org_id) or b""
        if key:
            database.cursor_keys[org_id] = key
    return key
