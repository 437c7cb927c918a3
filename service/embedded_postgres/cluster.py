"""The files of one PostgreSQL cluster: made whole or not at all, and brought up to date before the server starts."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec

from service.embedded_postgres import account, configuration
from service.embedded_postgres.binaries import ENVIRONMENT, program
from service.embedded_postgres.configuration import Passwords
from service.embedded_postgres.errors import PostgresUnavailable
from service.embedded_postgres.places import PORT, Places


def make_ready(at: Places, report: Callable[[str], None]) -> Passwords:
    """Create the cluster if there is none, and write its settings, accounts and rights where they changed."""
    passwords = _passwords(at.passwords)
    if not at.cluster.exists():
        report(f"creating the database in {at.home}")
        _create(at)
    # A crash leaves its socket and the socket's own pid file; the directory is this cluster's alone.
    for stale in at.socket_directory.iterdir():
        stale.unlink()
    account.hand_over(at.home, at.cluster, at.socket_directory)
    _write_settings(at, at.cluster)
    _apply_rights(at, configuration.rights(passwords))
    return passwords


def read_passwords(path: Path) -> Passwords:
    """Raise PostgresUnavailable unless they are there."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Passwords)
    except (OSError, msgspec.DecodeError) as error:
        raise PostgresUnavailable(f"The database's passwords cannot be read from {path}: {error}") from error


def environment(cluster: Path) -> dict[str, str]:
    """What the server runs with.

    After a crash the number in its pid file may belong to an unrelated process by now, and PostgreSQL would refuse to
    start. The caller has made sure that no server lives on this data; naming the number as an ancestor's tells
    PostgreSQL the same. It still checks by itself that no one is attached to the old shared memory.
    """
    recorded = recorded_pid(cluster)
    return ENVIRONMENT if recorded is None else {**ENVIRONMENT, "PG_GRANDPARENT_PID": str(recorded)}


def recorded_pid(cluster: Path) -> int | None:
    return _pid_and_status(cluster)[0]


def is_ready(cluster: Path) -> bool:
    """Whether the server, by its own word, accepts connections: false while it starts or recovers."""
    return _pid_and_status(cluster)[1] == "ready"


def _pid_and_status(cluster: Path) -> tuple[int | None, str]:
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError, IndexError):
        return None, ""


def _passwords(path: Path) -> Passwords:
    """Those kept, or new ones where the file is lost: _apply_rights gives them to the accounts."""
    if path.exists():
        return read_passwords(path)
    passwords = configuration.new_passwords()
    _write_whole(path, msgspec.json.encode(passwords))
    return passwords


def _create(at: Places) -> None:
    """Everything happens beside the final place; the rename at the end makes it count."""
    unfinished = at.home / "cluster.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.hand_over(at.home, unfinished)
    at.prepared.unlink(missing_ok=True)
    # Sorting by code point is the same on every system and after every system update, unlike its locales.
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options = ["--username=postgres", "--auth=reject", "--data-checksums", "--no-instructions", *locale]
    command = [program("initdb"), f"--pgdata={unfinished}", *options]
    _run(command, home=at.home, statements=[], environment=ENVIRONMENT)
    _write_settings(at, unfinished)
    _run_alone(at.home, unfinished, "postgres", configuration.creation())
    unfinished.rename(at.cluster)


def _write_settings(at: Places, cluster: Path) -> None:
    (cluster / "postgresql.conf").write_text(configuration.settings(at.socket_directory, PORT))
    (cluster / "pg_hba.conf").write_text(configuration.ACCESS)


def _apply_rights(at: Places, statements: list[str]) -> None:
    """Skipped while the digest of the last run is the same, which saves every later start a third of a second."""
    digest = hashlib.sha256("\n".join(statements).encode()).hexdigest().encode()
    if at.prepared.exists() and at.prepared.read_bytes() == digest:
        return
    _run_alone(at.home, at.cluster, configuration.DATABASE, statements)
    _write_whole(at.prepared, digest)


def _run_alone(home: Path, cluster: Path, database: str, statements: list[str]) -> None:
    """Run statements as the superuser without a server: no password for it exists, and nobody else can connect."""
    command = [program("postgres"), "--single", "-D", str(cluster), "-c", "exit_on_error=on", database]
    _run(command, home=home, statements=statements, environment=environment(cluster))


def _run(command: list[str], *, home: Path, statements: list[str], environment: dict[str, str]) -> None:
    line = account.command_line(command, home=home, parent_pid=os.getpid())
    text = "".join(f"{statement}\n" for statement in statements)
    done = subprocess.run(line, input=text, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        raise PostgresUnavailable(f"{Path(command[0]).name} failed: {done.stderr.strip()[-800:]}")


def _write_whole(path: Path, content: bytes) -> None:
    """Readable by its owner only, and never half there."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        os.fsync(file.fileno())
    unfinished.rename(path)
