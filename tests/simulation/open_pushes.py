"""Pushes whose transaction stays open on the real database, because somebody else holds what they need last.

A push has its transaction id and has written its facts when it comes to the audience rows of its jobs. Whoever holds
those rows decides when it goes on; meanwhile others commit, and pulls find a transaction id that is still open.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from service.database import Database
from service.store.tables import audience
from tests.simulation.port import Reply

_WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
LONGEST_LOOK = 200


@dataclass
class OpenPush:
    """A push that waits, and the transaction that it waits for."""

    jobs: set[str]
    push: "asyncio.Task[Reply]"
    blocker: AsyncExitStack


class OpenPushes:
    """At most one is open at a time: it keeps a connection of the pool, and so does who blocks it."""

    def __init__(self, database: Database, org_id: UUID) -> None:
        self.database, self.org_id = database, org_id
        self.open: OpenPush | None = None
        self.overtaken = 0

    async def hold(self, body: bytes, push: Coroutine[Any, Any, Reply]) -> None:
        """Let the push run until it waits, and leave it there. One that changes no job is done at once."""
        await self.give_way_to_all()
        jobs = _jobs(body)
        blocker, db = await self._blocker()
        rows = select(audience.c.document_id).where(audience.c.org_id == self.org_id)
        await db.execute(rows.where(audience.c.document_id.in_([UUID(job) for job in jobs])).with_for_update())
        task = asyncio.create_task(push)
        await self._until_it_waits(task)
        self.open = OpenPush(jobs, task, blocker)

    async def break_off(self, body: bytes, push: Coroutine[Any, Any, Reply]) -> None:
        """The push's transaction is ended by the database, just before it would have committed."""
        await self.hold(body, push)
        for row in await self.database.pull_pool.fetch(_WAITING):
            await self.database.pull_pool.execute("SELECT pg_terminate_backend($1)", row["pid"])
        await self.give_way_to_all()

    async def give_way(self, body: bytes) -> None:
        """Somebody else speaks about the same job, and would wait."""
        if self.open is not None and self.open.jobs & _jobs(body):
            await self.give_way_to_all()
        elif self.open is not None and not self.open.push.done():
            self.overtaken += 1

    async def give_way_to_all(self) -> None:
        """The open push commits."""
        if self.open is not None:
            held, self.open = self.open, None
            await held.blocker.aclose()
            await held.push

    async def _blocker(self) -> tuple[AsyncExitStack, AsyncConnection]:
        stack = AsyncExitStack()
        db = await stack.enter_async_context(self.database.engine.connect())
        await db.begin()
        return stack, db

    async def _until_it_waits(self, task: "asyncio.Task[Reply]") -> None:
        for _ in range(LONGEST_LOOK):
            if task.done() or await self.database.pull_pool.fetch(_WAITING):
                return


def _jobs(body: bytes) -> set[str]:
    facts = msgspec.json.decode(body).get("facts", ())
    return {each["job_id"] for each in facts if isinstance(each, dict) and len(str(each.get("job_id"))) == 36}
