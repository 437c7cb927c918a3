"""Which account PostgreSQL runs as. It refuses to be root."""

import functools
import os
import pwd
import subprocess
import sys
from pathlib import Path

from service.embedded_postgres import launch
from service.embedded_postgres.binaries import ENVIRONMENT, program
from service.embedded_postgres.errors import PostgresUnavailable


def command_line(command: list[str], *, home: Path, parent_pid: int) -> list[str]:
    """The command, wrapped so that it is not root and ends with its parent."""
    return _launched(account(home), command, parent_pid)


@functools.cache
def account(home: Path) -> str:
    """One of launch.py's accounts: the first that reaches both the programs and the data.

    Nothing is opened for it on the way there. Where root works in somebody's closed folder, it is that person's.
    """
    if os.geteuid() != 0:
        return "same"
    needed = [Path(program("postgres")), _nearest_existing(home.parent)]
    owners = {str(folder.stat().st_uid) for path in needed for folder in path.parents} - {"0"}
    for candidate in ("namespace", *sorted(owners), str(pwd.getpwnam("nobody").pw_uid)):
        if _reaches(candidate, needed):
            return candidate
    raise PostgresUnavailable(
        f"PostgreSQL must not run as root, and no other account reaches both {needed[0]} and {needed[1]}."
        " Run as an ordinary user, move the folder to where others may go, or set DATABASE_URL."
    )


def hand_over(home: Path, *directories: Path) -> None:
    """Make what PostgreSQL writes belong to the account that it runs as; other files and parents stay as they are."""
    chosen = account(home)
    if chosen == "same":
        return
    wanted = 0 if chosen == "namespace" else int(chosen)
    # Another account may pass through to what is its own, and still not list or read the rest.
    home.chmod(0o700 if wanted == 0 else 0o711)
    for directory in directories:
        if directory.exists() and directory.stat().st_uid != wanted:
            for path in [directory, *directory.rglob("*")]:
                os.chown(path, wanted, -1, follow_symlinks=False)


def _nearest_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _reaches(candidate: str, needed: list[Path]) -> bool:
    """Tried, not computed: access lists, namespaces and mounts all have a say."""
    check = ["/bin/sh", "-c", 'for path; do test -x "$path" || exit 1; done', "sh", *map(str, needed)]
    line = _launched(candidate, check, os.getpid())
    return subprocess.run(line, check=False, capture_output=True, env=ENVIRONMENT).returncode == 0


def _launched(chosen: str, command: list[str], parent_pid: int) -> list[str]:
    return [sys.executable, "-I", "-S", launch.__file__, chosen, str(parent_pid), *command]
