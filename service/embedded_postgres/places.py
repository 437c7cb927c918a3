"""What lies where in the data directory."""

import hashlib
import os
import re
import stat
from pathlib import Path

import msgspec

from service.embedded_postgres.errors import PostgresUnavailable

# The kernel keeps a socket's path in 108 bytes, the last of them zero; macOS in 104.
LONGEST_SOCKET_PATH_BYTES = 103
PORT = 5432


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The one layout; `home` is what callers call the data directory."""

    home: Path
    cluster: Path
    passwords: Path
    prepared: Path
    keeper_lock: Path
    log: Path
    socket_directory: Path


def places(data_directory: Path) -> Places:
    """Names only: nothing is made or read."""
    home = data_directory.absolute().resolve()
    return Places(
        home=home,
        cluster=home / "cluster",
        passwords=home / "passwords.json",
        prepared=home / "prepared",
        keeper_lock=home / "keeper.lock",
        log=home / "postgres.log",
        socket_directory=_socket_directory(home),
    )


def make_directories(at: Places) -> None:
    """Make the data and the socket directory, closed to every other account."""
    try:
        at.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        at.log.touch(mode=0o600)
        at.socket_directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise unusable(at, error) from error
    found = at.socket_directory.lstat()
    # A short socket directory lies in /tmp, where somebody else may have been first with the name.
    if not stat.S_ISDIR(found.st_mode) or (found.st_uid != os.geteuid() and os.geteuid() != 0):
        raise PostgresUnavailable(f"{at.socket_directory} belongs to another account: remove it and start again.")
    at.socket_directory.chmod(0o700)


def unusable(at: Places, error: OSError) -> PostgresUnavailable:
    """What to say when the system refuses a file of the data directory."""
    return PostgresUnavailable(
        f"The data directory {at.home} cannot be used: {error}. If it was made with sudo, give it back with chown."
    )


def _socket_directory(home: Path) -> Path:
    beside = home / "socket"
    longest_path_bytes = len(os.fsencode(beside / f".s.PGSQL.{PORT}"))
    # Lists of directories and hosts are split at commas and unquoted, so an unusual path moves as well.
    if longest_path_bytes <= LONGEST_SOCKET_PATH_BYTES and re.fullmatch(r"[\w/ .~+-]+", str(beside)):
        return beside
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    # Not the temporary directory of the environment: whoever attaches must find the same one.
    return Path(f"/tmp/onsite-{os.geteuid()}-{digest}")  # noqa: S108 - checked by make_directories
