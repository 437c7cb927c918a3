"""What `onsite doctor` asks, and clearing everything away."""

import contextlib
import os
import shutil
from enum import StrEnum
from pathlib import Path

import msgspec

from service.embedded_postgres import account, ownership
from service.embedded_postgres.errors import PostgresUnavailable
from service.embedded_postgres.places import Places, places


class State(StrEnum):
    """What is there."""

    ABSENT = "absent"
    STOPPED = "stopped"
    RUNNING = "running"
    STARTING_OR_STOPPING = "starting_or_stopping"
    LEFT_BEHIND = "left_behind"


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """Looks without changing anything; a server left behind is mended by the next start."""

    state: State
    owner_pid: int | None
    server_pid: int | None
    account: str
    data_directory: Path
    socket_directory: Path
    log: Path
    writable: bool
    data_bytes: int
    free_bytes: int


def exists(data_directory: Path) -> bool:
    """Whether a database was ever made there; also when one may not look."""
    try:
        return places(data_directory).cluster.exists()
    except PermissionError:
        return True


def inspect(data_directory: Path) -> Inspection:
    """What is on this data now."""
    at = places(data_directory)
    process = ownership.server_process(at.cluster)
    owner = ownership.living_owner(at.keeper_lock)
    nearest = next(path for path in [at.home, *at.home.parents] if path.exists())
    return Inspection(
        state=_state(at, server_lives=process is not None),
        owner_pid=owner.pid if owner else None,
        server_pid=process.pid if process else None,
        account=account.account(at.home),
        data_directory=at.home,
        socket_directory=at.socket_directory,
        log=at.log,
        writable=all(os.access(path, os.W_OK) for path in (nearest, at.cluster) if path.exists()),
        data_bytes=_size_bytes(at.cluster),
        free_bytes=shutil.disk_usage(nearest).free,
    )


def erase(data_directory: Path) -> None:
    """Delete the database, its passwords and its log for ever. Refused while a process uses them."""
    at = places(data_directory)
    if not at.home.exists():
        return
    try:
        claimed = ownership.claim(at.keeper_lock)
    except OSError as error:
        raise _undeletable(at, error) from error
    if claimed is None:
        owner = ownership.living_owner(at.keeper_lock)
        raise PostgresUnavailable(f"{at.home} is in use by process {owner.pid if owner else 'unknown'}. Stop it first.")
    try:
        ownership.stop_leftover(at.cluster, report=lambda _: None)
        for leaving in (at.cluster, at.home / "cluster.unfinished", at.socket_directory):
            if leaving.exists():
                shutil.rmtree(leaving)
        for file in (at.passwords, at.prepared, at.log, at.log.with_name(at.log.name + ".1")):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise _undeletable(at, error) from error
    finally:
        os.close(claimed)


def _undeletable(at: Places, error: OSError) -> PostgresUnavailable:
    return PostgresUnavailable(f"The data directory {at.home} cannot be deleted: {error}.")


def _state(at: Places, *, server_lives: bool) -> State:
    if not at.home.exists():
        return State.ABSENT
    # Taken for a moment, to see whether anybody has it.
    claimed = ownership.claim(at.keeper_lock)
    if claimed is None:
        owner = ownership.living_owner(at.keeper_lock)
        return State.RUNNING if owner and owner.ready else State.STARTING_OR_STOPPING
    os.close(claimed)
    if server_lives:
        return State.LEFT_BEHIND
    return State.STOPPED if at.cluster.exists() else State.ABSENT


def _size_bytes(directory: Path) -> int:
    size = 0
    for path in directory.rglob("*"):
        with contextlib.suppress(OSError):
            size += path.lstat().st_size
    return size
