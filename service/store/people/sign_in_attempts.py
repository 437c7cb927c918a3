"""Counting failed guesses, and when the next one is looked at."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, case, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from service.store.tables import sign_in_attempts

FREE_GUESSES = 4
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)

# Guesses at organisations that do not exist are counted here, so that they meet the same answers.
NO_ORGANISATION = UUID(int=0)

_row = sign_in_attempts.c


async def count_attempt(db: AsyncConnection, org_id: UUID, login: str, at: datetime) -> datetime | None:
    """Count one guess before it is looked at; None lets it pass, a moment says until when nothing is looked at.

    Counting first, in a transaction of its own, is what makes a thousand guesses at the same instant worth no more
    than a thousand guesses in a row. A login that does not exist is counted like any other, so the answers agree.
    """
    failures = case((_row.blocked_until < at - FORGOTTEN_AFTER, 1), else_=_row.failures + 1)
    statement = (
        insert(sign_in_attempts)
        .values(org_id=org_id, login=login, failures=1, blocked_until=at)
        .on_conflict_do_update(
            index_elements=["org_id", "login"],
            set_={"failures": failures, "blocked_until": at + _wait(failures)},
            # Guesses at the same instant may arrive out of order, so the free ones ask for no moment.
            where=(_row.failures <= FREE_GUESSES) | (_row.blocked_until <= at),
        )
        .returning(_row.failures)
    )
    if (await db.execute(statement)).one_or_none() is not None:
        return None
    query = select(_row.blocked_until).where(_row.org_id == org_id, _row.login == login)
    return (await db.execute(query)).scalar_one_or_none()


async def forget_attempts(db: AsyncConnection, org_id: UUID, login: str, at: datetime) -> None:
    """The guess was right: start from nothing, and sweep out what is too old to count."""
    swept = _row.org_id.in_([org_id, NO_ORGANISATION]) & (_row.blocked_until < at - FORGOTTEN_AFTER)
    own = (_row.org_id == org_id) & (_row.login == login)
    await db.execute(delete(sign_in_attempts).where(own | swept))


def _wait(failures: ColumnElement[Any]) -> ColumnElement[Any]:
    """None for the first guesses, then 15 s doubling up to 15 minutes."""
    doublings = func.least(failures - FREE_GUESSES - 1, 10)
    seconds = func.least(LONGEST_WAIT.total_seconds(), FIRST_WAIT.total_seconds() * func.power(2, doublings))
    waits = case((failures <= FREE_GUESSES, 0), else_=cast(seconds, Integer))
    return func.make_interval(0, 0, 0, 0, 0, 0, waits)
