"""A kind of background work, and one turn of it: one attempt at a task."""

import time as clock
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from msgspec import Struct

from service.database import Database
from service.settings import Settings
from service.store.work import turns
from service.store.work.turns import Taken

PROGRESS_EVERY_SECONDS = 1.0
LADDER = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 600, 3600, 21600))
"""How long to wait after the first failure, the second, …; one more and the task has failed."""

Details = TypeVar("Details", bound=Struct)


class TurnFailed(Exception):  # noqa: N818 (reads as what happened to the turn)
    """A failure that the handler foresaw. Its text is shown to admins, so it names no customer."""


class Lost(Exception):  # noqa: N818 (reads as what happened to the task)
    """Another crew has taken the task, because this process did not report in time that it still works on it."""


class Turn:
    """One attempt at a task. Every transaction is the handler's own, so what it has written stays when it fails."""

    def __init__(self, database: Database, settings: Settings, holder: UUID, taken: Taken) -> None:
        """At its beginning."""
        self.database, self.settings = database, settings
        self._holder, self._taken, self._told_at = holder, taken, 0.0

    @property
    def org_id(self) -> UUID:
        return self._taken.org_id

    @property
    def task_id(self) -> UUID:
        return self._taken.id

    @property
    def attempt(self) -> int:
        """From 1."""
        return self._taken.attempts

    @property
    def asked_at(self) -> datetime:
        return self._taken.asked_at

    async def progress(self, done: int, total: int) -> None:
        """Let clients read how far it has come. Call it as often as you like: it writes once a second at most."""
        now = clock.monotonic()
        if done < total and now - self._told_at < PROGRESS_EVERY_SECONDS:
            return
        self._told_at = now
        async with self.database.transaction() as db:
            if not await turns.progress(db, self._holder, self._taken, done, total):
                raise Lost


class NoDetails(Struct, frozen=True):
    """Details of work that is about the whole organisation: there is nothing more to say."""


class Kind(Struct, Generic[Details], frozen=True, kw_only=True):
    """One kind of background work."""

    name: str
    details: type[Details]
    handle: Callable[[Turn, Details], Awaitable[None]]
    """It may run twice for one task, and may be cancelled at each `await`."""
    heavy: bool = False
    """Takes seconds or more: one at a time in each process, never in the way of what is quick."""
    abroad: bool = False
    """Waits for other people's servers: several at a time, never in the way of the rest."""
    kept: bool = True
    """Whether it stays on the list when it is done."""
    seconds: float = 300
    """A turn that takes longer is cancelled, and counts as failed."""
    ladder: tuple[timedelta, ...] = LADDER
    daily_at: time | None = None
    """Asked for by itself, once a day in each organisation, when its clocks show this time; with `NoDetails`."""


AnyKind = Kind[Any]
