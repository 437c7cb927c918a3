"""Turns: a task is taken up by one crew at a time, held while it reports, and then done, waiting again or failed.

A crew proves that a task is still its own by its own id and the number of the attempt. All times are the database's:
crews on machines with different clocks agree.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Interval, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

HELD_FOR = timedelta(seconds=30)
"""A crew that does not say within this time that it still works is taken for dead."""


class Taken(Struct, frozen=True):
    """A task in the hands of a crew; `attempts` counts this one."""

    org_id: UUID
    id: UUID
    kind: str
    details: dict[str, Any]
    attempts: int
    asked_at: datetime


_TAKE = text("""
WITH due AS (
    SELECT org_id, id FROM tasks
    WHERE state IN ('waiting', 'running') AND due_at <= now() AND kind = ANY(:kinds)
    ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED
)
UPDATE tasks t SET state = 'running', holder = :holder, attempts = t.attempts + 1, again_at = NULL,
    steps_done = NULL, steps_total = NULL, started_at = now(), due_at = now() + :held_for
FROM due WHERE t.org_id = due.org_id AND t.id = due.id
RETURNING t.org_id, t.id, t.kind, t.details, t.attempts, t.asked_at
""")

_HOLD = text("""
UPDATE tasks SET due_at = now() + :held_for
WHERE state = 'running' AND holder = :holder
    AND (org_id, id) IN (SELECT * FROM unnest(CAST(:org_ids AS uuid[]), CAST(:ids AS uuid[])))
RETURNING org_id, id, attempts
""")

_MINE = "org_id = :org_id AND id = :id AND state = 'running' AND holder = :holder AND attempts = :attempts"

_PROGRESS = text(f"UPDATE tasks SET steps_done = :done, steps_total = :total WHERE {_MINE} RETURNING id")  # noqa: S608

_DONE = text(f"""
UPDATE tasks SET holder = NULL, due_at = coalesce(again_at, now()), again_at = NULL,
    state = CASE WHEN again_at IS NULL THEN 'done' ELSE 'waiting' END,
    attempts = CASE WHEN again_at IS NULL THEN attempts ELSE 0 END,
    finished_at = CASE WHEN again_at IS NULL THEN now() END,
    last_error = CASE WHEN again_at IS NULL THEN last_error END
WHERE {_MINE} RETURNING id
""")  # noqa: S608

_FORGET = text(f"DELETE FROM tasks WHERE {_MINE} AND again_at IS NULL RETURNING id")  # noqa: S608

_WAIT = text(f"""
UPDATE tasks SET holder = NULL, state = 'waiting', due_at = now() + :wait, again_at = NULL, last_error = :error
WHERE {_MINE} RETURNING id
""")  # noqa: S608

_FAILED = text(f"""
UPDATE tasks SET holder = NULL, due_at = coalesce(again_at, now()), again_at = NULL, last_error = :error,
    state = CASE WHEN again_at IS NULL THEN 'failed' ELSE 'waiting' END,
    attempts = CASE WHEN again_at IS NULL THEN attempts ELSE 0 END,
    finished_at = CASE WHEN again_at IS NULL THEN now() END
WHERE {_MINE} RETURNING id
""")  # noqa: S608

_PUT_BACK = text("""
UPDATE tasks SET state = 'waiting', holder = NULL, due_at = now(), again_at = NULL, attempts = attempts - 1
WHERE state = 'running' AND holder = :holder
    AND (org_id, id) IN (SELECT * FROM unnest(CAST(:org_ids AS uuid[]), CAST(:ids AS uuid[])))
""")

_ASK_DAILY = text("""
INSERT INTO tasks (org_id, id, kind, day, details, state, due_at)
SELECT o.org_id, gen_random_uuid(), p.kind, (now() AT TIME ZONE o.time_zone)::date, '{}', 'waiting', now()
FROM organisations o CROSS JOIN unnest(CAST(:kinds AS text[]), CAST(:times AS time[])) AS p (kind, daily_at)
WHERE (now() AT TIME ZONE o.time_zone)::time >= p.daily_at
    AND NOT EXISTS (SELECT FROM tasks t WHERE t.org_id = o.org_id AND t.kind = p.kind
        AND t.day = (now() AT TIME ZONE o.time_zone)::date)
ON CONFLICT DO NOTHING
""")

_CLEAR = text("""
DELETE FROM tasks WHERE org_id = :org_id AND id = ANY(ARRAY(
    SELECT id FROM tasks WHERE org_id = :org_id
        AND (state = 'done' AND finished_at < now() - :done_for
            OR state = 'failed' AND finished_at < now() - :failed_for)
    LIMIT :most))
""").bindparams(bindparam("done_for", type_=Interval), bindparam("failed_for", type_=Interval))


async def take(db: AsyncConnection, holder: UUID, kinds: Collection[str], most: int) -> list[Taken]:
    """Take at most so many tasks that are due or lost by another crew, the longest due first; no lock is waited for."""
    values = {"holder": holder, "kinds": list(kinds), "most": most, "held_for": HELD_FOR}
    return [Taken(*row) for row in await db.execute(_TAKE, values)]


async def hold(db: AsyncConnection, holder: UUID, taken: Sequence[Taken]) -> set[tuple[UUID, int]]:
    """Report that these tasks are still worked on; answers id and attempt of those that are still this crew's."""
    rows = await db.execute(_HOLD, {"holder": holder, "held_for": HELD_FOR, **_named(taken)})
    return {(row.id, row.attempts) for row in rows}


async def progress(db: AsyncConnection, holder: UUID, taken: Taken, done: int, total: int) -> bool:
    """Record how far the task has come; False when it is another crew's by now."""
    return await _set(db, _PROGRESS, holder, taken, done=done, total=total)


async def finish(db: AsyncConnection, holder: UUID, taken: Taken, *, kept: bool) -> bool:
    """Done, or waiting anew when it was asked for meanwhile; False when it is another crew's by now."""
    return (not kept and await _set(db, _FORGET, holder, taken)) or await _set(db, _DONE, holder, taken)


async def fail(db: AsyncConnection, holder: UUID, taken: Taken, error: str, wait: timedelta | None) -> bool:
    """Wait for the next attempt, or fail for good without one; False when it is another crew's by now."""
    if wait is None:
        return await _set(db, _FAILED, holder, taken, error=error)
    return await _set(db, _WAIT, holder, taken, error=error, wait=wait)


async def put_back(db: AsyncConnection, holder: UUID, taken: Sequence[Taken]) -> None:
    """Let others go on at once with what this crew will not finish; the attempt does not count."""
    await db.execute(_PUT_BACK, {"holder": holder, **_named(taken)})


async def ask_daily(db: AsyncConnection, passes: Mapping[str, time]) -> None:
    """Ask for today's daily tasks in every organisation where their hour has come, each once a day."""
    if passes:
        await db.execute(_ASK_DAILY, {"kinds": list(passes), "times": list(passes.values())})


async def clear(db: AsyncConnection, org_id: UUID, done_for: timedelta, failed_for: timedelta, most: int) -> int:
    """Delete tasks that ended longer ago than this, `most` at once; answers how many."""
    values = {"org_id": org_id, "done_for": done_for, "failed_for": failed_for, "most": most}
    return (await db.execute(_CLEAR, values)).rowcount


async def _set(db: AsyncConnection, statement: TextClause, holder: UUID, taken: Taken, **values: object) -> bool:
    own = {"org_id": taken.org_id, "id": taken.id, "holder": holder, "attempts": taken.attempts}
    return (await db.execute(statement, {**own, **values})).one_or_none() is not None


def _named(taken: Sequence[Taken]) -> dict[str, list[UUID]]:
    return {"org_ids": [each.org_id for each in taken], "ids": [each.id for each in taken]}
