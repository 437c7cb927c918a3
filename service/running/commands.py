"""What each `onsite` command does."""

import asyncio
import importlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from service import embedded_postgres
from service.embedded_postgres import PostgresUnavailable
from service.http.errors import Refused
from service.openapi import document_bytes
from service.routes import OPERATIONS
from service.running import sample_company, scheme_file
from service.running.doctor import findings
from service.running.founding import found, read_founding, what_comes_next
from service.running.installation import InstallationError, Urls, bring_up_to_date, database_urls, make_current
from service.running.logs import configure_logs
from service.running.restoring import say_restored
from service.running.rotation import rotate_keys
from service.running.server import require_free_port
from service.running.server import serve as serve_until_stopped
from service.settings import Settings, SettingsError, read_settings

TROUBLE = (SettingsError, InstallationError, PostgresUnavailable)
CONTRACT = Path(__file__).parents[2] / "openapi" / "openapi.json"


def serve() -> None:
    settings = read_settings()
    require_free_port(settings)
    with _current_database(settings) as urls:
        serve_until_stopped(settings, urls, lambda: _say(f"Onsite answers at {settings.base_url}"))


def demo(*, reset: bool) -> None:
    settings = replace(read_settings(), faults=True)
    require_free_port(settings)
    if reset:
        _erase(settings)
    with _current_database(settings) as urls:
        card = asyncio.run(sample_company.welcome(settings, urls.app_url))
        serve_until_stopped(settings, urls, lambda: click.echo(card))


def migrate() -> None:
    with database_urls(read_settings(), _say) as urls:
        changed = asyncio.run(bring_up_to_date(urls.owner_url))
        _say("The schema is up to date now." if changed else "The schema was up to date already.")


def organisation(given: dict[str, Any]) -> None:
    settings = read_settings()
    founding = read_founding(given, _new_password())
    with _current_database(settings) as urls:
        asyncio.run(found(settings, urls.app_url, founding))
    click.echo(what_comes_next(settings, founding))


def seed(*, quiet_if_there: bool, volume: bool = False) -> None:
    settings = read_settings()
    with _current_database(settings) as urls:
        seeded = asyncio.run(sample_company.seed(settings, urls.app_url))
        half_year = asyncio.run(sample_company.seed_volume(settings, urls.app_url)) if volume else None
    if seeded.created or not quiet_if_there:
        _say("The sample company is there now." if seeded.created else "The sample company was there already.")
    if half_year is not None and (half_year.created or not quiet_if_there):
        click.echo(half_year.sentence())


def token(login: str, organisation: str | None) -> None:
    settings = read_settings()
    with _existing_database(settings) as urls:
        click.echo(asyncio.run(sample_company.access_token(settings, urls.app_url, login, organisation)))


def openapi(*, check: bool) -> None:
    document = document_bytes(OPERATIONS)
    if not check:
        CONTRACT.write_bytes(document)
    elif not CONTRACT.exists() or CONTRACT.read_bytes() != document:
        raise InstallationError("openapi/openapi.json differs from the code. Run `onsite openapi` and commit the file.")


def doctor() -> int:
    found = findings(read_settings())
    for finding in found:
        click.echo(finding.line())
    return int(any(finding.must_be_mended for finding in found))


def reset() -> None:
    _erase(read_settings())
    _say("Database and photos are gone; the next start makes a new database.")


def restored() -> None:
    settings = read_settings()
    with _existing_database(settings) as urls:
        click.echo(asyncio.run(say_restored(settings, urls.app_url)))


def rotate(*, withdraw: bool) -> None:
    settings = read_settings()
    with _existing_database(settings) as urls:
        click.echo(asyncio.run(rotate_keys(settings, urls.app_url, withdraw=withdraw)))


def scheme(path: Path, login: str | None, organisation: str | None) -> int:
    """0 when it holds."""
    item = scheme_file.read(path)
    if found := scheme_file.objections(item):
        _say("\n".join(found))
        return 1
    if login is None:
        click.echo(scheme_file.outcome_line(item, None))
        return 0
    settings = read_settings()
    with _existing_database(settings) as urls:
        try:
            version = asyncio.run(scheme_file.store(settings, urls.app_url, item, login, organisation))
        except Refused as refused:
            _say("\n".join([refused.code, *(f"{each.pointer}: {each.code}" for each in refused.errors)]))
            return 1
    click.echo(scheme_file.outcome_line(item, version))
    return 0


def simulate_day(url: str | None, *, technicians: int, seed: int, speed: float, quiet: bool) -> int:
    """0 when everything that any phone recorded was found again."""
    simulation = importlib.import_module("service.simulate")
    server = url or read_settings().base_url
    try:
        whole = simulation.simulate_day(
            server, technicians=technicians, seed=seed, minutes_per_second=speed, quiet=quiet
        )
    except simulation.SimulationError as trouble:
        raise InstallationError(str(trouble)) from None
    return 0 if whole else 1


def _new_password() -> str:
    """Typed twice on a terminal, else the first line of standard input; never an argument, which others can read."""
    if sys.stdin.isatty():
        password: str = click.prompt("Password of the administrator", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\r\n")


@contextmanager
def _existing_database(settings: Settings) -> Iterator[Urls]:
    """For what is asked of a database that is in use: from a wrong folder, a new one would answer."""
    if settings.database_url is None and not embedded_postgres.exists(settings.data_path):
        raise InstallationError(
            f"There is no database in {settings.data_path}. Set ONSITE_DATA to where it lies;"
            " `onsite serve` makes a new one."
        )
    with _current_database(settings) as urls:
        yield urls


@contextmanager
def _current_database(settings: Settings) -> Iterator[Urls]:
    # Whatever is told on the way goes to standard error too.
    configure_logs()
    with database_urls(settings, _say) as urls:
        make_current(settings, urls, _say)
        yield urls


def _erase(settings: Settings) -> None:
    if settings.database_url is not None:
        raise InstallationError("DATABASE_URL names an external database; only its owner deletes that.")
    embedded_postgres.erase(settings.data_path)
    # Only its rows gave them names. What ONSITE_ATTACHMENTS put elsewhere is deleted by whoever owns that place.
    for folder in (settings.vault_path, settings.spool_path):
        try:
            if folder.exists():
                shutil.rmtree(folder)
        except OSError as error:
            raise InstallationError(f"The folder {folder} cannot be deleted: {error}.") from None


def _say(sentence: str) -> None:
    """To standard error, so that a command's result can be piped."""
    click.echo(sentence, err=True)
