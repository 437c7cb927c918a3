"""Who has the data: at most one keeper, named in a locked file, for one owner.

The lock is the kernel's, so it goes with the keeper however that ends; what the file says is believed only while the
lock is held and the named owner lives.
"""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from service.embedded_postgres import cluster
from service.embedded_postgres.errors import PostgresUnavailable

LOOK_EVERY_SECONDS = 0.02
PATIENCE_SECONDS = 120


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """A process; numbers are used again, so the time it was created is part of its name."""

    pid: int
    created: float
    ready: bool


def claim(keeper_lock: Path) -> int | None:
    """The locked file for a keeper to inherit, or None while another process starts, keeps or stops the server.

    Taken before anything is looked at, it settles which of two starts at the same moment is first.
    """
    descriptor = os.open(keeper_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def name_owner(claimed: int, *, ready: bool) -> None:
    """Write into the claimed file that this process owns the server, and whether others may attach to it."""
    me = Owner(pid=os.getpid(), created=psutil.Process().create_time(), ready=ready)
    os.ftruncate(claimed, 0)
    os.pwrite(claimed, msgspec.json.encode(me), 0)


def living_owner(keeper_lock: Path) -> Owner | None:
    """The owner that the lock file names, if that very process lives."""
    try:
        owner = msgspec.json.decode(keeper_lock.read_bytes(), type=Owner)
        process = psutil.Process(owner.pid)
        same = process.create_time() == owner.created and process.status() != psutil.STATUS_ZOMBIE
        return owner if same else None
    except (OSError, msgspec.DecodeError, psutil.Error):
        return None


def server_process(directory: Path) -> psutil.Process | None:
    """PostgreSQL's main process on this data, if it lives; never an unrelated process with its old number."""
    recorded = cluster.recorded_pid(directory)
    if recorded is None:
        return None
    try:
        process = psutil.Process(recorded)
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
            return None
        return process if Path(process.cwd()).samefile(directory) else None
    except (OSError, psutil.Error):
        return None


def stop_leftover(directory: Path, report: Callable[[str], None]) -> None:
    """Stop a server that lost its keeper. Only the holder of the claim may do this."""
    process = server_process(directory)
    if process is None:
        return
    report(f"stopping a server that was left behind (process {process.pid})")
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
            # A stopped process would keep the signal for later.
            process.send_signal(signal.SIGCONT)
            process.wait(timeout=30)
            return
    raise PostgresUnavailable(f"The server left behind, process {process.pid}, does not stop. Stop it by hand.")


def wait_for_other(keeper_lock: Path, owner: Owner | None, deadline: float) -> None:
    """Wait for a start of any length, and for a stop; give up when nobody here is doing either."""
    if owner is None and time.monotonic() > deadline:
        raise PostgresUnavailable(
            f"Another server holds {keeper_lock.parent}, but its owner is not on this machine (another container?)."
        )
    time.sleep(LOOK_EVERY_SECONDS)
