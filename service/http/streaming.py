"""Answers that are sent as they come: server-sent events that go on, and files that are read meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from litestar.types import Receive, Scope, Send
from msgspec import Struct

from service.http.answers import ALWAYS, API_POLICY, NOT_STORED
from service.http.endpoint import Download

EVENTS = b"text/event-stream"
# Proxies that gather an answer before they pass it on would keep every hint to themselves.
_UNGATHERED = ((b"x-accel-buffering", b"no"),)
# A reader that takes nothing for so long is gone; it comes back when it is not.
SEND_SECONDS = 30


class Events(Struct, frozen=True):
    """What a handler gives whose answer goes on: it ends when the words do, when the reader is gone, or takes none."""

    words: AsyncGenerator[bytes, None]


class EventsAnswer(Struct, frozen=True):
    """One stream of events as Litestar sends it."""

    words: AsyncGenerator[bytes, None]
    request_id: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = ((b"content-type", EVENTS), (b"x-request-id", self.request_id.encode()))
        headers = [*ALWAYS, *API_POLICY, *NOT_STORED, *_UNGATHERED, *own]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope.get("method") != "HEAD":
            await self._send_until_gone(receive, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_until_gone(self, receive: Receive, send: Send) -> None:
        sending, leaving = asyncio.create_task(self._send(send)), asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.wait((sending, leaving))
        if not sending.cancelled():
            sending.result()

    async def _send(self, send: Send) -> None:
        async with aclosing(self.words):
            async for words in self.words:
                try:
                    async with asyncio.timeout(SEND_SECONDS):
                        await send({"type": "http.response.body", "body": words, "more_body": True})
                except TimeoutError:
                    return


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class DownloadAnswer(Struct, frozen=True):
    """A file as Litestar sends it: never compressed, and never whole in memory."""

    download: Download
    request_id: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (called by name)
        told = self.download
        kind = (b"content-type", told.media_type.encode())
        size = (b"content-length", b"%d" % told.size_bytes)
        headers = [*ALWAYS, *told.headers, kind, size, (b"x-request-id", self.request_id.encode())]
        await send({"type": "http.response.start", "status": told.status, "headers": headers})
        if scope.get("method") != "HEAD":
            async for chunk in told.chunks:
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
