"""A photo is named before its bytes arrive: who owes it and until when is seen, and what nobody needs goes."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from domain.people.actor import Role
from service.attachments.upkeep import CHASE, CHECK, COLLECT
from service.database import Database
from service.settings import Settings
from service.store.evidence.uploads import Upload
from service.store.tables import attachments, evidence, uploads
from tests.builders.fleet import CHECK_IN, DAY, a_person, an_outlet, both, outcomes, planned_job, stored
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone
from tests.builders.sending import Sender, digest_of, photo
from tests.service.daily import run_now


class Visit:
    """A technician at a door, with photos to record and to send."""

    def __init__(self, client: AsyncClient, organisation: Organisation, ids: tuple[UUID, UUID]) -> None:
        self.client, self.organisation, (self.job_id, self.visit_id) = client, organisation, ids
        self.phone, self.desk = Phone(client, organisation.technician), organisation.dispatcher
        self.sender = Sender(client, organisation.technician)

    async def name(self, *contents: bytes, purpose: str = "before") -> list[dict[str, Any]]:
        """Record photos by their digests; the facts."""
        bodies = [
            {"digest": digest_of(each), "media_type": "image/jpeg", "size_bytes": len(each), "purpose": purpose}
            for each in contents
        ]
        facts = [self.phone.fact(self.job_id, "attachment_added", body, visit_id=self.visit_id) for body in bodies]
        assert set(outcomes(await self.phone.push(*facts))) <= {"recorded", "recorded_with_findings"}
        return facts

    async def pending(self, person: Person | None = None, **query: str) -> list[dict[str, Any]]:
        headers = (person or self.organisation.technician).headers
        answer = await self.client.get("/v1/evidence/pending", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def of_job(self) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/jobs/{self.job_id}/evidence", headers=self.desk.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def cases(self) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/cases", params={"state": "open"}, headers=self.desk.headers)
        return [each for each in answer.json()["items"] if each["kind"] == "evidence"]


@pytest.fixture
async def visit(client: AsyncClient, an_organisation: Organisation) -> Visit:
    desk, _ = both(client, an_organisation)
    ids = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    return Visit(client, an_organisation, ids)


async def test_a_named_photo_is_pending_until_its_bytes_come(visit: Visit) -> None:
    content = photo()
    (fact,) = await visit.name(content)

    (owed,) = await visit.pending()
    await visit.sender.send(visit.job_id, content)
    (listed,) = (await visit.of_job())["items"]

    named, due = datetime.fromisoformat(owed["named_at"]), datetime.fromisoformat(owed["due_at"])
    assert (owed["fact_id"], owed["digest"], owed["purpose"]) == (fact["id"], digest_of(content), "before")
    assert (owed["member_name"], owed["state"], due - named) == ("王建国", "pending", timedelta(days=3))
    assert (listed["state"], await visit.pending()) == ("received", [])


async def test_bytes_that_came_before_their_fact_are_matched_too(visit: Visit) -> None:
    content = photo()
    await visit.sender.send(visit.job_id, content)

    await visit.name(content)

    assert [each["state"] for each in (await visit.of_job())["items"]] == ["received"]


async def test_bytes_that_are_not_those_named_leave_it_pending(visit: Visit) -> None:
    named, sent = photo(), photo()
    await visit.name(named)

    refused = await visit.sender.send(visit.job_id, sent, digest=digest_of(named))

    assert refused.json()["code"] == "digest_mismatch"
    assert [each["state"] for each in await visit.pending()] == ["pending"]


async def test_a_job_is_done_while_its_photos_trail(visit: Visit) -> None:
    uniform, badge, label, signature = ("a1" * 32, "b2" * 32, "c3" * 32, "d4" * 32)
    worn = {"code": "uniform", "result": "pass", "photo_digests": [uniform]}
    shown = {**CHECK_IN, "uniform": worn, "badge": {"code": "badge", "result": "pass", "photo_digests": [badge]}}
    repair = {"cause_code": "E5", "measure_codes": ["replace"], "result": "solved"}
    steps = [(kind, shown if kind == "checked_in" else body) for kind, body in DAY]
    steps += [
        ("part_used", {"part_code": "PCB-1", "photo_digests": [label, uniform]}),
        ("repair_recorded", repair),
        ("work_finished", {}),
        ("signed_off", {"method": "signature", "evidence_digest": signature}),
        ("visit_ended", {"outcome": "solved"}),
    ]
    facts = [
        visit.phone.fact(visit.job_id, kind, body, visit_id=visit.visit_id, minute=60 + minute)
        for minute, (kind, body) in enumerate(steps)
    ]
    answer = await visit.phone.push(*facts)
    found = await visit.of_job()

    assert answer["jobs"][0]["visits"][0]["status"] == "ended", outcomes(answer)
    assert found["pending"] == 5
    assert {(each["fact_kind"], each["digest"], each["purpose"]) for each in found["items"]} == {
        ("checked_in", uniform, "uniform"),
        ("checked_in", badge, "badge"),
        ("part_used", label, "part_label"),
        ("part_used", uniform, "part_label"),
        ("signed_off", signature, "signature"),
    }


async def test_a_technician_sees_their_own_and_the_desk_that_of_its_outlets(
    visit: Visit, database: Database, client: AsyncClient
) -> None:
    await visit.name(photo())
    organisation = visit.organisation
    colleague = await a_person(database, organisation, Role.TECHNICIAN, "HZ0108")
    outlet_id = await an_outlet(database, organisation, "HZ02")
    elsewhere = await a_person(database, organisation, Role.DISPATCHER, "HZ02-DISPATCH", outlet_id)

    assert len(await visit.pending(visit.desk)) == 1
    assert await visit.pending(colleague) == await visit.pending(elsewhere) == []
    hidden = await client.get(f"/v1/jobs/{visit.job_id}/evidence", headers=colleague.headers)
    assert hidden.status_code == 404


async def test_photos_of_a_job_that_was_taken_away_are_still_owed_and_taken(visit: Visit, database: Database) -> None:
    """What was done at the door is not lost because the job is another's by now."""
    content, stray = photo(), photo()
    await visit.name(content)
    colleague = await a_person(database, visit.organisation, Role.TECHNICIAN, "HZ0108")
    moved = await visit.client.post(
        f"/v1/jobs/{visit.job_id}/visits/{visit.visit_id}/reassignment",
        json={"technician_id": str(colleague.actor.member_id), "override_reason": "请假"},
        headers=visit.desk.headers,
    )
    assert moved.status_code < 300, moved.text

    refused, owed = await visit.sender.begin(visit.job_id, stray), await visit.pending()
    answer = await visit.sender.send(visit.job_id, content)

    assert (refused.status_code, len(owed), answer.status_code) == (404, 1, 204)
    assert await visit.pending() == []
    assert (await visit.sender.read(content)).status_code == 404
    assert (await Sender(visit.client, colleague).read(content)).content == content


async def test_nobody_waits_for_the_bytes_of_a_fact_that_was_taken_back(visit: Visit) -> None:
    content = photo()
    (fact,) = await visit.name(content)
    back = visit.phone.fact(visit.job_id, "fact_retracted", {"fact_id": fact["id"], "reason": "拍错"})

    assert outcomes(await visit.phone.push(back)) == ["recorded"]

    assert await visit.pending() == []
    assert (await visit.of_job())["items"] == []


async def test_pages_of_what_is_pending_hold_each_once(visit: Visit) -> None:
    contents = [photo() for _ in range(5)]
    await visit.name(*contents)
    seen: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        answer = await visit.client.get("/v1/evidence/pending", params=query, headers=visit.desk.headers)
        seen += [each["digest"] for each in answer.json()["items"]]
        if not answer.json()["has_more"]:
            break
        query["cursor"] = answer.json()["next_cursor"]

    assert sorted(seen) == sorted(map(digest_of, contents))
    assert len(await visit.pending(job_id=str(uuid4()))) == len(await visit.pending(overdue="true")) == 0
    assert len(await visit.pending(job_id=str(visit.job_id), overdue="false")) == 5


async def test_what_is_overdue_opens_a_case_that_the_last_bytes_clear(
    visit: Visit, database: Database, settings: Settings
) -> None:
    contents = [photo(), photo()]
    await visit.name(*contents)
    org_id = visit.organisation.org_id
    await run_now(database, settings, org_id, CHASE)
    early = await visit.cases()
    async with database.transaction() as db:
        await db.execute(evidence.update().values(due_at=datetime.now(UTC) - timedelta(hours=1)))

    await run_now(database, settings, org_id, CHASE)
    (case,) = await visit.cases()
    whole = (await visit.client.get(f"/v1/cases/{case['id']}", headers=visit.desk.headers)).json()
    left = []
    for content in contents:
        await visit.sender.send(visit.job_id, content)
        left.append(len(await visit.cases()))

    assert (early, case["code"], case["job_id"]) == ([], "evidence_overdue", str(visit.job_id))
    assert whole["evidence"]["digests"] == sorted(map(digest_of, contents))
    assert whole["evidence"]["member_ids"] == [str(visit.organisation.technician.actor.member_id)]
    assert left == [1, 0]


async def test_a_case_about_evidence_can_be_decided(visit: Visit, database: Database, settings: Settings) -> None:
    await visit.name(photo())
    async with database.transaction() as db:
        await db.execute(evidence.update().values(due_at=datetime.now(UTC) - timedelta(hours=1)))
    await run_now(database, settings, visit.organisation.org_id, CHASE)
    (case,) = await visit.cases()

    decided = await visit.client.post(
        f"/v1/cases/{case['id']}/decision",
        json={"choice": "accept", "reason": "手机损坏"},
        headers=visit.desk.headers,
    )
    await run_now(database, settings, visit.organisation.org_id, CHASE)

    assert decided.status_code == 200, decided.text
    assert decided.json()["decision"]["reason"] == "手机损坏"
    assert await visit.cases() == []


def in_vault(settings: Settings, content: bytes) -> list[Path]:
    return list((settings.data_path / "attachments").rglob(digest_of(content)))


async def test_a_flipped_bit_is_found_raises_a_case_and_is_mended_by_sending_again(
    visit: Visit, database: Database, settings: Settings
) -> None:
    content, org_id = photo(), visit.organisation.org_id
    await visit.name(content)
    await visit.sender.send(visit.job_id, content)
    await run_now(database, settings, org_id, CHECK)
    whole = await visit.cases()
    (path,) = in_vault(settings, content)
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])

    await run_now(database, settings, org_id, CHECK)
    (case,), (owed,) = await visit.cases(), await visit.pending()
    gone = await visit.sender.read(content)
    again = await visit.sender.send(visit.job_id, content)

    assert (whole, case["code"], case["severity"]) == ([], "evidence_damaged", "serious")
    assert (owed["digest"], owed["state"]) == (digest_of(content), "damaged")
    assert (gone.status_code, gone.json()["code"]) == (410, "attachment_damaged")
    assert (again.status_code, (await visit.sender.read(content)).content) == (204, content)
    assert await visit.cases() == await visit.pending() == []


@pytest.mark.parametrize("damage", ["gone", "empty", "longer"])
async def test_bytes_that_are_gone_or_have_another_length_are_damage_too(
    visit: Visit, database: Database, settings: Settings, damage: str
) -> None:
    content = photo()
    await visit.name(content)
    await visit.sender.send(visit.job_id, content)
    (path,) = in_vault(settings, content)
    match damage:
        case "gone":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case _:
            path.write_bytes(content + b"\0")

    await run_now(database, settings, visit.organisation.org_id, CHECK)

    assert [each["code"] for each in await visit.cases()] == ["evidence_damaged"]


async def test_bytes_that_come_back_clear_their_case(visit: Visit, database: Database, settings: Settings) -> None:
    """A disk that was not mounted, a bucket that did not answer for a day."""
    content, org_id = photo(), visit.organisation.org_id
    await visit.name(content)
    await visit.sender.send(visit.job_id, content)
    (path,) = in_vault(settings, content)
    hidden = path.rename(path.with_name("hidden"))
    await run_now(database, settings, org_id, CHECK)
    hidden.rename(path)

    await run_now(database, settings, org_id, CHECK)

    assert await visit.cases() == await visit.pending() == []
    assert (await visit.sender.read(content)).content == content


async def test_what_no_fact_names_goes_after_its_grace_and_what_one_names_never(
    visit: Visit, database: Database, settings: Settings
) -> None:
    named, unnamed, fresh, org_id = photo(), photo(), photo(), visit.organisation.org_id
    (fact,) = await visit.name(named)
    for content in (named, unnamed, fresh):
        await visit.sender.send(visit.job_id, content)
    back = visit.phone.fact(visit.job_id, "fact_retracted", {"fact_id": fact["id"], "reason": "拍错"})
    await visit.phone.push(back)
    await _age(database, named, unnamed)

    await run_now(database, settings, org_id, COLLECT)

    assert [(await visit.sender.read(each)).status_code for each in (named, unnamed, fresh)] == [200, 404, 200]
    assert [len(in_vault(settings, each)) for each in (named, unnamed, fresh)] == [1, 0, 1]
    assert (await visit.sender.send(visit.job_id, unnamed)).status_code == 204


async def test_what_a_fact_that_is_set_aside_names_is_not_collected(
    visit: Visit, database: Database, settings: Settings
) -> None:
    content = photo()
    await visit.sender.send(visit.job_id, content)
    await _age(database, content)
    body = {"digest": digest_of(content), "media_type": "image/jpeg", "size_bytes": 1, "purpose": "before"}
    aside = visit.phone.fact(visit.job_id, "attachment_added", body, visit_id=uuid4())
    said = outcomes(await visit.phone.push(aside))

    await run_now(database, settings, visit.organisation.org_id, COLLECT)

    assert said == ["quarantined"]
    assert len(in_vault(settings, content)) == 1


async def test_what_crashes_left_behind_is_swept(visit: Visit, database: Database, settings: Settings) -> None:
    """A file without a row, an upload that expired, a piece without an upload; nothing else."""
    content, going_on, org_id = photo(), photo(), visit.organisation.org_id
    await visit.sender.send(visit.job_id, content)
    address = (await visit.sender.begin(visit.job_id, going_on)).headers["location"]
    await visit.sender.piece(address, 0, going_on[:50])
    expired = (await visit.sender.begin(visit.job_id, photo())).headers["location"].rpartition("/")[2]
    async with database.transaction() as db:
        past = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
        await db.execute(uploads.update().where(uploads.c.id == UUID(expired)).values(**past))
    (kept,) = in_vault(settings, content)
    old, new = kept.with_name("ab" * 32), kept.with_name("cd" * 32)
    for stray in (old, new):
        stray.write_bytes(b"stray")
    two_days_ago = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for path in (old, kept):
        _set_time(path, two_days_ago)

    await run_now(database, settings, org_id, COLLECT)

    spooled = [path.name for path in (settings.spool_path / str(org_id)).iterdir()]
    assert spooled == [address.rpartition("/")[2]]
    assert [path.exists() for path in (kept, old, new)] == [True, False, True]
    assert (await visit.sender.piece(address, 50, going_on[50:])).status_code == 204


async def test_who_begins_an_upload_is_rid_of_their_own_expired_ones_at_once(
    visit: Visit, database: Database, settings: Settings
) -> None:
    """Another member's wait for the night."""
    content, others = photo(), Sender(visit.client, visit.desk)
    own = (await visit.sender.begin(visit.job_id, content)).headers["location"]
    await visit.sender.piece(own, 0, content[:50])
    foreign = (await others.begin(visit.job_id, photo())).headers["location"].rpartition("/")[2]
    async with database.transaction() as db:
        await db.execute(uploads.update().values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))

    begun = (await visit.sender.begin(visit.job_id, content)).headers["location"].rpartition("/")[2]

    spooled = {path.name for path in (settings.spool_path / str(visit.organisation.org_id)).iterdir()}
    assert spooled == {foreign, begun}
    assert {str(row["id"]) for row in await stored(database, uploads)} == {foreign, begun}


def test_an_upload_is_whole_with_its_last_byte() -> None:
    fields = dict.fromkeys(Upload.__struct_fields__)
    upload = Upload(**{**fields, "offset_bytes": 9, "size_bytes": 10})  # type: ignore[arg-type]

    assert not upload.is_whole


async def _age(database: Database, *contents: bytes) -> None:
    digests = [bytes.fromhex(digest_of(each)) for each in contents]
    async with database.transaction() as db:
        own = attachments.update().where(attachments.c.digest.in_(digests))
        await db.execute(own.values(last_sent_at=datetime.now(UTC) - timedelta(days=31)))


def _set_time(path: Path, at: float) -> None:
    os.utime(path, (at, at))
