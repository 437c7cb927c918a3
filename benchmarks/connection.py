"""One keep-alive connection, as thin as can be: the load generator shares the machine with what it measures."""

import asyncio
import json
import re
from typing import Any, cast

_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


class Connection(asyncio.Protocol):
    """Sends one request at a time and answers with the body. A body is never copied while it arrives."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.waiter: asyncio.Future[bytes] | None = None
        self.status = 0
        self.missing = 0
        self.parts: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Collect until the declared length is there. A head comes whole, in the first part."""
        if not self.parts:
            head, _, data = data.partition(b"\r\n\r\n")
            found = _LENGTH.search(head)
            self.status, self.missing = int(head[9:12]), int(found[1]) if found else 0
        self.parts.append(data)
        self.missing -= len(data)
        if self.missing <= 0:
            body, self.parts = b"".join(self.parts), []
            self._answer(body)

    def connection_lost(self, exc: Exception | None) -> None:
        """A lost connection fails whoever waits."""
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_exception(exc or ConnectionError("closed by the server"))

    def send(self, request: bytes) -> asyncio.Future[bytes]:
        """The body of a 2xx answer; anything else ends the benchmark."""
        assert self.transport is not None
        self.waiter = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return self.waiter

    def _answer(self, body: bytes) -> None:
        if self.waiter is None:
            return
        if 200 <= self.status < 300:
            self.waiter.set_result(body)
        else:
            self.waiter.set_exception(RuntimeError(f"{self.status}: {body[:300]!r}"))


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
