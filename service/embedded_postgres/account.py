"""Which account PostgreSQL runs as. It refuses to be root."""

import functools
import os
import pwd
import subprocess
import sys
from pathlib import Path

from service.embedded_postgres import binaries, launch
from service.embedded_postgres.errors import PostgresUnavailable


def command_line(command: list[str], *, parent_pid: int) -> list[str]:
    """The command, wrapped so that it is not root and ends with its parent."""
    return _launched(account(), command, parent_pid)


@functools.cache
def account() -> str:
    """One of launch.py's accounts."""
    if os.geteuid() != 0:
        return "same"
    return "namespace" if _works("namespace", ["/bin/true"]) else "nobody"


def hand_over(*directories: Path) -> None:
    """Make what PostgreSQL writes belong to the account that it runs as; other files and parents stay as they are."""
    if account() == "same":
        return
    wanted = pwd.getpwnam("nobody").pw_uid if account() == "nobody" else 0
    for directory in directories:
        if directory.exists() and directory.stat().st_uid != wanted:
            for path in [directory, *directory.rglob("*")]:
                os.chown(path, wanted, -1, follow_symlinks=False)


def check_reach(directory: Path) -> None:
    """Raise unless the account reaches the programs and the directory."""
    if account() != "nobody":
        return
    directory.chmod(0o711)
    for path in (directory, Path(binaries.program("postgres"))):
        if not _works("nobody", ["/bin/sh", "-c", 'test -x "$0"', str(path)]):
            raise PostgresUnavailable(
                "As root, and where user namespaces are forbidden, PostgreSQL runs as nobody, who does not reach"
                f" {path}. Run as an ordinary user, move the folder to where nobody may go, or set DATABASE_URL."
            )


def _works(as_account: str, command: list[str]) -> bool:
    line = _launched(as_account, command, os.getpid())
    return subprocess.run(line, check=False, capture_output=True).returncode == 0


def _launched(as_account: str, command: list[str], parent_pid: int) -> list[str]:
    return [sys.executable, "-I", "-S", launch.__file__, as_account, str(parent_pid), *command]
