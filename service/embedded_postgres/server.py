"""Starting, attaching and stopping."""

import atexit
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import msgspec

from service.embedded_postgres import account, cluster, keeper, launch, ownership
from service.embedded_postgres.binaries import program
from service.embedded_postgres.configuration import APP_ROLE, DATABASE, OWNER_ROLE, Passwords
from service.embedded_postgres.errors import PostgresUnavailable
from service.embedded_postgres.places import PORT, Places, make_directories, places, unusable

LOOK_EVERY_SECONDS = 0.01
REPORT_EVERY_SECONDS = 2.0
Report = Callable[[str], None]
_log = logging.getLogger(__name__)


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A server that answers. `owned` is false where another process started it and will stop it."""

    app_url: str
    owner_url: str
    owned: bool
    data_directory: Path
    started_by_pid: int
    keeper: "subprocess.Popen[bytes] | None" = None

    def stop(self) -> None:
        """Stop the server in order and wait until it has; nothing where it was only attached to, or in a fork."""
        # Closing the pipe would not do: a process that was forked meanwhile may hold it open.
        if self.keeper is None or os.getpid() != self.started_by_pid:
            return
        self.keeper.terminate()
        self.keeper.communicate()
        _running.pop(self.data_directory, None)


# Holds on to the keepers: one that is forgotten takes its end of the pipe along and so stops its server.
_running: dict[Path, Server] = {}


def start(data_directory: Path, *, report: Report = _log.info) -> Server:
    """Start PostgreSQL on this data, or attach to the one that another process has started, and wait until it answers.

    It ends with the calling process, which must not replace itself (exec). Raises PostgresUnavailable, with a sentence.
    """
    at = places(data_directory)
    make_directories(at)
    claimed = _claim_unless_running(at)
    if claimed is None:
        return _server(at, cluster.read_passwords(at.passwords), keeper=None)
    try:
        ownership.name_owner(claimed, ready=False)
        ownership.stop_leftover(at.cluster, report)
        passwords = _made_ready(at, report)
        server = _server(at, passwords, keeper=_start_keeper(at, claimed))
        _running[at.home] = server
        _wait_until_ready(at, server, report)
        ownership.name_owner(claimed, ready=True)
    finally:
        # The keeper has inherited the lock and holds it from here on.
        os.close(claimed)
    return server


def _claim_unless_running(at: Places) -> int | None:
    """The claim; None when a server answers whose owner lives. One that is starting or stopping is waited for."""
    deadline = time.monotonic() + ownership.PATIENCE_SECONDS
    while (claimed := ownership.claim(at.keeper_lock)) is None:
        owner = ownership.living_owner(at.keeper_lock)
        if owner is not None and owner.ready:
            return None
        ownership.wait_for_other(at.keeper_lock, owner, deadline)
    return claimed


def _made_ready(at: Places, report: Report) -> Passwords:
    try:
        return cluster.make_ready(at, report)
    except OSError as error:
        raise unusable(at, error) from error


def _start_keeper(at: Places, claimed: int) -> "subprocess.Popen[bytes]":
    command = [program("postgres"), "-D", str(at.cluster)]
    facts = [str(os.getpid()), str(claimed), str(at.log), launch.__file__, account.account(at.home)]
    with at.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, *facts, *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=at.home,
            env=cluster.environment(at.cluster),
            pass_fds=(claimed,),
            # Ctrl-C at the terminal is for the owner, which may still need the database to finish its requests.
            start_new_session=True,
        )


def _server(at: Places, passwords: Passwords, *, keeper: "subprocess.Popen[bytes] | None") -> Server:
    # With the port in it, an address means the same whatever PGPORT says.
    where = f"@/{DATABASE}?host={quote(str(at.socket_directory))}&port={PORT}"
    return Server(
        app_url=f"postgresql://{APP_ROLE}:{passwords.app}{where}",
        owner_url=f"postgresql://{OWNER_ROLE}:{passwords.owner}{where}",
        owned=keeper is not None,
        data_directory=at.home,
        started_by_pid=os.getpid(),
        keeper=keeper,
    )


def _wait_until_ready(at: Places, server: Server, report: Report) -> None:
    """However long recovery takes, as long as the server is at it."""
    assert server.keeper is not None
    next_report = time.monotonic() + REPORT_EVERY_SECONDS
    while not _is_ready(at, server.keeper.pid):
        if server.keeper.poll() is not None:
            server.stop()
            raise PostgresUnavailable(f"PostgreSQL did not start. The end of {at.log}:\n{_end_of(at.log)}")
        if time.monotonic() > next_report:
            report(f"still starting or recovering: {_end_of(at.log).splitlines()[-1]}")
            next_report += REPORT_EVERY_SECONDS
        time.sleep(LOOK_EVERY_SECONDS)


def _is_ready(at: Places, keeper_pid: int) -> bool:
    """The file of a crashed server may still say ready; it counts only from a child of the keeper."""
    if not cluster.is_ready(at.cluster):
        return False
    process = ownership.server_process(at.cluster)
    return process is not None and process.ppid() == keeper_pid


def _end_of(log: Path) -> str:
    return log.read_bytes()[-1000:].decode(errors="replace").strip() or "(nothing yet)"


@atexit.register
def _stop_all() -> None:
    for server in list(_running.values()):
        server.stop()
