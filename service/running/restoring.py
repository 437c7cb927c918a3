"""Told that an older state was put back: a new epoch, and what the operator may expect from then on."""

import asyncpg

from service.database import open_database
from service.epochs.watching import open_epoch
from service.running.installation import InstallationError
from service.settings import Settings
from service.store.sync.epochs import Reason

WHAT_COMES_NEXT = """
  A new epoch has begun.

  Phones    start anew at their next sync, and push again what this database has lost. Nothing to do there.
  Sign-in   whoever was signed in or enrolled after the backup signs in again, phones with a new enrolment code.
  Desk      GET /v1/cases?kind=quarantine lists facts whose job was lost too: open the job again under its id, then
            release them.

  docs/restore.md tells more.
"""


async def say_restored(settings: Settings, app_url: str) -> str:
    """Open a new epoch; answers what happens next. InstallationError when it cannot be opened now."""
    try:
        async with open_database(app_url, settings) as database:
            await open_epoch(database, Reason.OPERATOR)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise InstallationError(f"No new epoch was opened, nothing was changed: {error} Try again.") from None
    return WHAT_COMES_NEXT
