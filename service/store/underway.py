"""Side by side instead of in turns: the database works on a statement while this process computes what comes next."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

Answer = TypeVar("Answer")

_TURNS_UNTIL_SENT = 2
"""Of the event loop: in the first the statement is handed to the connection, after the second it has been written."""


@asynccontextmanager
async def underway(statement: Coroutine[Any, Any, Answer]) -> AsyncIterator[asyncio.Future[Answer]]:
    """Within, the database works on `statement`; on leaving it is done, and its answer is there or its error raised.

    The connection is taken meanwhile: within, compute and await nothing. Whoever leaves by an exception waits for the
    statement too, so that the transaction can be taken back. What a connection has to prepare first gains nothing.
    """
    task = asyncio.ensure_future(statement)
    try:
        for _ in range(_TURNS_UNTIL_SENT):
            await asyncio.sleep(0)
        yield task
    finally:
        await task
