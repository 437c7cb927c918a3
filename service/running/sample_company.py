"""The sample company of the demo: storing it, the card that says how to get in, tokens for the command line."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote

from msgspec import to_builtins
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Role
from service.database import open_database
from service.running.installation import InstallationError
from service.seed.sample import Login, SeedCard, seed_sample
from service.seed.volume.planting import Planted, PlantingError
from service.seed.volume.processes import plant_by_processes
from service.settings import Settings
from service.sign_in.sessions import open_session
from service.store.people import accounts, devices

DEVICE_NAME = "command line"
# Whoever has set DATABASE_URL sets it again: its password belongs on no screen.
REACHED_BY = ("ONSITE_DATA", "ONSITE_HOST", "ONSITE_PORT", "ONSITE_PUBLIC_URL")
USUAL = to_builtins(Settings())


async def welcome(settings: Settings, app_url: str) -> str:
    """Seed when empty, and write the card: where things are, who can sign in, a first call to paste."""
    async with open_database(app_url, settings) as database, database.transaction() as db:
        seeded = await seed_sample(db)
        people = _shown(seeded)
        token = await open_desk(db, people[0].login, seeded.organisation)
    return _card(settings, seeded, people, token)


async def seed(settings: Settings, app_url: str) -> SeedCard:
    """Store the sample company, or leave everything as it is when it is there."""
    async with open_database(app_url, settings) as database, database.transaction() as db:
        return await seed_sample(db)


async def seed_volume(settings: Settings, app_url: str) -> Planted:
    """Record half a year of the sample company's work, or leave everything as it is when it is there."""
    try:
        return await plant_by_processes(settings, app_url)
    except PlantingError as trouble:
        raise InstallationError(str(trouble)) from None


async def access_token(settings: Settings, app_url: str, login: str, organisation: str | None = None) -> str:
    """A token for the member of that login, on a desk of its own named after this command line."""
    async with open_database(app_url, settings) as database, database.transaction() as db:
        return await open_desk(db, login, organisation)


async def open_desk(db: AsyncConnection, login: str, organisation: str | None = None) -> str:
    """An access token without a password, for whoever holds the database anyway; a new desk of the member's."""
    found = await accounts.of_login(db, login, organisation)
    if not found:
        raise InstallationError(f"Nobody signs in as {login}. `onsite seed` adds the sample company.")
    if len(found) > 1:
        raise InstallationError(f"Several organisations have a member {login}. Name one with --organisation.")
    at = datetime.now(UTC)
    device = await devices.add_desk(db, found[0].org_id, found[0].member_id, DEVICE_NAME, at)
    return (await open_session(db, found[0], device, at)).access_token


def _shown(seeded: SeedCard) -> list[Login]:
    """A dispatcher and two technicians."""
    dispatchers = [each for each in seeded.logins if each.role == Role.DISPATCHER]
    technicians = [each for each in seeded.logins if each.role == Role.TECHNICIAN]
    return [*dispatchers[:1], *technicians[:2]]


def _card(settings: Settings, seeded: SeedCard, people: list[Login], token: str) -> str:
    url, login, onsite = settings.base_url, people[0].login, _command(settings)
    who = "\n".join(f"                {each.login:<14} {each.role:<12} {each.name}" for each in people)
    data = "where DATABASE_URL says" if settings.database_url else settings.data_path
    anew = "with an empty database" if settings.database_url else f"{onsite} demo --reset"
    return f"""
  Onsite is ready. {"The sample company is new." if seeded.created else "Everything from last time is here."}

  API docs      {url}/docs
  Sign in       organisation {seeded.organisation}, password {seeded.password}, as
{who}

  First call    The token is good for ten minutes; `{onsite} token {login}` prints another.

curl {url}/v1/me -H 'Authorization: Bearer {token}'

  See it live   {onsite} simulate day     in a second terminal
  Data          {data}
  Stop          Ctrl-C; everything is kept
  Start anew    {anew}
"""


def _command(settings: Settings) -> str:
    """What reaches this very server from another terminal: no folder on its PATH, no settings in its environment."""
    given = to_builtins(settings)
    kept = [f"{name}={quote(str(given[name]))} " for name in REACHED_BY if given[name] != USUAL[name]]
    onsite = "onsite" if shutil.which("onsite") else os.path.relpath(Path(sys.prefix) / "bin" / "onsite")
    return "".join(kept) + onsite
