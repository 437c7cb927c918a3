"""Sending one event once, to the address named: bounded in time and in what is read, and no redirect is followed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import msgspec
from msgspec import Struct

from service.store.webhooks.deliveries import LADDER, Try
from service.store.webhooks.events import ToldEvent
from service.store.webhooks.webhooks import Target
from service.webhooks.addresses import AddressForbidden, resolved
from service.webhooks.signing import signed_headers

WITHIN_SECONDS = 10.0
AT_ONCE = 8
ANSWER_BYTES = 16_384
GONE = 410

_LIMITS = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)


class Sender(Struct, frozen=True):
    """Sends to one address, whose number was looked up once."""

    target: Target
    client: httpx.AsyncClient
    number: str | None
    """The IP address to connect to."""
    server_name: str
    """Whose certificate must be shown there."""
    refused: str | None
    """Why nothing can be sent there."""

    async def send(self, event: ToldEvent) -> Try:
        """Never raises for what the other side does."""
        if self.refused is not None:
            return Try(None, self.refused, 0)
        began, status, error, rest = time.monotonic(), None, None, timedelta()
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                answer = await self._post(event)
                status, error = answer.status_code, _error(answer.status_code)
                rest = _rest(answer.headers.get("retry-after"), datetime.now(UTC)) if error else rest
        except (httpx.TimeoutException, TimeoutError):
            error = "timed_out"
        except httpx.ConnectError:
            error = "not_connected"
        except (httpx.HTTPError, httpx.InvalidURL):
            error = "broken_answer"
        return Try(status, error, round((time.monotonic() - began) * 1000), rest)

    async def _post(self, event: ToldEvent) -> httpx.Response:
        body, named = msgspec.json.encode(event), httpx.URL(self.target.url)
        headers = {
            **signed_headers(event.id, datetime.now(UTC), body, self.target.secrets),
            "host": named.netloc.decode(),
            "content-type": "application/json",
            "user-agent": "onsite",
            # What has to be unpacked could grow without bound.
            "accept-encoding": "identity",
        }
        url, extensions = named.copy_with(host=self.number), {"sni_hostname": self.server_name}
        async with self.client.stream("POST", url, content=body, headers=headers, extensions=extensions) as answer:
            await _read_little(answer)
            return answer


@asynccontextmanager
async def sender_to(target: Target, *, private: bool) -> AsyncIterator[Sender]:
    """One that is good for seconds: what a name stands for may change."""
    number, server_name, refused = None, "", None
    try:
        async with asyncio.timeout(WITHIN_SECONDS):
            address, number = await resolved(target.url, private=private)
            server_name = address.host
    except AddressForbidden as error:
        refused = str(error)
    except TimeoutError:
        refused = "name_unknown"
    # No proxy of the environment's: it would look the name up again.
    async with httpx.AsyncClient(trust_env=False, timeout=WITHIN_SECONDS, limits=_LIMITS) as client:
        yield Sender(target, client, number, server_name, refused)


def _error(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    return "redirected" if 300 <= status < 400 else "refused"


def _rest(asked: str | None, now: datetime) -> timedelta:
    """What `Retry-After` asks for, in seconds or as a date: none for anything else, no more than the longest step."""
    if asked is None:
        return timedelta()
    if asked.isdecimal():
        return min(timedelta(seconds=int(asked[:9])), LADDER[-1])
    try:
        until = parsedate_to_datetime(asked)
    except ValueError:
        return timedelta()
    return max(timedelta(), min(until.replace(tzinfo=until.tzinfo or UTC) - now, LADDER[-1]))


async def _read_little(answer: httpx.Response) -> None:
    """To the end, so that the connection serves again; but not of an answer that has no end."""
    size = 0
    async for chunk in answer.aiter_raw():
        size += len(chunk)
        if size > ANSWER_BYTES:
            return
