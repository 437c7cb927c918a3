"""The demo as a person starts it, in a process of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes.installations import ONSITE, PATIENT, free_port


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a demo that answers; it is stopped afterwards, and its database with it."""
    with demo(folder) as (url, _):
        yield url


@contextmanager
def demo(folder: Path, **settings: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """As `served`, with the process that answers and settings of its own."""
    port = str(free_port())
    environment = {**os.environ, **PATIENT, "ONSITE_DATA": str(folder), "ONSITE_PORT": port, **settings}
    environment.pop("DATABASE_URL", None)
    log = folder / "server.log"
    with (
        log.open("w") as news,
        subprocess.Popen([*ONSITE, "demo"], env=environment, stdout=subprocess.PIPE, stderr=news) as server,
    ):
        try:
            assert server.stdout is not None
            card = iter(server.stdout.readline, b"")
            assert any(b"Onsite is ready" in line for line in card), log.read_text()
            yield f"http://127.0.0.1:{port}", server
            assert server.poll() is None, f"the server ended on its own: {log.read_text()}"
        finally:
            server.terminate()
