"""Onsite as a person runs it: the real command, in processes of its own."""

import os
import secrets
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx

ONSITE = [sys.executable, "-c", "import sys; sys.argv[0] = 'onsite'; from service.running.cli import main; main()"]
PATIENCE_SECONDS = 120
"""For whatever ends by itself, on the slowest machine."""
PATIENT = {"ONSITE_STATEMENT_SECONDS": "25", "ONSITE_LOCK_SECONDS": "20", "ONSITE_POOL_WAIT_SECONDS": "60"}
"""A server that says that it is busy no sooner than it must, for tests that are not about being busy."""
PORTS = range(10_000, 32_000)
"""Below those that systems give to connections: one that is free stays so until it is listened on."""


def free_port() -> int:
    """Nobody's at this moment, and hardly anybody's in the next: other processes draw theirs at random too."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


def asking(url: str) -> httpx.Client:
    """Speaks HTTP to a server of its own, and waits for it and its answers as long as a slow machine needs."""
    # Each wait twice as long as the one before, two minutes in all.
    transport = httpx.HTTPTransport(retries=9)
    return httpx.Client(base_url=url, transport=transport, timeout=PATIENCE_SECONDS)


class Installation:
    """One installation of Onsite in a folder of its own, started and stopped as a person would."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, **PATIENT, "ONSITE_DATA": str(folder), "ONSITE_PORT": str(free_port())}
        self.environment.pop("DATABASE_URL", None)
        self.url = f"http://127.0.0.1:{self.environment['ONSITE_PORT']}"
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start a command, and wait for the line that says that the service answers."""
        process = subprocess.Popen([*ONSITE, *command], env=self.environment, stderr=subprocess.PIPE, text=True)
        self.started.append(process)
        assert process.stderr is not None
        said = []
        while "Onsite answers" not in (line := process.stderr.readline()):
            said.append(line)
            assert line, f"ended early: {said}"
        return process

    def run(self, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*ONSITE, *command],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
