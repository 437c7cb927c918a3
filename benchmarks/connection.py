"""One keep-alive connection, as thin as can be: the load generator shares the machine with what it measures."""

import asyncio
import json
from typing import Any, cast


class Connection(asyncio.Protocol):
    """Sends one request at a time and answers with status and body."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = bytearray()
        self.waiter: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Collect until the declared length is there."""
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.buffer[:end]).lower()
        length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]) if b"content-length:" in head else 0
        if len(self.buffer) < end + 4 + length:
            return
        body = bytes(self.buffer[end + 4 : end + 4 + length])
        self.buffer.clear()
        if self.waiter is not None:
            self.waiter.set_result((int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        """A lost connection fails whoever waits."""
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(exc or ConnectionError("closed by the server"))

    async def send(self, request: bytes) -> bytes:
        """The body of a 2xx answer; anything else ends the benchmark."""
        assert self.transport is not None
        self.waiter = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        status, body = await self.waiter
        if not 200 <= status < 300:
            raise RuntimeError(f"{status}: {body[:300]!r}")
        return body


async def connect(host: str, port: int) -> Connection:
    """A new connection."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, host, port)
    return connection


def request(path: str, body: object, token: str | None = None, *, gzip: bool = False) -> bytes:
    """A POST as bytes, ready to be sent again and again."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    lines = [f"POST {path} HTTP/1.1", "Host: benchmark", "Content-Type: application/json"]
    lines += [f"Content-Length: {len(content)}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += ["Accept-Encoding: gzip"] if gzip else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


async def ask(connection: Connection, path: str, body: object, token: str | None = None) -> dict[str, Any]:
    """One request with its answer as a value: for preparing, not for measuring."""
    answer: dict[str, Any] = json.loads(await connection.send(request(path, body, token)))
    return answer
