"""Photos go half a year after the warranty, signatures with the record; bytes that another job needs stay."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import insert

from domain.catalogue import Product
from domain.people.actor import Role
from service.attachments.upkeep import CHASE, COLLECT
from service.database import Database
from service.privacy.erasing import ERASING
from service.seed.company import catalogue_items
from service.settings import Settings
from service.store import tables
from service.store.catalogue import items as catalogue
from tests.builders.fleet import CHECK_IN, DAY, a_person, a_site, both
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import job_opened, visit_planned
from tests.builders.sending import Sender, digest_of, photo
from tests.service.daily import run_now

PRODUCT = next(item for item in catalogue_items() if isinstance(item, Product))
LONG_OVER, YESTERDAY = date(2010, 1, 4), datetime.now(UTC).date() - timedelta(days=1)
Night = Callable[[], Awaitable[None]]


class Seen:
    """A visit that ended, with a photo of the uniform and a signature, both sent."""

    def __init__(self, client: AsyncClient, database: Database, organisation: Organisation, auditor: Person) -> None:
        self.client, self.database, self.organisation, self.auditor = client, database, organisation, auditor
        self.desk, self.phone = both(client, organisation)
        self.sender = Sender(client, organisation.technician)
        self.photo, self.signature = photo(), photo()

    async def visited(
        self, invoiced_on: date | None, days: int = 0, *, until_the_end: bool = True, sent: bool = True
    ) -> UUID:
        """So many days ago; the job."""
        job_id, visit_id, start = uuid4(), uuid4(), -days * 24 * 60
        opening = job_opened(self.organisation.outlet_id, asset_id=str(await self._asset(invoiced_on)))
        plan = visit_planned(self.organisation.technician.actor.member_id, minute=start + 60)
        await self.desk.push(
            self.desk.fact(job_id, "job_opened", opening, minute=start),
            self.desk.fact(job_id, "visit_planned", plan, visit_id=visit_id, minute=start + 1),
        )
        worn = {"code": "uniform", "result": "pass", "photo_digests": [digest_of(self.photo)]}
        steps = [(kind, {**CHECK_IN, "uniform": worn} if kind == "checked_in" else body) for kind, body in DAY]
        steps += [
            ("repair_recorded", {"cause_code": "E5", "measure_codes": ["replace"], "result": "solved"}),
            ("work_finished", {}),
            ("signed_off", {"method": "signature", "evidence_digest": digest_of(self.signature)}),
        ]
        steps += [("visit_ended", {"outcome": "solved"})] if until_the_end else []
        said = [
            self.phone.fact(job_id, kind, body, visit_id=visit_id, minute=start + 60 + minute)
            for minute, (kind, body) in enumerate(steps)
        ]
        await self.phone.push(*said)
        for content in (self.photo, self.signature) if sent else ():
            assert (await self.sender.send(job_id, content)).status_code == 204
        await self._recorded_ago(job_id, days)
        return job_id

    async def states(self, job_id: UUID) -> dict[str, str]:
        """Of the photo and of the signature."""
        answer = await self.client.get(f"/v1/jobs/{job_id}/evidence", headers=self.auditor.headers)
        return {each["purpose"]: each["state"] for each in answer.json()["items"]}

    async def read(self, content: bytes) -> Response:
        return await self.client.get(f"/v1/attachments/{digest_of(content)}", headers=self.auditor.headers)

    async def erasures(self) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/erasures", headers=self.auditor.headers)
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    async def _recorded_ago(self, job_id: UUID, days: int) -> None:
        past, rows = timedelta(days=days), tables.evidence
        of_job = (tables.jobs.c.id == job_id, rows.c.job_id == job_id)
        sent = tables.attachments
        async with self.database.transaction() as db:
            await db.execute(tables.jobs.update().where(of_job[0]).values(changed_at=datetime.now(UTC) - past))
            await db.execute(rows.update().where(of_job[1]).values(review_on=YESTERDAY))
            await db.execute(sent.update().values(last_sent_at=sent.c.last_sent_at - past))

    async def _asset(self, invoiced_on: date | None) -> UUID:
        site_id, asset_id, org_id = await a_site(self.database, self.organisation), uuid4(), self.organisation.org_id
        row = {"site_id": site_id, "product_code": PRODUCT.code, "invoiced_on": invoiced_on}
        async with self.database.transaction() as db:
            await db.execute(insert(tables.assets).values(org_id=org_id, id=asset_id, **row))
        return asset_id


@pytest.fixture
async def seen(client: AsyncClient, database: Database, an_organisation: Organisation) -> Seen:
    async with database.transaction() as db:
        await catalogue.insert_items(db, an_organisation.org_id, [PRODUCT])
    auditor = await a_person(database, an_organisation, Role.AUDITOR, "AUDITOR")
    return Seen(client, database, an_organisation, auditor)


@pytest.fixture
def night(database: Database, settings: Settings, an_organisation: Organisation) -> Night:
    async def passes() -> None:
        for kind in (ERASING, COLLECT, CHASE):
            await run_now(database, settings, an_organisation.org_id, kind)

    return passes


KEPT, NO_PHOTO, NOTHING = ("received", "received"), ("erased", "received"), ("erased", "erased")


@pytest.mark.parametrize(
    ("invoiced_on", "days", "left"),
    [
        (LONG_OVER, 0, KEPT),
        (LONG_OVER, 170, KEPT),
        (LONG_OVER, 280, NO_PHOTO),
        (LONG_OVER, 1090, NO_PHOTO),
        (LONG_OVER, 1100, NOTHING),
        (YESTERDAY, 280, KEPT),
        (None, 280, KEPT),
        (None, 1090, KEPT),
        (None, 1100, NOTHING),
    ],
)
async def test_what_is_left_after_so_many_days(
    seen: Seen, night: Night, invoiced_on: date | None, days: int, left: tuple[str, str]
) -> None:
    """In warranty, out of it, and where nobody knows."""
    job_id = await seen.visited(invoiced_on, days)

    await night()

    assert await seen.states(job_id) == dict(zip(("uniform", "signature"), left, strict=True))


async def test_what_was_erased_is_gone_says_so_and_is_logged(seen: Seen, night: Night, settings: Settings) -> None:
    job_id = await seen.visited(LONG_OVER, 280)
    document = (await seen.client.get(f"/v1/jobs/{job_id}", headers=seen.auditor.headers)).content

    await night()

    gone, kept = await seen.read(seen.photo), await seen.read(seen.signature)
    assert (gone.status_code, gone.json()["code"], kept.content) == (410, "attachment_erased", seen.signature)
    assert list((settings.data_path / "attachments").rglob(f"{digest_of(seen.photo)}*")) == []
    assert [(each["data"], each["digest"], each["terms"]["photo_months"]) for each in await seen.erasures()] == [
        ("photo", digest_of(seen.photo), 6)
    ]
    assert (await seen.client.get(f"/v1/jobs/{job_id}", headers=seen.auditor.headers)).content == document


async def test_a_job_that_is_not_over_keeps_what_it_shows(seen: Seen, night: Night) -> None:
    job_id = await seen.visited(LONG_OVER, 2000, until_the_end=False)

    await night()

    assert set((await seen.states(job_id)).values()) == {"received"}
    assert await seen.erasures() == []


async def test_a_word_about_the_job_begins_its_time_anew(seen: Seen, night: Night) -> None:
    job_id = await seen.visited(LONG_OVER, 2000)
    await seen.desk.push(seen.desk.fact(job_id, "note_added", {"text": "顾客来电询问"}))

    await night()

    assert set((await seen.states(job_id)).values()) == {"received"}


async def test_a_photo_that_another_job_shows_too_stays_for_that_one(seen: Seen, night: Night) -> None:
    first, second = await seen.visited(LONG_OVER, 2000), await seen.visited(LONG_OVER)

    await night()

    assert (set((await seen.states(first)).values()), set((await seen.states(second)).values())) == (
        {"erased"},
        {"received"},
    )
    assert (await seen.read(seen.photo)).content == seen.photo


async def test_nobody_owes_bytes_whose_time_is_over(seen: Seen, night: Night) -> None:
    await seen.visited(LONG_OVER, 2000, sent=False)
    owed = await seen.client.get("/v1/evidence/pending", headers=seen.organisation.technician.headers)

    await night()

    left = await seen.client.get("/v1/evidence/pending", headers=seen.organisation.technician.headers)
    assert (len(owed.json()["items"]), left.json()["items"]) == (2, [])


async def test_what_is_not_over_is_looked_at_again_in_a_month(seen: Seen, night: Night) -> None:
    """And no day before: a night looks at a thirtieth of what is kept."""
    await seen.visited(YESTERDAY, 280)

    await night()

    async with seen.database.reader() as db:
        days = list(await db.scalars(tables.evidence.select().with_only_columns(tables.evidence.c.review_on)))
    assert {day - datetime.now(UTC).date() for day in days} <= {timedelta(days=30), timedelta(days=31)}
