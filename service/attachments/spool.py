"""The spool: where uploads lie until they are whole. A file may hold more bytes than its upload is known to have."""

import asyncio
import errno
import os
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from service.http.errors import Refused
from service.settings import Settings

Result = TypeVar("Result")

# A few: more would not make the disk faster, and each one wants its share of the processor.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="spool")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
HASHED_AT_ONCE_BYTES = 1024 * 1024


def path_of(settings: Settings, org_id: UUID, upload_id: UUID) -> Path:
    """Names of files are made of ids alone, whatever senders call theirs."""
    return settings.spool_path / str(org_id) / str(upload_id)


async def in_thread(function: Callable[..., Result], *given: object) -> Result:
    """Run this in a thread, so that others are served meanwhile. A full disk is `storage_full`; what is there stays."""
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, function, *given)
    except OSError as error:
        if error.errno in _FULL:
            raise Refused("storage_full") from None
        raise


def begin(path: Path) -> None:
    """Create an empty file that survives a loss of power."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def go_on(path: Path, offset_bytes: int) -> int:
    """Open the file for writing, cut off what a broken request left beyond the offset; create it if it was lost."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    os.ftruncate(descriptor, offset_bytes)
    return descriptor


def write(descriptor: int, content: bytes, offset_bytes: int) -> None:
    while content:
        written = os.pwrite(descriptor, content, offset_bytes)
        content, offset_bytes = content[written:], offset_bytes + written


def size_of(path: Path) -> int:
    """Zero where there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def digest_of(path: Path) -> bytes:
    """SHA-256 of what is on the disk, which is what will be kept."""
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(HASHED_AT_ONCE_BYTES):
            found.update(piece)
    return found.digest()


def head_of(path: Path, size_bytes: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size_bytes)


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def strays(settings: Settings, org_id: UUID, living: Collection[UUID]) -> list[Path]:
    """The organisation's files in the spool that belong to no upload any more."""
    folder, needed = settings.spool_path / str(org_id), {str(upload_id) for upload_id in living}
    return [path for path in folder.iterdir() if path.name not in needed] if folder.is_dir() else []
