"""Guesses at passwords and codes are counted before they are checked."""

from datetime import datetime
from math import ceil
from uuid import UUID

from service.database import Database
from service.http.errors import Refused
from service.store.people import organisations
from service.store.people.sign_in_attempts import NO_ORGANISATION, count_attempt


async def pass_or_refuse(database: Database, organisation: str, key: str, at: datetime) -> UUID | None:
    """The organisation's id, None when there is none, once the guess is counted under `key` and may be looked at.

    Refused with too_many_attempts, and the wait in Retry-After, when it may not.
    """
    async with database.transaction() as db:
        org_id = await organisations.id_of_code(db, organisation)
        counted_under = key if org_id else f"{organisation} {key}"
        blocked_until = await count_attempt(db, org_id or NO_ORGANISATION, counted_under, at)
    if blocked_until is None:
        return org_id
    seconds = max(1, ceil((blocked_until - at).total_seconds()))
    raise Refused("too_many_attempts", headers=((b"retry-after", b"%d" % seconds),), seconds=seconds)
