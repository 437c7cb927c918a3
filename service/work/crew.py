"""The crew of one server process: takes tasks up, does them, and puts them back when the process ends."""

import asyncio
import enum
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from service.attempts import sqlstate
from service.database import Database
from service.settings import Settings
from service.store.work import turns
from service.store.work.turns import Taken
from service.work.turn import AnyKind, Lost, Turn, TurnFailed

LOOK_EVERY_SECONDS = 1.0
HOLD_EVERY_SECONDS = 10.0
ASK_DAILY_EVERY_SECONDS = 60.0
FINISH_WITHIN_SECONDS = 2.0
"""What takes longer when the process ends is put back; the server kills its workers after five."""

Round = Callable[[AsyncConnection], Awaitable[None]]
"""Done by each crew each second in a transaction of its own: cheap, and safe to be done by several at once."""


class Lane(enum.IntEnum):
    """How many tasks of a sort a process does at once; none is ever in the way of another sort."""

    QUICK = 4
    HEAVY = 1
    ABROAD = 8


_log = structlog.get_logger("onsite")


@asynccontextmanager
async def at_work(
    database: Database, settings: Settings, kinds: Sequence[AnyKind], rounds: Sequence[Round] = ()
) -> AsyncIterator["Crew"]:
    """A crew that does tasks of these kinds. On leaving, what does not finish soon is put back for others."""
    crew = Crew(database, settings, kinds, rounds)
    working = asyncio.create_task(crew.work())
    try:
        yield crew
    finally:
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
        await crew.leave()


class Crew:
    """A crew knows only which tasks it holds; all else is in the database, so that any crew can continue any task."""

    def __init__(
        self, database: Database, settings: Settings, kinds: Sequence[AnyKind], rounds: Sequence[Round] = ()
    ) -> None:
        """It holds no task yet."""
        self._database, self._settings, self._id, self._rounds = database, settings, uuid4(), rounds
        self._kinds = {kind.name: kind for kind in kinds}
        self._running: dict[asyncio.Task[None], Taken] = {}
        self._free = asyncio.Event()
        self._failing = False
        self._held_at = self._asked_at = float("-inf")

    async def work(self) -> None:
        """Until cancelled. An outage of the database ends nothing: the next look finds all the same."""
        while True:
            self._free.clear()
            try:
                await self.look()
                self._failing = False
            except Exception as error:  # noqa: BLE001 (see above)
                if not self._failing:
                    _log.warning("work_interrupted", error=type(error).__qualname__)
                self._failing = True
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await self._free.wait()

    async def look(self) -> None:
        """Ask for today's daily tasks, report those in hand, make the rounds, and take up what is due."""
        now = time.monotonic()
        if now - self._asked_at >= ASK_DAILY_EVERY_SECONDS:
            await self._ask_daily()
            self._asked_at = now
        if now - self._held_at >= HOLD_EVERY_SECONDS:
            await self._hold()
            self._held_at = now
        for each in self._rounds:
            async with self._database.transaction() as db:
                await each(db)
        for lane in Lane:
            await self._take(lane)

    async def idle(self, patience_seconds: float | None = None) -> None:
        """Wait until no task is in hand, but no longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                while self._running:
                    await asyncio.wait(self._running)

    async def leave(self) -> None:
        """Finish within seconds, or put back."""
        if self._running:
            await asyncio.wait(self._running, timeout=FINISH_WITHIN_SECONDS)
        left = dict(self._running)
        for turn in left:
            turn.cancel()
        if left:
            await asyncio.wait(left)
            with suppress(Exception):  # without a database others find out by themselves after a while
                async with self._database.transaction() as db:
                    await turns.put_back(db, self._id, list(left.values()))

    async def _ask_daily(self) -> None:
        passes = {kind.name: kind.daily_at for kind in self._kinds.values() if kind.daily_at is not None}
        async with self._database.transaction() as db:
            await turns.ask_daily(db, passes)

    async def _hold(self) -> None:
        held = dict(self._running)
        if not held:
            return
        async with self._database.transaction() as db:
            still = await turns.hold(db, self._id, list(held.values()))
        for turn, taken in held.items():
            if (taken.id, taken.attempts) not in still:
                turn.cancel()

    async def _take(self, lane: Lane) -> None:
        names = [kind.name for kind in self._kinds.values() if _lane(kind) is lane]
        free = lane.value - sum(taken.kind in names for taken in self._running.values())
        if not names or free <= 0:
            return
        async with self._database.transaction() as db:
            found = await turns.take(db, self._id, names, free)
        for taken in found:
            turn = asyncio.create_task(self._do(taken))
            self._running[turn] = taken
            turn.add_done_callback(self._let_go)

    def _let_go(self, turn: "asyncio.Task[None]") -> None:
        del self._running[turn]
        self._free.set()
        if not turn.cancelled() and (error := turn.exception()) is not None:
            # Its outcome could not be written; another turn begins when nobody has held it for a while.
            _log.warning("turn_lost", error=type(error).__qualname__)

    async def _do(self, taken: Taken) -> None:
        kind = self._kinds[taken.kind]
        try:
            await self._handle(kind, taken)
        except Lost:
            return
        except Exception as error:  # noqa: BLE001 (whatever goes wrong in a handler is the task's failure)
            await self._fail(kind, taken, error)
        else:
            async with self._database.transaction() as db:
                await turns.finish(db, self._id, taken, kept=kind.kept)

    async def _handle(self, kind: AnyKind, taken: Taken) -> None:
        if taken.attempts > len(kind.ladder) + 1:
            raise TurnFailed("Every process that took it up ended before it was done.")
        details = msgspec.convert(taken.details, kind.details)
        limit = asyncio.timeout(kind.seconds)
        try:
            async with limit:
                await kind.handle(Turn(self._database, self._settings, self._id, taken), details)
        except TimeoutError:
            if limit.expired():
                raise TurnFailed(f"Not done within {kind.seconds:g} seconds.") from None
            raise

    async def _fail(self, kind: AnyKind, taken: Taken, error: Exception) -> None:
        # Texts of other errors quote what they were about; an admin may not read all of that.
        told = str(error) if isinstance(error, TurnFailed) else type(error).__qualname__
        wait = kind.ladder[taken.attempts - 1] if taken.attempts <= len(kind.ladder) else None
        about = {"kind": kind.name, "task_id": str(taken.id), "attempt": taken.attempts}
        _log.warning("turn_failed", **about, error=told, sqlstate=sqlstate(error))
        async with self._database.transaction() as db:
            await turns.fail(db, self._id, taken, told[:500], wait)


def _lane(kind: AnyKind) -> Lane:
    return Lane.HEAVY if kind.heavy else Lane.ABROAD if kind.abroad else Lane.QUICK
