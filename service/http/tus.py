"""What tus 1.0 asks of every request and answer below one address, whatever the operation."""

from collections.abc import Awaitable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Method, Receive, Scope, Send

BELOW = "/v1/uploads"
VERSION = "1.0.0"
RESUMABLE = (b"tus-resumable", VERSION.encode())
_OVERRIDE = b"x-http-method-override"
_METHODS: dict[bytes, Method] = {b"PATCH": "PATCH", b"DELETE": "DELETE", b"HEAD": "HEAD"}


def speaking_tus(served: ASGIApp) -> ASGIApp:
    """`served`, with the version in each answer, and with methods that networks do not let pass told in a header."""

    def handle(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        if scope["type"] != ScopeType.HTTP or not scope["path"].startswith(BELOW):
            return served(scope, receive, send)
        if scope["method"] == "POST":
            for name, value in scope["headers"]:
                if name == _OVERRIDE and value in _METHODS:
                    scope["method"] = _METHODS[value]
        return served(scope, receive, _with_version(send))

    return handle


def _with_version(send: Send) -> Send:
    async def send_with_version(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], RESUMABLE]
        await send(message)

    return send_with_version
