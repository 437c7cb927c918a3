"""What goes wrong between a phone and the service, on demand: an app's developer names it in `Onsite-Fault`.

Only where the settings allow it; elsewhere the header is refused, so that nobody believes to have tested something.
"""

import asyncio
import re
from collections.abc import Awaitable
from typing import Any

from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from msgspec import Struct

from service.http import failures, serving
from service.http.errors import Refused
from service.http.reading import HttpRequest

HEADER = b"onsite-fault"
LONGEST_DELAY_SECONDS = 30
READING = {"GET", "HEAD"}
_DELAY = re.compile(r"delay=(\d{1,2}(?:\.\d{1,3})?)", re.ASCII)
_SHOWN = 40


class Faults(Struct, frozen=True):
    """What one request asks for. Everything may be combined."""

    delay_seconds: float = 0
    """Before the first byte of the answer; the work is done by then."""
    unavailable: bool = False
    """503 with Retry-After, and nothing is done."""
    duplicate: bool = False
    """Carried out twice at the same time, unless it only reads; the answer is that of the second.

    Of what only reads nobody would see the other one, and a stream of hints would end the stream that is heard.
    """
    drop_reply: bool = False
    """Carried out and committed; then the connection breaks within the answer."""


def watch_for_faults(served: ASGIApp, *, allowed: bool) -> ASGIApp:
    """`served`, with one look at the names of the headers before it: a third of a microsecond."""
    act = _with_faults if allowed else _without_faults

    def handle(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        for name, _ in scope["headers"]:
            if name == HEADER:
                return act(served, scope, receive, send)
        return served(scope, receive, send)

    return handle


def faults_of(values: list[bytes]) -> Faults:
    """The faults in these headers; Refused when one of them is none."""
    found: dict[str, Any] = {}
    for name in b",".join(values).decode("latin-1").split(","):
        found |= _fault(name.strip().lower())
    return Faults(**found)


def _fault(name: str) -> dict[str, Any]:
    if (delay := _DELAY.fullmatch(name)) and float(delay[1]) <= LONGEST_DELAY_SECONDS:
        return {"delay_seconds": float(delay[1])}
    if name in {"unavailable", "duplicate", "drop-reply"}:
        return {name.replace("-", "_"): True}
    raise Refused("fault_unknown", fault=name[:_SHOWN])


async def _without_faults(_served: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await _refuse(Refused("faults_not_allowed"), scope, receive, send)


async def _with_faults(served: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    try:
        faults = faults_of([value for name, value in scope["headers"] if name == HEADER])
    except Refused as refused:
        await _refuse(refused, scope, receive, send)
        return
    answer = _Answer(send, faults)
    try:
        if faults.unavailable:
            await _refuse(failures.busy(), scope, receive, answer.send)
        elif faults.duplicate and scope.get("method") not in READING:
            await _twice(served, scope, receive, answer.send)
        else:
            await served(scope, receive, answer.send)
    except _CutError:
        # The server breaks a connection off whose answer was not finished.
        return


async def _refuse(refused: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    await serving.refuse(HttpRequest(scope, receive), refused, "fault")(scope, receive, send)


async def _twice(served: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    body = _SharedBody(receive)
    first = asyncio.ensure_future(served(_copy(scope), body.reader(), _say_nothing))
    try:
        await served(_copy(scope), body.reader(), send)
    finally:
        await first


def _copy(scope: Scope) -> Scope:
    copy = scope.copy()
    copy["state"] = dict(scope["state"])
    return copy


async def _say_nothing(_message: Message) -> None:
    pass


class _CutError(Exception):
    """The answer was cut, and nothing more is sent."""


class _Answer:
    """The way out: late, or cut in the middle."""

    def __init__(self, send: Send, faults: Faults) -> None:
        self._send, self._faults = send, faults

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(self._faults.delay_seconds)
            await self._send(_with_body(message) if self._faults.drop_reply else message)
        elif message["type"] == "http.response.body" and self._faults.drop_reply:
            half = message["body"][: len(message["body"]) // 2]
            await self._send({"type": "http.response.body", "body": half, "more_body": True})
            raise _CutError
        else:
            await self._send(message)


def _with_body(start: HTTPResponseStartEvent) -> HTTPResponseStartEvent:
    """The answer's start, so that a body has to follow: what has none is whole already."""
    expecting = start.copy()
    expecting["status"] = 200 if start["status"] in {204, 304} else start["status"]
    expecting["headers"] = [pair for pair in start["headers"] if pair != (b"content-length", b"0")]
    return expecting


class _SharedBody:
    """One body for two readers: each message is received once and handed to both."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._received: list[Any] = []
        self._receiving = asyncio.Lock()

    def reader(self) -> Receive:
        """Every message from the first on."""
        place = 0

        async def receive() -> Any:  # noqa: ANN401 (whichever message it was)
            nonlocal place
            async with self._receiving:
                if place == len(self._received):
                    self._received.append(await self._receive())
            place += 1
            return self._received[place - 1]

        return receive
