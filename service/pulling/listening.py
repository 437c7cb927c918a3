"""Streams of hints: one look at the database for all of them, and only while somebody listens."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from uuid import UUID

import asyncpg
import structlog

from service.http import failures
from service.http.errors import Refused
from service.sign_in.auth import actor_of, require
from service.sign_in.tokens import Claims
from service.store.sync import hints
from service.store.sync.hints import Found

# What a dispatcher changes is on the phone before the hand is off the mouse; 500 phones cost a look of a few
# milliseconds.
LOOK_EVERY_SECONDS = 0.5
# Shorter than the 30 seconds and more after which mobile networks and proxies forget a silent connection.
HEARTBEAT_SECONDS = 15
# Half of the connections that a server process takes (`running.server`): the other half is for requests.
STREAMS_PER_PROCESS = 512
# Streams end together when a server stops or restarts; neither reconnecting nor pulling may come as one wave.
RETURN_WITHIN_SECONDS = (1.0, 10.0)
SPREAD_SECONDS = 5.0

HINT = b"event: changed\ndata: {}\n\n"
HEARTBEAT = b":\n\n"
STOPPING = "stopping"

_log = structlog.get_logger("onsite")


class Listener:
    """One open stream. A hint is a flag, not a queue: a slow reader is told once, however much happened meanwhile."""

    def __init__(self, claims: Claims, holds: tuple[object, ...]) -> None:
        """Told of nothing yet but that it may listen."""
        self.claims, self.holds = claims, holds
        self.device = (claims.org, claims.sub, claims.device)
        self.ended: str | None = None
        self._stirred = asyncio.Event()

    def hint(self) -> None:
        """There is something to pull."""
        self._stirred.set()

    def end(self, reason: str) -> None:
        """The stream says why, and nothing more."""
        self.ended = self.ended or reason
        self._stirred.set()

    async def next_words(self) -> bytes:
        """What the stream says next: a hint, why it ends, or that it is alive when there was nothing else."""
        remaining = self.claims.exp - time.time()
        try:
            async with asyncio.timeout(min(HEARTBEAT_SECONDS, remaining)):
                await self._stirred.wait()
        except TimeoutError:
            if remaining > HEARTBEAT_SECONDS:
                return HEARTBEAT
            self.end("token_expired")
        self._stirred.clear()
        return HINT if self.ended is None else b'event: bye\ndata: {"reason":"%b"}\n\n' % self.ended.encode()


class Listeners:
    """The streams of this process, at most one for each device; they remember nothing that a new one would miss."""

    def __init__(self, most: int = STREAMS_PER_PROCESS) -> None:
        """Nobody listens yet."""
        self._most = most
        self._by_device: dict[UUID, Listener] = {}
        self._looking: asyncio.Task[None] | None = None
        self._since: str | None = None
        self._database_started_at: object = None
        self._failing = self._stopped = False

    async def welcome(self, pool: "asyncpg.Pool[asyncpg.Record]", claims: Claims) -> AsyncGenerator[bytes, None]:
        """A stream that nobody listens to until its first words are asked for. Refused: not standing, or no room."""
        self._require_room(claims)
        first = await hints.look(pool, [(claims.org, claims.sub, claims.device)], None)
        require(actor_of(claims, first.found[0].standing), "pull_documents")
        self._require_room(claims)
        return self._words(pool, Listener(claims, first.found[0].holds), first)

    def stop(self) -> None:
        """Every stream ends now, and none begins: a server that is asked to stop waits for open answers."""
        self._stopped = True
        for listener in list(self._by_device.values()):
            self._dismiss(listener, STOPPING)

    def _require_room(self, claims: Claims) -> None:
        if self._stopped or (len(self._by_device) >= self._most and claims.device not in self._by_device):
            raise failures.busy()

    async def _words(
        self, pool: "asyncpg.Pool[asyncpg.Record]", listener: Listener, first: hints.Look
    ) -> AsyncGenerator[bytes, None]:
        """The first hint is for what happened before anybody listened here."""
        self._enter(pool, listener, first)
        try:
            milliseconds = round(1000 * random.uniform(*RETURN_WITHIN_SECONDS))  # noqa: S311 (spreads load; guards nothing)
            yield b"retry: %d\n\n%b" % (milliseconds, HINT)
            while listener.ended is None:
                yield await listener.next_words()
        finally:
            self._leave(listener)

    def _enter(self, pool: "asyncpg.Pool[asyncpg.Record]", listener: Listener, first: hints.Look) -> None:
        if (replaced := self._by_device.get(listener.claims.device)) is not None:
            self._dismiss(replaced, "replaced")
        self._by_device[listener.claims.device] = listener
        if self._stopped:
            self._dismiss(listener, STOPPING)
        elif self._looking is None:
            self._since, self._database_started_at = first.snapshot, first.database_started_at
            self._looking = asyncio.create_task(self._look_while_heard(pool))

    def _leave(self, listener: Listener) -> None:
        if self._by_device.get(listener.claims.device) is listener:
            del self._by_device[listener.claims.device]

    def _dismiss(self, listener: Listener, reason: str) -> None:
        self._leave(listener)
        listener.end(reason)

    async def _look_while_heard(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        while self._by_device:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self._look(pool, list(self._by_device.values()))
            except Exception as error:  # noqa: BLE001 (an outage ends no stream; the next look finds all the same)
                if not self._failing:
                    _log.warning("hints_interrupted", error=type(error).__qualname__)
                self._failing = True
        self._looking = None

    async def _look(self, pool: "asyncpg.Pool[asyncpg.Record]", listening: list[Listener]) -> None:
        """Tell everybody what is news for them. Nothing is missed between two looks, however long it takes.

        Whoever came while this one was under way was not asked about, and the next one begins where this one saw: what
        was committed in between would be told to nobody, so they are told that something may have been.
        """
        if not listening:
            return
        found = await hints.look(pool, [each.device for each in listening], self._since)
        # A database that was restored or failed over may have lost what the last look saw.
        restarted = found.database_started_at != self._database_started_at
        for listener, news in zip(listening, found.found, strict=True):
            self._tell(listener, news, restarted=restarted)
        for latecomer in set(self._by_device.values()) - set(listening):
            latecomer.hint()
        self._since, self._database_started_at, self._failing = found.snapshot, found.database_started_at, False

    def _tell(self, listener: Listener, news: Found, *, restarted: bool) -> None:
        try:
            actor_of(listener.claims, news.standing)
        except Refused as refused:
            self._dismiss(listener, refused.code)
            return
        if listener.claims.exp <= time.time():
            self._dismiss(listener, "token_expired")
        elif news.changed or news.holds != listener.holds:
            listener.holds = news.holds
            listener.hint()
        elif restarted:
            delay = random.uniform(0, SPREAD_SECONDS)  # noqa: S311 (spreads load; guards nothing)
            asyncio.get_running_loop().call_later(delay, listener.hint)
