"""Beginning a transaction anew that another one stood in the way of, and how PostgreSQL says that it did."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

T = TypeVar("T")

ATTEMPTS = 3
CROSSED = frozenset({"40001", "40P01"})
"""Serialization failure, deadlock: nothing was wrong but the moment."""
FORESTALLED = CROSSED | {"23505"}
"""A unique violation too, for those who look first and add then: the next look sees what the other transaction added.
Whoever adds without a look would hit it again, and rather tells that it is there already."""


async def repeated(act: Callable[[], Awaitable[T]], on: frozenset[str] = CROSSED) -> T:
    """What `act` answers, at the third attempt at the latest. Each must begin with a transaction of its own."""
    for attempt in range(1, ATTEMPTS):
        try:
            return await act()
        except Exception as error:
            if sqlstate(error) not in on:
                raise
        await asyncio.sleep(random.uniform(0.005, 0.05) * attempt)  # noqa: S311 (spreads load; guards nothing)
    return await act()


def sqlstate(error: BaseException | None) -> str | None:
    """PostgreSQL's five letters, through whichever layers wrapped them."""
    while error is not None:
        if isinstance(state := getattr(error, "sqlstate", None), str):
            return state
        error = error.orig if isinstance(error, DBAPIError) else error.__cause__
    return None
