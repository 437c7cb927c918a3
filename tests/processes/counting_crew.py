"""A crew in a process of its own that takes a task up and never finishes it; and work for processes of their own."""

import asyncio
import os
import sys
import threading
from pathlib import Path

from msgspec import Struct

from service.database import open_database
from service.settings import Settings
from service.work.crew import at_work
from service.work.turn import Kind, Turn


class Errand(Struct, frozen=True):
    """As the tests ask for it."""

    name: str


async def never_finish(_turn: Turn, _details: Errand) -> None:
    sys.stdout.write("in hand\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def main(url: str) -> None:
    settings, kind = Settings(connections=2), Kind(name="errand", details=Errand, handle=never_finish)
    async with open_database(url, settings) as database, at_work(database, settings, [kind]):
        await asyncio.Event().wait()


def shout(given: bytes) -> bytes:
    """Louder, whatever else it prints; and the number of the process that did it."""
    sys.stdout.write("noise")
    os.write(1, b"more noise")
    return given.upper() + b" %d" % os.getpid()


def stumble(_given: bytes) -> bytes:
    raise ValueError("王建国")


def linger(pipe: bytes) -> bytes:
    """Says into the pipe that it is here, and stays."""
    with Path(os.fsdecode(pipe)).open("wb") as said:
        said.write(b"here\n")
        said.flush()
        threading.Event().wait()
    return b""


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
