"""`onsite scheme`: an edition of a scoring scheme, or a profile, from a file."""

import sys
from pathlib import Path

import rich_click as click

from service.running.loading import loaded_commands


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "login", metavar="LOGIN", help="Store it, in the name of this administrator.")
@click.option("--organisation", metavar="CODE", help="Whose administrator, where several have one of this login.")
def scheme(file: Path, *, login: str | None, organisation: str | None) -> None:
    """Check a scoring scheme or a profile, and store it.

    Without --as it is only checked; a profile against the schemes that come with the product. Stored under the code
    that the file names, it replaces what the organisation kept there. The exit code is 1 when it does not hold, and
    every reason is told.

    \b
    Examples:
      onsite scheme edition.json
      onsite scheme edition.json --as admin
    """
    with loaded_commands() as commands:
        sys.exit(commands.scheme(file, login, organisation))
