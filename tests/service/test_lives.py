"""After a restore a version of the lost log counts no further than what is left of what its author saw."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from service.database import Database
from service.epochs.watching import open_epoch
from service.store.sync.epochs import Reason
from service.store.tables import facts
from tests.builders.fleet import assert_folded, planned_job, stored
from tests.builders.healing import Backup, backed_up, put_back
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone
from tests.folded import number_of_facts

FIELD = "access_note"


class Quarrel:
    """One job on a desk and on a phone, and a field that either may set."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation) -> None:
        self.client, self.database, self.organisation = client, database, organisation
        self.desk, self.phone = Phone(client, organisation.dispatcher), Phone(client, organisation.technician)
        self.job_id = UUID(int=0)

    async def begin(self) -> Backup:
        """The job is planned and on both screens; what a backup then holds."""
        organisation = self.organisation
        self.job_id, _ = await planned_job(self.desk, organisation.outlet_id, organisation.technician)
        await self.pull()
        return await backed_up(self.database)

    async def pull(self) -> None:
        await self.desk.pull()
        await self.phone.pull()

    def typed(self, who: Phone, value: str) -> dict[str, Any]:
        return who.fact(self.job_id, "details_amended", {"field": FIELD, "now": value})

    def noted(self, who: Phone) -> dict[str, Any]:
        return who.fact(self.job_id, "note_added", {"text": "来电"})

    async def restored(self, backup: Backup) -> None:
        await put_back(self.database, backup)
        await open_epoch(self.database, Reason.OPERATOR)

    async def job(self) -> dict[str, Any]:
        path = f"/v1/jobs/{self.job_id}"
        answer = await self.client.get(path, headers=self.organisation.dispatcher.headers)
        job: dict[str, Any] = answer.json()
        assert answer.headers["etag"] == f'"{job["version"]}"'
        await assert_folded(self.database, self.organisation.org_id, self.job_id)
        return job

    async def bases(self) -> list[int]:
        rows = await stored(self.database, facts, facts.c.job_id == self.job_id)
        return [row["base_version"] for row in sorted(rows, key=lambda row: int(row["log_number"]))]


@pytest.fixture
async def quarrel(client: AsyncClient, database: Database, an_organisation: Organisation) -> Quarrel:
    return Quarrel(client, database, an_organisation)


def values(job: dict[str, Any]) -> set[str]:
    """Every value of the field that somebody can still find in the job."""
    sides = {each[side]["value"] for each in job["conflicts"] for side in ("chosen", "other")}
    return {job["details"][FIELD], *sides}


async def test_what_an_author_of_a_lost_life_never_saw_is_not_replaced(quarrel: Quarrel) -> None:
    backup = await quarrel.begin()
    await quarrel.desk.push(*(quarrel.noted(quarrel.desk) for _ in range(3)))
    await quarrel.pull()
    offline = quarrel.typed(quarrel.phone, "侧门")
    assert offline["base_version"] == 5

    await quarrel.restored(backup)
    await quarrel.desk.pull()
    await quarrel.desk.push(quarrel.noted(quarrel.desk), quarrel.typed(quarrel.desk, "正门"))
    await quarrel.phone.push(offline)

    assert values(await quarrel.job()) == {"侧门", "正门"}
    assert (await quarrel.bases())[-1] == 2, "the two facts that the backup holds"


async def test_what_an_author_of_a_lost_life_saw_and_is_still_there_counts_as_seen(quarrel: Quarrel) -> None:
    await quarrel.begin()
    await quarrel.desk.push(quarrel.typed(quarrel.desk, "正门"))
    await quarrel.pull()
    backup = await backed_up(quarrel.database)
    offline = quarrel.typed(quarrel.phone, "侧门")

    await quarrel.restored(backup)
    await quarrel.desk.push(quarrel.noted(quarrel.desk))
    await quarrel.phone.push(offline)

    job = await quarrel.job()
    assert (job["details"][FIELD], job["conflicts"]) == ("侧门", [])


async def test_a_life_that_was_restored_away_lends_its_versions_to_no_other(quarrel: Quarrel) -> None:
    """The same backup, put back twice: what followed on it first is gone, and counted in the same numbers."""
    backup = await quarrel.begin()
    await quarrel.restored(backup)
    await quarrel.pull()
    await quarrel.desk.push(*(quarrel.noted(quarrel.desk) for _ in range(3)))
    await quarrel.pull()
    offline = quarrel.typed(quarrel.phone, "侧门")

    await quarrel.restored(backup)
    await quarrel.desk.pull()
    await quarrel.desk.push(quarrel.noted(quarrel.desk), quarrel.typed(quarrel.desk, "正门"))
    await quarrel.phone.push(offline)

    assert values(await quarrel.job()) == {"侧门", "正门"}


async def test_what_was_seen_on_a_backup_put_back_by_mistake_says_nothing_of_the_right_one(quarrel: Quarrel) -> None:
    """The older one came first: whoever worked on it never saw how the newer one goes on from there."""
    older = await quarrel.begin()
    await quarrel.desk.push(quarrel.noted(quarrel.desk), quarrel.typed(quarrel.desk, "正门"))
    newer = await backed_up(quarrel.database)
    await quarrel.restored(older)
    await quarrel.pull()
    await quarrel.desk.push(*(quarrel.noted(quarrel.desk) for _ in range(3)))
    await quarrel.pull()
    offline = quarrel.typed(quarrel.phone, "侧门")

    await quarrel.restored(newer)
    await quarrel.phone.push(offline)

    assert values(await quarrel.job()) == {"侧门", "正门"}
    assert (await quarrel.bases())[-1] == 0


async def test_a_document_untouched_since_keeps_its_version_and_the_next_fact_raises_it(quarrel: Quarrel) -> None:
    backup = await quarrel.begin()
    await quarrel.restored(backup)
    await quarrel.pull()
    job_id = str(quarrel.job_id)
    assert [phone.jobs[job_id]["version"] for phone in (quarrel.desk, quarrel.phone)] == [2, 2]

    await quarrel.desk.push(quarrel.noted(quarrel.desk))
    job = await quarrel.job()
    assert (number_of_facts(job), job["version"] > 2**22) == (3, True)


async def test_a_desk_changes_and_is_refused_by_versions_as_it_was_shown_them(quarrel: Quarrel) -> None:
    await quarrel.restored(await quarrel.begin())
    path, headers = f"/v1/jobs/{quarrel.job_id}/notes", quarrel.organisation.dispatcher.headers
    first = await quarrel.client.post(path, json={"text": "来电"}, headers={**headers, "if-match": '"2"'})
    version = first.json()["version"]
    stale = await quarrel.client.post(path, json={"text": "再来电"}, headers={**headers, "if-match": '"3"'})
    again = await quarrel.client.post(path, json={"text": "三来电"}, headers={**headers, "if-match": f'"{version}"'})

    assert (first.status_code, stale.status_code, again.status_code) == (201, 412, 201), first.text
    assert (stale.json()["current"]["version"], number_of_facts(again.json())) == (version, 4)
    (line,) = (await quarrel.client.get("/v1/jobs", headers=headers)).json()["items"]
    assert line["version"] == again.json()["version"] == (await quarrel.job())["version"]
    assert await quarrel.bases() == [0, 0, 2, 3]


async def test_facts_are_refolded_with_what_their_authors_had_seen(quarrel: Quarrel) -> None:
    """A late fact that belongs further up makes the fold start anew, from the log."""
    backup = await quarrel.begin()
    late = quarrel.noted(quarrel.phone) | {"happened_at": "2025-07-01T00:00:00Z"}
    await quarrel.desk.push(*(quarrel.noted(quarrel.desk) for _ in range(3)))
    await quarrel.pull()
    offline = quarrel.typed(quarrel.phone, "侧门")

    await quarrel.restored(backup)
    await quarrel.desk.pull()
    await quarrel.desk.push(quarrel.noted(quarrel.desk), quarrel.typed(quarrel.desk, "正门"))
    await quarrel.phone.push(offline)
    await quarrel.phone.push(late)

    assert values(await quarrel.job()) == {"侧门", "正门"}
    assert await quarrel.bases() == [0, 0, 2, 2, 2, 2]
