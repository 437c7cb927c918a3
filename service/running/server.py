"""The server process: it owns the embedded database and the workers, and neither outlives it."""

import asyncio
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
from contextlib import asynccontextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from litestar import Litestar

from service.app import create_app
from service.pulling.listening import Listeners
from service.running.installation import InstallationError, Urls
from service.running.logs import configure_logs
from service.running.parent_process import end_with
from service.settings import Settings

# Whoever does not take the end of an answer is not waited for any longer.
KILL_AFTER_SECONDS = 5
# Phones keep theirs for a while, and streams of hints may take half (`service.listening`).
CONNECTIONS_PER_WORKER = 1024
# A connection without a request for so long is closed. Longer than proxies keep theirs (60 seconds with most): closed
# from behind while a request is on its way, it looks like a failure to them.
IDLE_SECONDS = 75
OBJECTS_UNTIL_COLLECTION = 20_000


class PortTakenError(InstallationError):
    """Somebody listens there already; perhaps Onsite itself."""


def serve(settings: Settings, urls: Urls, when_ready: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT. A worker that dies is replaced."""
    ready = multiprocessing.Event()
    server = Granian(
        "onsite",
        address=settings.host,
        port=settings.port,
        workers=settings.processes,
        interface=Interfaces.ASGI,
        loop=Loops.auto if sys.platform == "win32" else Loops.uvloop,
        # Without asking each connection which version it speaks: proxies in front of it speak this one.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_SECONDS * 1000),
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=KILL_AFTER_SECONDS,
        backpressure=CONNECTIONS_PER_WORKER,
    )
    server.on_startup(partial(_tell_when_ready, settings, ready, when_ready))
    stopping, stop = multiprocessing.Pipe(duplex=False)
    server.on_startup(partial(_tell_when_stopping, stop))
    loader = partial(worker_app, settings, urls.app_url, ready, stopping, os.getpid())
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


def worker_app(settings: Settings, app_url: str, ready: Event, stopping: Connection, master_pid: int) -> Litestar:
    """The application inside a worker. It ends with the master, however that ends, and its streams when `stopping`."""
    end_with(master_pid)
    configure_logs()

    @asynccontextmanager
    async def tell_ready(app: Litestar) -> AsyncIterator[None]:
        _end_streams_when(stopping, app.state.listeners)
        # What lives as long as the process is not worth looking at again at each collection; and a push alone makes
        # thousands of objects that go with it, which a collection in its middle would find alive.
        gc.collect()
        gc.freeze()
        gc.set_threshold(OBJECTS_UNTIL_COLLECTION)
        ready.set()
        yield

    return create_app(settings, app_url, also=(tell_ready,))


def _end_streams_when(stopping: Connection, listeners: Listeners) -> None:
    """One word for all workers: whoever sees it leaves it there for the others."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_reader(stopping.fileno())
        listeners.stop()

    with suppress(NotImplementedError):  # Windows: its workers are killed after a while
        loop.add_reader(stopping.fileno(), stop)


def _tell_when_ready(settings: Settings, ready: Event, when_ready: Callable[[], None]) -> None:
    def wait() -> None:
        ready.wait()
        # A worker listens only after its application has started, a moment later.
        while not _is_listening(settings):
            time.sleep(0.005)
        when_ready()

    threading.Thread(target=wait, daemon=True).start()


def _tell_when_stopping(stop: Connection) -> None:
    """Before the server waits for open answers to end, since streams do not end by themselves."""
    for way in (signal.SIGINT, signal.SIGTERM):
        signal.signal(way, partial(_stop, stop, signal.getsignal(way)))


def _stop(stop: Connection, stop_serving: Any, *told: Any) -> None:  # noqa: ANN401 (a handler of signals, as typeshed has it)
    stop.send_bytes(b"stop")
    stop_serving(*told)


def _is_listening(settings: Settings) -> bool:
    try:
        socket.create_connection((settings.host, settings.port), timeout=1).close()
    except OSError:
        return False
    return True
