"""An open stream of hints against the application in this process, as one server would hand it over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, cast

import msgspec
from litestar import Litestar

PATIENCE_SECONDS = 60


class Speaker(Protocol):
    """Whoever is signed in."""

    @property
    def headers(self) -> dict[str, str]:
        """What each of their requests carries."""


class OpenStream:
    """What came over one stream, and how willing its reader is."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.problem: str | None = None
        self.reading = asyncio.Event()
        self.reading.set()
        self.ended = asyncio.Event()
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._left = asyncio.Event()

    async def event(self) -> str:
        """The next event, without heartbeats: `changed`, `bye` with its reason, or the problem instead of a stream."""
        return await asyncio.wait_for(self._events.get(), PATIENCE_SECONDS)

    @property
    def unheard(self) -> int:
        """How many events came that nobody asked for yet."""
        return self._events.qsize()

    async def end(self) -> None:
        """Wait until the server has ended it."""
        await asyncio.wait_for(self.ended.wait(), PATIENCE_SECONDS)

    def leave(self) -> None:
        """Hang up."""
        self._left.set()

    async def receive(self) -> dict[str, Any]:
        """As a server hands over a request without a body, and then the end of the connection."""
        if self.status == 0:
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        """As a server passes an answer on, at the pace of its reader."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            return
        await self.reading.wait()
        if self.status != 200:
            self.problem = msgspec.json.decode(message["body"])["code"]
            self._events.put_nowait(f"problem {self.problem}")
        for block in message["body"].decode().split("\n\n"):
            if block.startswith("event: "):
                name, data = (line.partition(": ")[2] for line in block.split("\n"))
                reason = msgspec.json.decode(data).get("reason")
                self._events.put_nowait(f"{name} {reason}" if reason else name)


@asynccontextmanager
async def opened(
    application: Litestar, person: Speaker, method: str = "GET", fault: bytes | None = None
) -> AsyncIterator[OpenStream]:
    """A stream of this person's device, hung up on leaving."""
    stream = OpenStream()
    headers = [(b"authorization", person.headers["Authorization"].encode())]
    headers += [] if fault is None else [(b"onsite-fault", fault)]
    request = {"type": "http", "method": method, "path": "/v1/sync/hints", "query_string": b"", "headers": headers}

    async def answer() -> None:
        await application(cast("Any", request), cast("Any", stream.receive), cast("Any", stream.send))
        stream.ended.set()

    answering = asyncio.create_task(answer())
    try:
        yield stream
    finally:
        stream.leave()
        stream.reading.set()
        await answering


@asynccontextmanager
async def listening(application: Litestar, *people: Speaker) -> AsyncIterator[list[OpenStream]]:
    """A stream for each, one after the other, past the hint that it begins with."""
    async with AsyncExitStack() as stack:
        streams = []
        for person in people:
            streams.append(await stack.enter_async_context(opened(application, person)))
            assert await streams[-1].event() == "changed"
        yield streams
