"""Filesystems so small that they can be filled. Needs root, to mount one."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

MEGABYTE = 1024 * 1024
LITTLE_BYTES = 512


def why_not() -> str | None:
    """Why none can be mounted here, or None."""
    if sys.platform != "linux":
        return "only Linux has tmpfs"
    return None if os.geteuid() == 0 else "only root may mount a small filesystem"


@contextmanager
def small_filesystem(at: Path, megabytes: int) -> Iterator[None]:
    """Mounted there, with what was there before in it."""
    at.mkdir(parents=True, exist_ok=True)
    aside = at.with_name(at.name + ".before")
    shutil.copytree(at, aside)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "upheaval", str(at)], check=True)
    shutil.copytree(aside, at, dirs_exist_ok=True)
    shutil.rmtree(aside)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@asynccontextmanager
async def filled(disk: Path) -> AsyncIterator[None]:
    """Not a byte is left there, and none that comes free stays so; on leaving there is room again."""
    ballast = disk / "ballast"
    filling = asyncio.create_task(_keep_full(ballast))
    try:
        yield
    finally:
        filling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await filling
        ballast.unlink()


async def _keep_full(ballast: Path) -> None:
    with ballast.open("ab", buffering=0) as file:
        while True:
            for size in (MEGABYTE, LITTLE_BYTES):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass
            await asyncio.sleep(0.01)
