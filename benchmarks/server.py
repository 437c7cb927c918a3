"""A server of the benchmark's own, on fresh data."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PORT = 8990


@contextmanager
def started() -> Iterator[str]:
    """The address of a demo that answers; it and its data are gone afterwards."""
    with tempfile.TemporaryDirectory() as data:
        url = f"http://127.0.0.1:{PORT}"
        environment = {**os.environ, "ONSITE_DATA": data, "ONSITE_PORT": str(PORT)}
        command = [str(Path(sys.executable).with_name("onsite")), "demo"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
        try:
            _wait(f"{url}/v1/health")
            yield url
        finally:
            server.terminate()
            server.wait(timeout=30)


def _wait(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=1)  # noqa: S310
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(url)
