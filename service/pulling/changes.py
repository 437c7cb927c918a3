"""What changed for a device since its cursor; and finding out, by a cursor, that the database was put back."""

from uuid import UUID

from msgspec import Struct

from service.database import Database
from service.epochs.watching import went_back
from service.store.sync.feed import Ask, Changes
from sync import cursor as cursors
from sync.cursor import Cursor

_KEY = "SELECT cursor_key FROM organisations WHERE org_id = $1"


class Device(Struct, frozen=True):
    """Who asks, and on which device."""

    org_id: UUID
    member_id: UUID
    device_id: UUID


async def read_cursor(database: Database, device: Device, text: str) -> Cursor | None:
    """The cursor in this text, or None when this device was never given it."""
    return cursors.read(text, await _key(database, device.org_id), device.device_id)


async def ask_of(
    database: Database, device: Device, since: Cursor | None, documents: int, budget_bytes: int, *, digest: bool = False
) -> Ask:
    """What this device asks of the feed."""
    key = await _key(database, device.org_id)
    return Ask(device.org_id, device.member_id, device.device_id, key, since, documents, budget_bytes, digest)


async def changes(
    database: Database, device: Device, since: Cursor | None, documents: int, budget_bytes: int, *, digest: bool = False
) -> Changes | None:
    """One page of what the device has not seen, or None when its member or the device does not exist.

    A cursor from the future proves that an older state of the database was put back: the device then starts anew,
    and so does every other.
    """
    ask = await ask_of(database, device, since, documents, budget_bytes, digest=digest)
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
