"""What a request carries besides values: its body's bytes, and the headers that we understand."""

import asyncio
import os
import re
from functools import cache
from itertools import count
from typing import TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar
from litestar.types import HTTPReceiveMessage, Receive, Scope, WebSocketReceiveMessage
from msgspec import Struct

from service.http import unread
from service.http.errors import Refused
from service.settings import Settings

Form = TypeVar("Form", bound=Struct)

FORM_BYTES = 300_000
"""Room for a drawn signature."""

_numbers = count(1)
_SANE_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_ENTITY_TAG = re.compile(rb'"(\d{1,18})"')


class HttpRequest(Struct, frozen=True):
    """One request: the server's own record of it. Litestar's would build a good deal that nobody asks for."""

    scope: Scope
    take: Receive

    @property
    def app(self) -> Litestar:
        """The application, whose state every request shares."""
        return self.scope["litestar_app"]

    async def receive(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        """The next part of the body. Its end is remembered, for there is nothing to be had after it."""
        event = await self.take()
        self.scope["state"][unread.ENDED] = not event.get("more_body", False)
        return event


async def read_body(request: HttpRequest, limit_bytes: int | None) -> bytes:
    """The JSON body as it was sent: declared as JSON exactly once, not compressed, within size and time."""
    settings: Settings = request.app.state.settings
    declared = _declared(request)
    limit_bytes = limit_bytes or settings.body_bytes
    if declared.isdigit() and int(declared[:20]) > limit_bytes:
        raise Refused("body_too_large", limit_bytes=limit_bytes)
    try:
        async with asyncio.timeout(settings.body_seconds):
            return await _receive(request, limit_bytes)
    except TimeoutError:
        raise Refused("body_too_slow", seconds=settings.body_seconds) from None


async def read_bytes(request: HttpRequest, limit_bytes: int) -> bytes:
    """The whole body, whatever it is, within size and time."""
    settings: Settings = request.app.state.settings
    try:
        async with asyncio.timeout(settings.body_seconds):
            return await _receive(request, limit_bytes)
    except TimeoutError:
        raise Refused("body_too_slow", seconds=settings.body_seconds) from None


async def read_form(request: HttpRequest, form: type[Form]) -> Form:
    """A form as browsers send it, each field once. What does not fit is `invalid_form`, without saying more."""
    declared = header(request, b"content-type") or b""
    if declared.partition(b";")[0].strip().lower() != b"application/x-www-form-urlencoded":
        raise Refused("media_type_unsupported")
    raw = await read_bytes(request, FORM_BYTES)
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50)
        if len(dict(pairs)) != len(pairs) or any("\x00" in value for _, value in pairs):
            raise Refused("invalid_form")
        return msgspec.convert({name: value.strip() for name, value in pairs}, form, strict=False)
    except (ValueError, msgspec.ValidationError):
        raise Refused("invalid_form") from None


def expected_version(request: HttpRequest) -> int | None:
    """The version that a change was made from, out of `If-Match: "7"`."""
    value = header(request, b"if-match")
    if value is None:
        return None
    if (tag := _ENTITY_TAG.fullmatch(value.strip())) is None:
        raise Refused("invalid_header", header="If-Match")
    return int(tag[1])


def request_id(request: HttpRequest) -> str:
    """The caller's own id when it is harmless in a log line, else a new one; the same for one request throughout."""
    state = request.scope["state"]
    if "request_id" not in state:
        given = header(request, b"x-request-id")
        sane = given is not None and _SANE_REQUEST_ID.fullmatch(given)
        state["request_id"] = given.decode() if given is not None and sane else _next_id()
    return str(state["request_id"])


def language(request: HttpRequest) -> str:
    """Chinese or English: what Accept-Language prefers, else the signed-in member, else the installation."""
    weighed = []
    for choice in (header(request, b"accept-language") or b"").decode("latin-1").lower().split(","):
        tag, _, weight = choice.partition(";")
        if (name := tag.strip().partition("-")[0]) in {"zh", "en"}:
            weighed.append((_weight(weight), name))
    if weighed and max(weighed)[0] > 0:
        return max(weighed, key=lambda pair: pair[0])[1]
    actor, settings = request.scope["state"].get("actor"), request.app.state.settings
    return str(actor.language if actor is not None else settings.language)


def header(request: HttpRequest, name: bytes) -> bytes | None:
    """The last header of that name, straight from the server's list."""
    found = None
    for key, value in request.scope["headers"]:
        if key == name:
            found = value
    return found


def headers_named(request: HttpRequest, name: bytes) -> list[str]:
    """Every header of that name."""
    return [value.decode("latin-1") for key, value in request.scope["headers"] if key == name]


def _next_id() -> str:
    """Random once for a process, then counted: asking the kernel for each request costs more than a pull's encoding."""
    return f"{_process_id()}{next(_numbers):010x}"


@cache
def _process_id() -> str:
    return os.urandom(11).hex()


def _declared(request: HttpRequest) -> bytes:
    """The Content-Length, empty without one; Refused when the body is not said to be plain JSON, once."""
    length, kinds = b"", list[bytes]()
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            kinds.append(value)
        elif name == b"content-length":
            length = value
        elif name == b"content-encoding" and value != b"identity":
            raise Refused("media_type_unsupported")
    if len(kinds) != 1 or not _is_json(kinds[0]):
        raise Refused("media_type_unsupported")
    return length


def _is_json(content_type: bytes) -> bool:
    if content_type == b"application/json":
        return True
    kind, _, parameters = content_type.lower().partition(b";")
    plain = parameters.replace(b" ", b"").replace(b'"', b"")
    return kind.strip() == b"application/json" and plain in {b"", b"charset=utf-8"}


async def _receive(request: HttpRequest, limit_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        event = await request.receive()
        if event["type"] == "http.disconnect":
            raise Refused("body_incomplete")
        chunk = event["body"] if event["type"] == "http.request" else b""
        size += len(chunk)
        if size > limit_bytes:
            raise Refused("body_too_large", limit_bytes=limit_bytes)
        chunks.append(chunk)
        if not event.get("more_body", False):
            break
    if not size:
        raise Refused("body_missing")
    return b"".join(chunks)


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or "1")
    except ValueError:
        return 0.0
