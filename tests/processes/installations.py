"""Onsite as a person runs it: the real command, in processes of its own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ONSITE = [sys.executable, "-c", "import sys; sys.argv[0] = 'onsite'; from service.running.cli import main; main()"]
PATIENCE_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Installation:
    """One installation of Onsite in a folder of its own, started and stopped as a person would."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "ONSITE_DATA": str(folder), "ONSITE_PORT": str(free_port())}
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
