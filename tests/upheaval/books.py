"""The database's side, read directly: every fact once, chains unbroken, documents equal to their logs."""

import asyncio
import contextlib
import hashlib
from collections.abc import Collection
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from service.database import sqlalchemy_url
from service.store.jobs import facts
from tests.folded import is_folded

NO_CHAIN = bytes(32)
BACK_SECONDS = 60


class Books:
    """Reads as the owner of the schema, on connections of its own."""

    def __init__(self, url: str, org_id: UUID) -> None:
        self._url, self._org_id = url, org_id

    async def rows(self, query: str, *values: object) -> list[asyncpg.Record]:
        connection = await self._connection()
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *values)
            return found
        finally:
            await connection.close()

    async def _connection(self) -> asyncpg.Connection:
        """The phones may be answered by a worker that had no need of the database yet; then it is waited for here."""
        async with asyncio.timeout(BACK_SECONDS):
            while True:
                with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    return await asyncpg.connect(self._url, timeout=10)
                await asyncio.sleep(0.02)

    async def times_recorded(self, fact_ids: Collection[str]) -> dict[str, int]:
        """How often each fact stands in a log."""
        query = "SELECT id::text, count(*) FROM facts WHERE org_id = $1 AND id = ANY($2::uuid[]) GROUP BY id"
        return dict(await self.rows(query, self._org_id, list(fact_ids)))

    async def answers(self, fact_ids: Collection[str]) -> dict[str, str]:
        """The answer that is stored with each fact."""
        query = "SELECT id::text, outcome FROM facts WHERE org_id = $1 AND id = ANY($2::uuid[])"
        return {fact_id: outcome.decode() for fact_id, outcome in await self.rows(query, self._org_id, list(fact_ids))}

    async def versions(self, scope_id: UUID) -> dict[str, int]:
        """The jobs that this scope shows, each at its version."""
        query = """SELECT d.id::text, d.version
                   FROM audience a JOIN documents d ON (d.org_id, d.id) = (a.org_id, a.document_id)
                   WHERE a.org_id = $1 AND a.scope_id = $2 AND a.visible AND d.kind = 'job'"""
        return dict(await self.rows(query, self._org_id, scope_id))

    async def quarantined(self) -> int:
        (row,) = await self.rows("SELECT count(*) FROM quarantine WHERE org_id = $1", self._org_id)
        return int(row[0])

    async def idle_in_transaction(self) -> list[str]:
        """Sessions of the service that hold a transaction and do nothing."""
        query = "SELECT query FROM pg_stat_activity WHERE usename = 'onsite_app' AND state LIKE 'idle in transaction%'"
        return [row[0] for row in await self.rows(query)]

    async def broken_chains(self, job_ids: Collection[str]) -> list[str]:
        """Jobs whose log has a gap or whose chain does not verify, by the published rule and our own arithmetic."""
        query = """SELECT job_id::text, log_number, digest, author_id, device_id, recorded_at, chain FROM facts
                   WHERE org_id = $1 AND job_id = ANY($2::uuid[]) ORDER BY job_id, log_number"""
        heads: dict[str, tuple[int, bytes]] = {}
        broken = []
        for job_id, number, digest, author_id, device_id, recorded_at, chain in await self.rows(
            query, self._org_id, list(job_ids)
        ):
            last, head = heads.get(job_id, (0, NO_CHAIN))
            said = head + digest + author_id.bytes + device_id.bytes + recorded_at.isoformat().encode()
            if number != last + 1 or hashlib.sha256(said).digest() != chain:
                broken.append(f"{job_id} at {number}")
            heads[job_id] = (number, chain)
        return broken

    async def unlike_their_logs(self, job_ids: Collection[str]) -> list[str]:
        """Jobs whose stored document is not the fold of their log."""
        engine = create_async_engine(sqlalchemy_url(self._url), poolclass=NullPool)
        try:
            async with engine.connect() as db:
                logs = await facts.logs(db, self._org_id, [UUID(job_id) for job_id in job_ids])
        finally:
            await engine.dispose()
        query = "SELECT id, body FROM documents WHERE org_id = $1 AND id = ANY($2::uuid[])"
        stored = dict(await self.rows(query, self._org_id, list(job_ids)))
        return [str(job_id) for job_id, log in logs.items() if not is_folded(stored[job_id], job_id, log)]
