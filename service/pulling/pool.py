"""The connection pool of pulls: no reset between uses, and nobody waits for a connection for long."""

from typing import Any

import asyncpg

RETIRE_IDLE_SECONDS = 300


class PullPool(asyncpg.Pool):  # type: ignore[misc]  # asyncpg has no types
    """Raises TimeoutError when no connection comes free in time; asyncpg itself would wait for ever."""

    __slots__ = ("_wait_seconds",)

    def __init__(self, url: str, *, wait_seconds: float, connections: int, **options: object) -> None:
        super().__init__(
            url,
            min_size=0,
            max_size=connections,
            max_queries=1_000_000,
            max_inactive_connection_lifetime=RETIRE_IDLE_SECONDS,
            reset=_keep_session,
            loop=None,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            **options,
        )
        self._wait_seconds = wait_seconds

    def acquire(self, *, timeout: float | None = None) -> Any:  # noqa: ANN401 (asyncpg's own signature)
        """A connection. The clock, which costs as much as a small query, is started only when all are taken."""
        all_taken = self.get_size() - self.get_idle_size() >= self.get_max_size()
        return super().acquire(timeout=self._wait_seconds if all_taken and timeout is None else timeout)


async def _keep_session(_connection: object) -> None:
    """Skip the reset query, which costs a round trip on every pull."""
