"""Once a day: erase what was kept as long as its purpose needed it (R14), and log what was erased."""

from datetime import datetime, time, timedelta

from domain.calendar.china import CHINA_TIME
from domain.retention import RetentionTerms
from service.store.privacy import files, people, positions
from service.store.privacy import terms as retention_terms
from service.work.turn import Kind, NoDetails, Turn

AT_ONCE = 200
"""So few that nobody waits long for a row."""
PEOPLE_AT_ONCE = 1000
"""Each time all jobs are looked through for theirs."""


async def erase(turn: Turn, _details: NoDetails) -> None:
    async with turn.database.reader() as db:
        terms = (await retention_terms.read(db, turn.org_id)).item
    at = datetime.now(CHINA_TIME)
    before = at - timedelta(days=terms.exact_position_days)
    while await _erase_some(turn, before, terms):
        pass
    while await _review_some(turn, at, terms):
        pass
    while await _review_people(turn, at, terms):
        pass


async def _erase_some(turn: Turn, before: datetime, terms: RetentionTerms) -> int:
    async with turn.database.transaction() as db:
        return await positions.erase(db, turn.org_id, before, terms, AT_ONCE)


async def _review_some(turn: Turn, at: datetime, terms: RetentionTerms) -> int:
    async with turn.database.transaction() as db:
        return await files.review(db, turn.org_id, at, terms, AT_ONCE)


async def _review_people(turn: Turn, at: datetime, terms: RetentionTerms) -> int:
    async with turn.database.transaction() as db:
        return await people.review(db, turn.org_id, at, terms, PEOPLE_AT_ONCE)


# Before files that nobody names any more are collected.
ERASING = Kind(name="erase_expired", details=NoDetails, handle=erase, seconds=3600, daily_at=time(2, 0))
