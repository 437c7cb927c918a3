"""What a push would do: it is really done, in a transaction that is never committed.

The very recording that pushes go through takes the very row locks of a push, and lets go of them with the transaction.
It waits for nobody longer than a second: what would be is not worth more of anybody's time.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.cases.kinds import CaseState
from service.database import Database
from service.http.failures import sqlstate
from service.recording.batch import Batch
from service.recording.recording import ATTEMPTS, REPEATED, Recorded, record
from service.store.cases import case_pages, cases, double_bookings
from service.store.cases.cases import StoredCase

_SHORT_WAIT = text("SET LOCAL lock_timeout = '1s'")


class Previewed(Struct, frozen=True):
    """What would be recorded, and the cases that would open, oldest first; or take in another visit."""

    recorded: Recorded
    cases: list[StoredCase]


async def preview(database: Database, batch: Batch, raws: Sequence[bytes]) -> Previewed:
    """Record, look at the result, and take everything back."""
    found = await _repeated(database, batch, raws)
    async with database.reader() as db:
        before = await cases.known(db, batch.org_id, [case.id for case in found.cases])
    return Previewed(found.recorded, [case for case in found.cases if _is_news(case, before.get(case.id))])


def _is_news(case: StoredCase, before: StoredCase | None) -> bool:
    return before is None or before.state != CaseState.OPEN or double_bookings.has_grown(before, case)


async def _repeated(database: Database, batch: Batch, raws: Sequence[bytes]) -> Previewed:
    """Try again as pushes do when another transaction was first."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await _undone(database, batch, raws)
        except DBAPIError as error:
            if sqlstate(error) not in REPEATED:
                raise
    return await _undone(database, batch, raws)


async def _undone(database: Database, batch: Batch, raws: Sequence[bytes]) -> Previewed:
    async with database.engine.connect() as db, db.begin() as transaction:
        try:
            await db.execute(_SHORT_WAIT)
            recorded = await record(db, batch, raws)
            return Previewed(recorded, await case_pages.open_and_new(db, batch.org_id))
        finally:
            await transaction.rollback()
