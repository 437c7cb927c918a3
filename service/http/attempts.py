"""Beginning anew what another transaction stood in the way of: a deadlock, a serialization failure."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from service.http import failures

T = TypeVar("T")

ATTEMPTS = 3


async def repeated(act: Callable[[], Awaitable[T]]) -> T:
    """What `act` answers, at the third attempt at the latest. Each must begin with a transaction of its own."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await act()
        except Exception as error:
            if not failures.is_worth_repeating(error):
                raise
        await asyncio.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 (spreads load; guards nothing)
    return await act()
