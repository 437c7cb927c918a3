"""What time it is: for the play, and on a phone that is wrong about it."""

import asyncio
import heapq
import time
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from msgspec import Struct

FIRST_MINUTE = 8 * 60


class PhoneClock(Struct, frozen=True, kw_only=True):
    """A phone's clock: how far ahead of the truth, and how much it gains each second from `set_at` on.

    `booted_at`: the phone also tells its monotonic clock, which no change of the wall clock touches.
    """

    ahead_seconds: float = 0.0
    gains_per_second: float = 0.0
    set_at: datetime
    booted_at: datetime | None = None

    def reading(self, at: datetime) -> datetime:
        """What the phone shows at the true time `at`."""
        gained = max(0.0, (at - self.set_at).total_seconds()) * self.gains_per_second
        return at + timedelta(seconds=self.ahead_seconds + gained)

    def uptime_ms(self, at: datetime) -> int | None:
        """Milliseconds since the phone was switched on, when it tells them."""
        return None if self.booted_at is None else (at - self.booted_at) // timedelta(milliseconds=1)


class Stage:
    """The play's own clock. Scenes run one at a time, in the order of the minutes that they wait for.

    Whatever a scene awaits besides, nobody else acts meanwhile: so a seed always plays the same day.
    """

    def __init__(self, minutes_per_second: float) -> None:
        self.minute = FIRST_MINUTE
        self._waiting: list[tuple[int, int, asyncio.Event]] = []
        self._order = count()
        self._minutes_per_second = minutes_per_second
        self._began = time.monotonic()
        self._nobody_acts = asyncio.Event()

    async def until(self, minute: int) -> None:
        """Wait for a minute of the played day, behind whoever waits for the same one already."""
        turn = asyncio.Event()
        heapq.heappush(self._waiting, (max(minute, self.minute), next(self._order), turn))
        self._nobody_acts.set()
        await turn.wait()

    async def play(self, scenes: Sequence[tuple[int, Coroutine[Any, Any, None]]]) -> None:
        """Play all scenes to their end, each from its minute on."""
        running = [asyncio.create_task(self._from(minute, scene)) for minute, scene in scenes]
        await asyncio.sleep(0)
        while self._waiting:
            self.minute, _, turn = heapq.heappop(self._waiting)
            await self._keep_pace()
            self._nobody_acts.clear()
            turn.set()
            await self._nobody_acts.wait()
        await asyncio.gather(*running)

    async def _from(self, minute: int, scene: Coroutine[Any, Any, None]) -> None:
        await self.until(minute)
        try:
            await scene
        finally:
            self._nobody_acts.set()

    async def _keep_pace(self) -> None:
        if self._minutes_per_second > 0:
            due = self._began + (self.minute - FIRST_MINUTE) / self._minutes_per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))


def now(seconds_ago: float = 0) -> datetime:
    """The truth, as this machine knows it, or knew it a while ago."""
    return datetime.now(UTC) - timedelta(seconds=seconds_ago)
