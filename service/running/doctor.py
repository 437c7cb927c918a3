"""What can be wrong with an installation, and how to mend it. Looking changes nothing."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from service import embedded_postgres
from service.attachments.vault import FileGone, VaultUnavailable, open_vault
from service.embedded_postgres import PostgresUnavailable, State
from service.routes import docs
from service.running.inspection import Inspected, of_other_code, too_mighty, too_new, too_old
from service.running.installation import InstallationError, looked_at
from service.running.migrate import newest_revision
from service.running.server import PortTakenError, require_free_port
from service.settings import Settings

ENOUGH_BYTES = 500_000_000
MOST_CLOCK_DIFFERENCE_SECONDS = 2
BUCKET_SECONDS = 5
MEND_PHOTOS = "make each a folder of the service's own account, or set ONSITE_DATA and ONSITE_ATTACHMENTS"
MEND_BUCKET = "create the bucket, let Onsite list, read, write and delete there, or correct the settings AWS_…"
MEND_DIRECTORY = "make it a folder of your own that you may write to (chown), or set ONSITE_DATA"


class Finding(Struct, frozen=True):
    """One thing that was looked at. `mend` is empty when it is well; without `needed` it is advice only."""

    what: str
    found: str
    mend: str = ""
    needed: bool = True

    @property
    def must_be_mended(self) -> bool:
        return bool(self.mend) and self.needed

    def line(self) -> str:
        mark = "ok   " if not self.mend else "WRONG" if self.needed else "note "
        return f"{mark}  {self.what:<18} {self.found}" + (f"\n       {'':<18} -> {self.mend}" if self.mend else "")


def findings(settings: Settings) -> list[Finding]:
    """Everything, in the order in which it is worth mending."""
    return [
        _python(),
        _port(settings),
        *(_external(settings.database_url) if settings.database_url else _embedded(settings)),
        asyncio.run(photos(settings)),
        _docs(),
        _tool("java", "generates clients for Kotlin, Swift and Dart in contract tests", "install Java 17"),
        _tool("node", "compiles the TypeScript client in contract tests", "install Node 20"),
    ]


def _python() -> Finding:
    found = sys.version.split()[0]
    return Finding("Python", found, "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer")


def _port(settings: Settings) -> Finding:
    try:
        require_free_port(settings)
    except PortTakenError as trouble:
        return Finding(
            "port", str(trouble), "stop what uses it (perhaps Onsite itself), or choose another", needed=False
        )
    except InstallationError as trouble:
        return Finding("port", str(trouble), "set ONSITE_HOST and ONSITE_PORT to what this machine may listen on")
    return Finding("port", f"{settings.port} is free")


def _embedded(settings: Settings) -> Iterator[Finding]:
    try:
        seen = embedded_postgres.inspect(settings.data_path)
    except (OSError, PostgresUnavailable) as trouble:
        yield Finding("data directory", f"cannot be used: {trouble}", MEND_DIRECTORY)
        return
    yield Finding("data directory", str(seen.data_directory), "" if seen.writable else MEND_DIRECTORY)
    room = f"{seen.free_bytes / 1e9:.1f} GB free, {seen.data_bytes / 1e6:.0f} MB used"
    yield Finding("disk", room, "" if seen.free_bytes > ENOUGH_BYTES else "make room: under 0.5 GB is left")
    left = seen.state is State.LEFT_BEHIND
    yield Finding("embedded database", seen.state.value, "the next start stops it by itself" * left, needed=False)
    if seen.state is State.RUNNING:
        yield from _external(embedded_postgres.start(settings.data_path).app_url)


def _external(url: str) -> Iterator[Finding]:
    try:
        found = asyncio.run(looked_at(url))
    except InstallationError as trouble:
        yield Finding("database", str(trouble), "start it, create it, or correct DATABASE_URL")
        return
    yield Finding("migrations", f"at {found.revision or 'none'} of {newest_revision()}", _schema_mend(found))
    version = str(found.server_version // 10_000)
    yield Finding("PostgreSQL", version, "use PostgreSQL 16 or newer" if too_old(found) else "")
    role = "a superuser" if found.superuser else "an ordinary role"
    yield Finding("database role", role, "give Onsite a role of its own" if too_mighty(found) else "")
    durable = "on the disk before they are answered" if found.durable else "answered before they are on the disk"
    mend = "" if found.durable else "set fsync and synchronous_commit to on: a crash loses what was acknowledged"
    yield Finding("commits", durable, mend)
    off = abs(found.clock_ahead_seconds) > MOST_CLOCK_DIFFERENCE_SECONDS
    clock = f"{found.clock_ahead_seconds:+.1f} s from the database's"
    yield Finding("clock", clock, "set both clocks by NTP" if off else "")


def _schema_mend(found: Inspected) -> str:
    if (trouble := too_new(found) or of_other_code(found)) is not None:
        return trouble
    current = found.revision == newest_revision()
    return "" if current else "run `onsite migrate` with the DATABASE_URL of the schema's owner"


async def photos(settings: Settings) -> Finding:
    """Whether files can be taken in, and kept where the settings say; nothing is put there."""
    where = settings.attachments or str(settings.vault_path)
    bucket = where.startswith("s3://")
    shut = [str(path) for path in (settings.spool_path, *([] if bucket else [Path(where)])) if not _may_be_filled(path)]
    if shut:
        return Finding("photos", f"{' and '.join(shut)} cannot be written to", MEND_PHOTOS)
    trouble = await _bucket_trouble(settings) if bucket else None
    return Finding("photos", where if trouble is None else f"{where} {trouble}", MEND_BUCKET * (trouble is not None))


def _may_be_filled(folder: Path) -> bool:
    nearest = next(path for path in (folder, *folder.parents) if _is_there(path))
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # Below a folder that nobody may enter here: not for us.
        return False


async def _bucket_trouble(settings: Settings) -> str | None:
    try:
        async with asyncio.timeout(BUCKET_SECONDS):
            await anext(open_vault(settings).listed("onsite-doctor"), None)
    except FileGone:
        return "is not there"
    except VaultUnavailable as refused:
        return f"does not let itself be listed: {refused}"
    except TimeoutError:
        return f"did not answer within {BUCKET_SECONDS} seconds"
    return None


def _docs() -> Finding:
    missing = [name for name, (path, _) in docs.FILES.items() if not (docs.DIRECTORY / path).exists()]
    return Finding(
        "API docs page", f"{', '.join(missing)} missing" if missing else "complete", "install anew" * bool(missing)
    )


def _tool(name: str, use: str, mend: str) -> Finding:
    path = shutil.which(name)
    return Finding(
        name, path or f"absent; it {use}", "" if path else f"{mend}, if you change the contract", needed=False
    )
