"""Data that goes back, and phones that bring what it lost."""

from io import BytesIO
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from openapi.vectors.runner.digests import fact_digest
from service.database import Database
from service.store.tables import metadata
from tests.builders.organisations import Person
from tests.builders.phone import Phone

BRING = {"epoch", "first"}
"""After these a phone offers what it holds: it may have lost its cursor, or been enrolled anew, after the data went."""
PAGES_AT_MOST = 50
KEPT = {"recorded", "recorded_with_findings", "duplicate", "quarantined", "unreadable"}


class HealingPhone(Phone):
    """Keeps every fact that was acknowledged, as an app does for 90 days, and offers them when the data went back."""

    def __init__(self, client: AsyncClient, person: Person) -> None:
        super().__init__(client, person)
        self.acknowledged: dict[str, dict[str, Any]] = {}
        self.resets: list[str] = []

    async def push(self, *facts: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = await super().push(*facts, **more)
        said = zip(facts, answer["outcomes"], strict=True)
        self.acknowledged.update({fact["id"]: fact for fact, each in said if each["outcome"] in KEPT})
        return answer

    async def offer(self, *fact_ids: str | UUID) -> list[str]:
        """What the server says that it lost of these; of everything acknowledged when nothing is named."""
        held = [{"id": str(each)} for each in fact_ids] or [held_fact(each) for each in self.acknowledged.values()]
        return await self.offer_held(held)

    async def offer_held(self, held: list[dict[str, Any]]) -> list[str]:
        """What the server says that it lost of facts named by id and digest."""
        answer = await self.client.post("/v1/sync/offer", json={"held": held}, headers=self.person.headers)
        assert answer.status_code == 200, answer.text
        lost: list[str] = answer.json()["lost"]
        return lost

    async def heal(self) -> list[str]:
        """Push again what was lost; how each ended."""
        lost = [self.acknowledged[fact_id] for fact_id in (await self.offer() if self.acknowledged else ())]
        return [each["outcome"] for each in (await self.push(*lost, brought_back=True))["outcomes"]] if lost else []

    async def sync(self) -> list[str]:
        """Pull everything, heal where the data went back, and pull what came of it; how each lost fact ended."""
        healed: list[str] = []
        for _ in range(PAGES_AT_MOST):
            page = await self.pull()
            if page["reset"] is not None:
                self.resets.append(page["reset"])
            if page["reset"] in BRING:
                self.jobs = {job["id"]: job for job in page["jobs"]}
                self.sites = {card["id"]: card for card in page["sites"]}
                self.vans = {van["id"]: van for van in page["vans"]}
                healed = await self.heal()
            elif not page["more"] and not (page["jobs"] or page["withdrawn"]):
                return healed
        raise AssertionError("the same is told again and again")


def held_fact(fact: dict[str, Any]) -> dict[str, Any]:
    """A fact as a phone offers it."""
    return {"id": fact["id"], "digest": fact_digest(fact)}


Backup = dict[str, bytes]


async def backed_up(database: Database) -> Backup:
    """Every row of every table, as a dump would hold them."""
    rows: Backup = {}
    async with database.pull_pool.acquire() as connection:
        for table in metadata.sorted_tables:
            into = BytesIO()
            await connection.copy_from_table(table.name, output=into, format="binary")
            rows[table.name] = into.getvalue()
    return rows


async def put_back(database: Database, backup: Backup) -> None:
    """Nothing of what came since is left; transaction ids go on, and no epoch is opened."""
    async with database.pull_pool.acquire() as connection, connection.transaction():
        for table in reversed(metadata.sorted_tables):
            await connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 (the tables' own names)
        for table in metadata.sorted_tables:
            await connection.copy_to_table(table.name, source=BytesIO(backup[table.name]), format="binary")
