"""A receiver of webhooks: a real HTTP server that checks signatures by the reference library, and misbehaves."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from typing import Any

import msgspec
from standardwebhooks import Webhook, WebhookVerificationError

Headers = dict[str, str]
Answer = Callable[[Headers, bytes], Awaitable[bytes | None]]
"""From a request to all bytes that are answered; None drops the connection."""

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    """An answer of this status."""
    lines = [f"HTTP/1.1 {code} X", *headers, f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


class Receiver:
    """What arrived, in its order; `answer` may be set to whatever a test is about."""

    def __init__(self, port: int, secret: str | None = None, answer: Answer | None = None) -> None:
        self.url = f"http://127.0.0.1:{port}/hook"
        self.secret, self.answer = secret, answer
        self.events: list[dict[str, Any]] = []
        self.headers: list[Headers] = []
        self.forged = 0
        self.open: set[asyncio.Task[Any]] = set()

    @property
    def kinds(self) -> list[str]:
        return [event["type"] for event in self.events]

    def take(self, headers: Headers, body: bytes) -> None:
        """Note what arrived. What our secret did not sign counts as forged."""
        try:
            if self.secret is not None:
                Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            self.forged += 1
            return
        self.headers.append(headers)
        self.events.append(msgspec.json.decode(body))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, request by request."""
        connection = asyncio.current_task()
        assert connection is not None
        self.open.add(connection)
        connection.add_done_callback(self.open.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError), closing(writer.transport):
            while True:
                headers, body = await _request(reader)
                answer = OK if self.answer is None else await self.answer(headers, body)
                if self.answer is None:
                    self.take(headers, body)
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()


@asynccontextmanager
async def receiving(secret: str | None = None, answer: Answer | None = None) -> AsyncIterator[Receiver]:
    """A receiver on a port of its own, for as long as the block lasts."""
    receiver = Receiver(0, secret, answer)
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
        connections = list(receiver.open)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)
        # The sockets themselves are closed at the loop's next turn.
        await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader) -> tuple[Headers, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return headers, await reader.readexactly(int(headers.get("content-length", "0")))
