"""Daily upkeep: delete what nobody needs, compare what is kept with its digests, and chase files that did not come."""

from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from uuid import UUID

from domain.named_files import EXPECTED_WITHIN
from service.attachments import spool
from service.attachments.vault import FileGone, Stored, Vault, key_of, open_vault, thumbnail_key_of
from service.store.evidence import attachments, uploads
from service.store.evidence import cases as evidence_cases
from service.store.evidence.attachments import Attachment
from service.work.turn import Kind, NoDetails, Turn

GRACE = timedelta(days=30)
"""How long bytes are kept that no fact names: a phone may be in a drawer with the fact that does."""
STRAY_FOR = timedelta(days=1)
"""A file in the vault that the database does not know: its upload may be about to be finished."""
AT_ONCE = 50
CHECKED_IN_DAYS = 30
MOST_A_DAY_BYTES = 20 * 10**9


async def collect(turn: Turn, _details: NoDetails) -> None:
    """Uploads that expired, bytes that no fact has named for long, and what crashes left behind."""
    async with turn.database.transaction() as db:
        await uploads.remove_expired(db, turn.org_id)
    async with turn.database.reader() as db:
        living = await uploads.living(db, turn.org_id)
    for path in await spool.in_thread(spool.strays, turn.settings, turn.org_id, living):
        await spool.in_thread(spool.remove, path)
    vault = open_vault(turn.settings)
    while await _collect_some(turn, vault) == AT_ONCE:
        pass
    async for batch in vault.listed(str(turn.org_id)):
        await _remove_strays(turn, vault, batch)


async def check(turn: Turn, _details: NoDetails) -> None:
    """A thirtieth of what is kept, or as much as a day allows: those that were not looked at for the longest time."""
    async with turn.database.reader() as db:
        share = -(-await attachments.count(db, turn.org_id) // CHECKED_IN_DAYS)
        found = await attachments.longest_unchecked(db, turn.org_id, share)
    vault, left = open_vault(turn.settings), MOST_A_DAY_BYTES
    for number, each in enumerate(found, 1):
        left -= each.size_bytes
        if left < 0 and number > 1:
            return
        await _check_one(turn, vault, each)
        await turn.progress(number, len(found))


async def chase(turn: Turn, _details: NoDetails) -> None:
    async with turn.database.transaction() as db:
        await evidence_cases.settle_overdue(db, turn.org_id, datetime.now(UTC))


async def _collect_some(turn: Turn, vault: Vault) -> int:
    """Rows stay locked until their bytes are deleted, so that nobody is told meanwhile that they are kept."""
    async with turn.database.transaction() as db:
        digests = await attachments.lock_unnamed(db, turn.org_id, GRACE, AT_ONCE)
        await vault.delete([key(turn.org_id, digest) for digest in digests for key in (key_of, thumbnail_key_of)])
        await attachments.forget(db, turn.org_id, digests)
    return len(digests)


async def _remove_strays(turn: Turn, vault: Vault, batch: list[Stored]) -> None:
    named = {each: digest for each in batch if (digest := _digest_in(each.key)) is not None}
    async with turn.database.reader() as db:
        known = await attachments.known(db, turn.org_id, set(named.values()))
    before = datetime.now(UTC) - STRAY_FOR
    await vault.delete([each.key for each, digest in named.items() if digest not in known and each.changed_at < before])


def _digest_in(key: str) -> bytes | None:
    """What is called otherwise was not put there by us."""
    try:
        return bytes.fromhex(PurePosixPath(key).stem)
    except ValueError:
        return None


async def _check_one(turn: Turn, vault: Vault, each: Attachment) -> None:
    whole, at = await _has_its_digest(vault, turn.org_id, each), datetime.now(UTC)
    async with turn.database.transaction() as db:
        if whole:
            await attachments.found_whole(db, turn.org_id, [each.digest], at)
            if each.damaged_at is not None:
                await evidence_cases.clear_damaged(db, turn.org_id, [each.digest])
        else:
            await attachments.found_damaged(db, turn.org_id, each.digest, at, EXPECTED_WITHIN)
            await evidence_cases.open_damaged(db, turn.org_id, each.digest, at)


async def _has_its_digest(vault: Vault, org_id: UUID, each: Attachment) -> bool:
    found, size = sha256(), 0
    try:
        async for chunk in await vault.read(key_of(org_id, each.digest)):
            size += len(chunk)
            await spool.in_thread(found.update, chunk)
    except FileGone:
        return False
    return size == each.size_bytes and found.digest() == each.digest


# Hours, but hardly any work for a processor: as heavy tasks they would keep thumbnails waiting.
COLLECT = Kind(name="collect_attachments", details=NoDetails, handle=collect, seconds=3600, daily_at=time(2, 30))
CHECK = Kind(name="check_attachments", details=NoDetails, handle=check, seconds=3 * 3600, daily_at=time(3, 0))
CHASE = Kind(name="chase_evidence", details=NoDetails, handle=chase, daily_at=time(6, 0))
