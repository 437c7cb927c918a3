"""What a push would do: it is really done, in a transaction that is never committed.

The very recording that pushes go through takes the very row locks of a push, and lets go of them with the transaction.
It waits for nobody longer than a second: what would be is not worth more of anybody's time.
"""

from collections.abc import Sequence
from functools import partial

from msgspec import Struct
from sqlalchemy import text

from domain.cases.kinds import CaseState
from service.attempts import FORESTALLED, repeated
from service.database import Database
from service.recording.batch import Batch
from service.recording.recording import Recorded, record
from service.store.cases import case_pages, cases, double_bookings
from service.store.cases.cases import StoredCase

_SHORT_WAIT = text("SET LOCAL lock_timeout = '1s'")


class Previewed(Struct, frozen=True):
    """What would be recorded, and the cases that would open, oldest first; or take in another visit."""

    recorded: Recorded
    cases: list[StoredCase]


async def preview(database: Database, batch: Batch, raws: Sequence[bytes]) -> Previewed:
    """Record, look at the result, and take everything back."""
    found = await repeated(partial(_undone, database, batch, raws), on=FORESTALLED)
    async with database.reader() as db:
        before = await cases.known(db, batch.org_id, [case.id for case in found.cases])
    return Previewed(found.recorded, [case for case in found.cases if _is_news(case, before.get(case.id))])


def _is_news(case: StoredCase, before: StoredCase | None) -> bool:
    return before is None or before.state != CaseState.OPEN or double_bookings.has_grown(before, case)


async def _undone(database: Database, batch: Batch, raws: Sequence[bytes]) -> Previewed:
    async with database.engine.connect() as db, db.begin() as transaction:
        try:
            await db.execute(_SHORT_WAIT)
            recorded = await record(db, batch, raws)
            return Previewed(recorded, await case_pages.open_and_new(db, batch.org_id))
        finally:
            await transaction.rollback()
