"""A desk that pulls, and holds what it was told against what the server holds."""

from typing import Any
from uuid import UUID

from service.database import Database
from service.store.tables import documents
from tests.builders.fleet import stored
from tests.builders.phone import Phone


class Watcher:
    """A desk that pulls after every step and notes each version it was told of."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.told: list[tuple[str, int]] = []

    async def pull(self, **more: Any) -> dict[str, Any]:
        answer = await self.phone.pull(**more)
        self.told += [(job["id"], job["version"]) for job in answer["jobs"]]
        return answer

    async def pull_all(self, limit: int = 200) -> None:
        while (await self.pull(limit=limit))["more"]:
            pass

    async def assert_holds_what_the_server_holds(self, database: Database) -> None:
        """Every document, at its version, and none told twice."""
        org_id = self.phone.person.actor.org_id
        rows = await stored(database, documents, documents.c.org_id == org_id, documents.c.kind == "job")
        assert {row["id"]: row["version"] for row in rows} == {
            UUID(job_id): job["version"] for job_id, job in self.phone.jobs.items()
        }
        assert len(self.told) == len(set(self.told))
