"""The server process: it owns the embedded database and the workers, and neither outlives it."""

import ctypes
import errno
import gc
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from multiprocessing.synchronize import Event

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from litestar import Litestar

from service.app import create_app
from service.running.installation import InstallationError, Urls
from service.running.logs import configure_logs
from service.settings import Settings

# Streams of events stay open for as long as a client listens; nobody waits for them to end.
KILL_AFTER_SECONDS = 5
PR_SET_PDEATHSIG = 1


class PortTakenError(InstallationError):
    """Somebody listens there already; perhaps Onsite itself."""


def serve(settings: Settings, urls: Urls, when_ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT. A worker that dies is replaced."""
    ready = multiprocessing.Event()
    server = Granian(
        "onsite",
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        interface=Interfaces.ASGI,
        loop=Loops.auto if sys.platform == "win32" else Loops.uvloop,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=KILL_AFTER_SECONDS,
    )
    server.on_startup(partial(_tell_when_ready, settings, ready, when_ready))
    loader = partial(worker_app, settings, urls.app_url, ready, os.getpid())
    server.serve(target_loader=loader, wrap_loader=False)


def require_free_port(settings: Settings) -> None:
    """Find a taken port before a database is started for nothing."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            told = f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}."
            if error.errno == errno.EADDRINUSE:
                raise PortTakenError(f"{told} Choose another: ONSITE_PORT={settings.port + 1}.") from None
            raise InstallationError(f"{told} Correct ONSITE_HOST or ONSITE_PORT.") from None


def worker_app(settings: Settings, app_url: str, ready: Event, master_pid: int) -> Litestar:
    """The application inside a worker. It ends with the master, however that ends."""
    _end_with(master_pid)
    configure_logs()

    @asynccontextmanager
    async def tell_ready(_app: Litestar) -> AsyncIterator[None]:
        # What lives as long as the process is not worth looking at again at each collection.
        gc.collect()
        gc.freeze()
        ready.set()
        yield

    return create_app(settings, app_url, also=(tell_ready,))


def _end_with(master_pid: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # The master may have gone before the kernel was asked.
    if os.getppid() != master_pid:
        os._exit(1)


def _tell_when_ready(settings: Settings, ready: Event, when_ready: Callable[[], None]) -> None:
    def wait() -> None:
        ready.wait()
        # A worker listens only after its application has started, a moment later.
        while not _is_listening(settings):
            time.sleep(0.005)
        when_ready()

    threading.Thread(target=wait, daemon=True).start()


def _is_listening(settings: Settings) -> bool:
    try:
        socket.create_connection((settings.host, settings.port), timeout=1).close()
    except OSError:
        return False
    return True
