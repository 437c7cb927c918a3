"""The rest of a body that was refused before it was read.

Most clients look for an answer only after they have sent everything, and the server closes a connection on which bytes
lie unread: the refusal would be lost on its way, and a phone would send the same for ever. So the rest is taken first.
"""

import asyncio
from contextlib import suppress

from litestar.types import Receive, Scope

from service.settings import Settings

ENDED = "body_ended"
"""Where a request's state says that its body was received to the end."""


async def take_rest(scope: Scope, receive: Receive) -> None:
    """Receive what is still coming and keep none of it: no longer than a body may take, no more than a photo has."""
    settings: Settings = scope["litestar_app"].state.settings
    if scope["state"].get(ENDED, False) or not _is_coming(scope, settings.attachment_bytes):
        return
    left_bytes = settings.attachment_bytes
    with suppress(TimeoutError):
        async with asyncio.timeout(settings.body_seconds):
            while left_bytes > 0:
                event = await receive()
                if event["type"] != "http.request" or not event.get("more_body", False):
                    break
                left_bytes -= len(event["body"])


def _is_coming(scope: Scope, most_bytes: int) -> bool:
    """Whether a body was announced whose end can be waited for, by a client that sends it unasked."""
    coming = False
    for name, value in scope["headers"]:
        if name == b"expect":
            return False
        if name == b"content-length":
            coming = value.isdigit() and 0 < int(value[:20]) <= most_bytes
        elif name == b"transfer-encoding":
            coming = True
    return coming
