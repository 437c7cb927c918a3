"""A simulated member does what every app has to when the server is busy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain, repeat
from typing import Any

import httpx
import pytest

from service.simulate.session import Session, UnexpectedAnswerError, sign_in

SIGNED_IN: dict[str, Any] = {
    "member": {"id": "019f3517-9c00-7000-8000-000000000001"},
    "device_id": "019f3517-9c00-7000-8000-000000000002",
    "access_token": "a",
    "refresh_token": "r",
}


@asynccontextmanager
async def busy(times: int) -> AsyncIterator[httpx.AsyncClient]:
    """A server that turns so many requests away, and says that it is worth coming back at once."""
    statuses = chain(repeat(503, times), repeat(200))

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(next(statuses), headers={"retry-after": "0"}, json=SIGNED_IN)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://onsite.test") as client:
        yield client


async def test_who_is_told_to_come_back_comes_back() -> None:
    async with busy(3) as client:
        assert await Session(client, SIGNED_IN).call("POST", "/v1/sync/push", {}) == SIGNED_IN
    async with busy(3) as client:
        assert (await sign_in(client, "anxin", "HZ0107", "")).member_id == SIGNED_IN["member"]["id"]


async def test_nobody_comes_back_for_ever() -> None:
    async with busy(100) as client:
        with pytest.raises(UnexpectedAnswerError, match="503"):
            await Session(client, SIGNED_IN).call("GET", "/v1/me")
