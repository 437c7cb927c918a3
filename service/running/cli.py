"""The `onsite` command: what people can ask for, and the help that they read."""

import sys

import rich_click as click

from service.running.loading import loaded_commands
from service.running.organisation_cli import organisation
from service.running.restored_cli import restored
from service.running.rotation_cli import rotate
from service.running.scheme_cli import scheme

EPILOGUE = """
Settings are environment variables: DATABASE_URL (an external PostgreSQL 16 or newer; without it Onsite runs its own),
ONSITE_DATA (./.onsite), ONSITE_HOST (127.0.0.1), ONSITE_PORT (8000), ONSITE_WORKERS (a core each), ONSITE_PUBLIC_URL,
ONSITE_LANGUAGE (zh or en).
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOGUE)
def main() -> None:
    """Onsite: the API behind the technician's phone and the dispatcher's desk.

    New here? Run `onsite demo` and open the address that it prints.
    """


@main.command()
def serve() -> None:
    """Serve the API until Ctrl-C.

    Starts the embedded PostgreSQL and brings its schema up to date, unless DATABASE_URL names another database.

    \b
    Examples:
      onsite serve
      ONSITE_PORT=9000 ONSITE_WORKERS=2 onsite serve
      DATABASE_URL=postgresql://onsite@db.internal/onsite onsite serve
    """
    with loaded_commands() as commands:
        commands.serve()


@main.command()
@click.option("--reset", is_flag=True, help="Delete the demo's data first. Refused while it runs.")
def demo(*, reset: bool) -> None:
    """Serve a sample company, and say how to get in.

    Data is kept from one start to the next.

    \b
    Examples:
      onsite demo
      onsite demo --reset
    """
    with loaded_commands() as commands:
        commands.demo(reset=reset)


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date.

    Safe to run twice, and from two machines at once.

    \b
    Examples:
      onsite migrate
      DATABASE_URL=postgresql://owner@db.internal/onsite onsite migrate
    """
    with loaded_commands() as commands:
        commands.migrate()


@main.command()
@click.option("--if-empty", is_flag=True, help="Say nothing when the sample company is there already.")
@click.option("--volume", is_flag=True, help="Also record half a year of its work: 4,000 jobs by 24 technicians.")
def seed(*, if_empty: bool, volume: bool) -> None:
    """Add the sample company: three outlets, their people, customers, parts and prices.

    Nothing is changed when it is there already.

    \b
    Examples:
      onsite seed
      onsite seed --if-empty
      onsite seed --volume
    """
    with loaded_commands() as commands:
        commands.seed(quiet_if_there=if_empty, volume=volume)


@main.command()
@click.argument("login")
@click.option("--organisation", metavar="CODE", help="Whose member, when several organisations have that login.")
def token(login: str, organisation: str | None) -> None:
    """Print an access token for the member who signs in as LOGIN. It is good for ten minutes.

    \b
    Examples:
      onsite token HZ0107
      curl http://127.0.0.1:8000/v1/me -H "Authorization: Bearer $(onsite token HZ0107)"
    """
    with loaded_commands() as commands:
        commands.token(login, organisation)


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when the file differs from the code.")
def openapi(*, check: bool) -> None:
    """Write openapi/openapi.json, the contract, from the code.

    \b
    Examples:
      onsite openapi
      onsite openapi --check
    """
    with loaded_commands() as commands:
        commands.openapi(check=check)


@main.command()
def doctor() -> None:
    """Look at everything that Onsite needs, and say how to mend what is wrong.

    Changes nothing. The exit code is 1 when something has to be mended.

    \b
    Example:
      onsite doctor
    """
    with loaded_commands() as commands:
        sys.exit(commands.doctor())


@main.command()
@click.confirmation_option("--yes", prompt="Delete the embedded database and its photos for ever?", help="Do not ask.")
def reset() -> None:
    """Delete the embedded database for ever, with the photos beside it. Refused while it runs.

    \b
    Examples:
      onsite reset
      onsite reset --yes
    """
    with loaded_commands() as commands:
        commands.reset()


@main.group()
def simulate() -> None:
    """Play people against a running server."""


@simulate.command()
@click.option("--technicians", default=6, show_default=True, type=click.IntRange(1, 6), help="Phones in the field.")
@click.option("--seed", default=7, show_default=True, help="The same seed plays the same day.")
@click.option("--url", metavar="URL", help="The server; otherwise where `onsite demo` serves.")
@click.option(
    "--speed",
    default=0.0,
    metavar="N",
    type=click.FloatRange(min=0),
    help="Minutes of the day in a second; 0: as fast as it goes.",
)
@click.option("--quiet", is_flag=True, help="Print the totals only.")
def day(*, technicians: int, seed: int, url: str | None, speed: float, quiet: bool) -> None:
    """Play a day in the field: phones without signal, clocks that drift, a job cancelled, a job reassigned.

    Ends with a check that nothing any phone recorded was lost; the exit code is 1 when something was.

    \b
    Examples:
      onsite simulate day
      onsite simulate day --technicians 3 --seed 42
      onsite simulate day --speed 20
    """
    with loaded_commands() as commands:
        sys.exit(commands.simulate_day(url, technicians=technicians, seed=seed, speed=speed, quiet=quiet))


main.add_command(organisation)
main.add_command(restored)
main.add_command(rotate)
main.add_command(scheme)
