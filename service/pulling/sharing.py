"""Pulls that wait at the same moment share one statement.

Alone, a pull goes to the database at once. While a statement is under way the others gather, and the next statement
answers all of them: under load this doubles the pulls that two cores can answer, and costs a lone device nothing.
A statement that takes long is not waited for.

Whoever was just answered soon asks again, or others do in their place: the next statement waits for as many, for a
moment and no longer. The first of them would else go alone each time.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from functools import partial

import asyncpg

from service.store.sync import feed
from service.store.sync.feed import Ask, Changes

STATEMENTS_AT_ONCE = 4
PULLS_PER_STATEMENT = 64
PATIENCE_SECONDS = 0.01
GATHERING_SECONDS = 0.002

Waiting = tuple[Ask, "asyncio.Future[Changes | None]"]


class SharedPulls:
    """Answers pulls on a pool. It remembers nothing but who is waiting."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Use this pool's connections; they need no reset between pulls."""
        self._pool = pool
        self._kept: asyncpg.Connection[asyncpg.Record] | None = None
        self._waiting: deque[Waiting] = deque()
        self._under_way: set[asyncio.Task[None]] = set()
        self._patience: asyncio.TimerHandle | None = None
        self._expected = 0
        self._gathering: asyncio.TimerHandle | None = None

    async def changes(self, ask: Ask) -> Changes | None:
        """`feed.changes` for one device. Who has everything to read does it alone, so that nobody waits for it."""
        if ask.known is None or ask.digest:
            async with self._pool.acquire() as connection:
                return (await feed.changes(connection, (ask,)))[0]
        answer: asyncio.Future[Changes | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, answer))
        self._start()
        return await answer

    async def close(self) -> None:
        """Give back what is kept, so that the pool can close."""
        kept, self._kept = self._kept, None
        if kept is not None:
            await self._pool.release(kept)

    def _start(self) -> None:
        """One statement at a time gathers most; whoever gathers behind it gets one of their own after a while."""
        if self._waiting and not self._under_way and len(self._waiting) >= self._expected:
            self._send()
        if self._waiting and self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._lose_patience)

    def _lose_patience(self) -> None:
        self._patience = None
        if self._waiting and len(self._under_way) < STATEMENTS_AT_ONCE:
            self._send()
        self._start()

    def _send(self) -> None:
        together = [self._waiting.popleft() for _ in range(min(PULLS_PER_STATEMENT, len(self._waiting)))]
        self._expect(0)
        task = asyncio.create_task(self._answer(together))
        self._under_way.add(task)
        task.add_done_callback(partial(self._finished, len(together)))

    def _finished(self, count: int, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        self._expect(count + len(self._waiting))
        self._start()

    def _expect(self, count: int) -> None:
        """Let the next statement wait for so many. One who was answered alone is not waited for."""
        if self._gathering is not None:
            self._gathering.cancel()
        self._expected, self._gathering = 0, None
        if count > 1:
            self._expected = min(count, PULLS_PER_STATEMENT)
            self._gathering = asyncio.get_running_loop().call_later(GATHERING_SECONDS, self._gathered)

    def _gathered(self) -> None:
        self._expect(0)
        self._start()

    async def _answer(self, together: list[Waiting]) -> None:
        """Give everyone their own answer, or everyone the failure. Those who hung up are passed over."""
        try:
            found = await self._ask([ask for ask, _ in together])
        except Exception as error:  # noqa: BLE001 (handed to each waiting request, which knows what to do with it)
            for _, answer in together:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), changes in zip(together, found, strict=True):
                if not answer.done():
                    answer.set_result(changes)

    async def _ask(self, asks: Sequence[Ask]) -> list[Changes | None]:
        """On the connection that the last pull left: taking one from the pool costs more than a pull."""
        connection, self._kept = self._kept, None
        if connection is not None and connection.is_closed():
            await self._pool.release(connection)
            connection = None
        if connection is None:
            connection = await self._pool.acquire()
        try:
            found = await feed.changes(connection, asks)
        except BaseException:
            await self._pool.release(connection)
            raise
        if self._kept is None:
            self._kept = connection
        else:
            await self._pool.release(connection)
        return found
