"""Onsite as an operator runs it, in a process group of its own, and everything in it that can be killed."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from service import embedded_postgres
from tests.processes.installations import ONSITE, free_port
from tests.processes.workers import title

START_SECONDS = 120
SETTINGS = {
    "ONSITE_WORKERS": "2",
    # Few and impatient, so that exhaustion is reached and passes within a cycle.
    "ONSITE_CONNECTIONS": "4",
    "ONSITE_STATEMENT_SECONDS": "1",
    "ONSITE_LOCK_SECONDS": "1",
    "ONSITE_POOL_WAIT_SECONDS": "1",
}


class Server:
    """`onsite serve` on its own embedded database. Only `start` ever helps it up."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log = folder, folder / "server.log"
        self.data = folder / "data"
        self.port = free_port()
        self.starts = 0
        self.environment = {**os.environ, **SETTINGS, "ONSITE_DATA": str(self.data), "ONSITE_PORT": str(self.port)}
        self.environment.pop("DATABASE_URL", None)
        self.master: subprocess.Popen[bytes]

    async def start(self) -> None:
        """Start, as a service manager would, and wait for its word that it answers."""
        told = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.master = subprocess.Popen(
                [*ONSITE, "serve"], env=self.environment, stderr=log, stdout=log, start_new_session=True
            )
        self.starts += 1
        async with asyncio.timeout(START_SECONDS):
            while "Onsite answers" not in (said := self.said(told)):
                assert self.master.poll() is None, f"ended early: {said[-2000:]}"
                await asyncio.sleep(0.02)

    def said(self, since: int = 0) -> str:
        """What it wrote, from this byte on."""
        with self.log.open("rb") as file:
            file.seek(since)
            return file.read().decode(errors="replace")

    def run(self, *command: str) -> None:
        subprocess.run(
            [*ONSITE, *command], env=self.environment, check=True, capture_output=True, timeout=START_SECONDS
        )

    def stop(self) -> None:
        """In order; whatever is left of an experiment that failed is killed."""
        self.master.terminate()
        try:
            self.master.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill_group()

    def kill_group(self) -> None:
        """Master and workers at once. The database's keeper is in a session of its own and sees them go."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.master.pid, signal.SIGKILL)
        self.master.wait()

    def postmaster(self) -> psutil.Process | None:
        number = embedded_postgres.inspect(self.data).server_pid
        with contextlib.suppress(psutil.Error):
            return None if number is None else psutil.Process(number)
        return None

    def backends(self) -> list[psutil.Process]:
        """PostgreSQL's processes that serve our connections."""
        postmaster = self.postmaster()
        if postmaster is None:
            return []
        with contextlib.suppress(psutil.Error):
            return [each for each in postmaster.children() if "onsite_app" in title(each)]
        return []

    async def kill_a_backend(self, chance: random.Random, number: signal.Signals = signal.SIGKILL) -> bool:
        """One of those at work; false when there was none."""
        found = self.backends()
        if not found:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            chance.choice(found).send_signal(number)
            return True
        return False

    async def is_well(self) -> bool:
        try:
            async with httpx.AsyncClient(timeout=10) as client:
                return (await client.get(f"http://127.0.0.1:{self.port}/v1/health")).status_code == 200
        except httpx.TransportError:
            return False


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 (other processes send no events)
        await asyncio.sleep(0.01)
