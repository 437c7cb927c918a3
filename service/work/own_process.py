"""Running heavy work in a process of its own, so that it does not slow pulls."""

import asyncio
import os
import sys
from collections.abc import Callable

from service.work.turn import TurnFailed


async def in_own_process(function: Callable[[bytes], bytes], given: bytes) -> bytes:
    """What `function` makes of `given`, in a Python process of low priority that ends with this call or this process.

    A function of a module, which is imported there anew: keep what it imports small. TurnFailed when it raises; when
    this call is cancelled, that process is killed.
    """
    command = (sys.executable, "-m", "service.work.own_process_main", function.__module__, function.__qualname__)
    child = await asyncio.create_subprocess_exec(
        *command,
        str(os.getpid()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        answer, _ = await child.communicate(given)
    except BaseException:
        if child.returncode is None:
            child.kill()
        await child.wait()
        raise
    if child.returncode != 0:
        raise TurnFailed(f"{function.__qualname__}: {answer[:100].decode(errors='replace') or 'its process ended'}.")
    return answer
