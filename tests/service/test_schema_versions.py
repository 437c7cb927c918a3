"""Apps older and newer than the server: every one may push, their bytes are kept, and too old an app pulls nothing."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient

from service.app import create_app
from service.database import Database, open_database
from service.embedded_postgres import Server
from service.settings import Settings
from service.store.tables import facts, quarantine
from sync import schemas
from sync.record import FACT_KIND_UNKNOWN
from sync.schemas import UpCast
from tests.builders.fleet import (
    assert_folded,
    both,
    codes,
    encoded,
    fact,
    outcomes,
    planned_job,
    push_bytes,
    said,
    stored,
)
from tests.builders.organisations import Organisation
from tests.conftest import speaking_to

OLDEST = 3
RELEASE = {"choice": "release", "reason": "服务器已升级"}


@pytest.fixture
async def strict_client(migrated: Server, database: Database) -> AsyncIterator[AsyncClient]:
    """Speaks to a server whose operator raised the floor."""
    settings = Settings(oldest_schema=OLDEST)
    app = create_app(settings, "postgresql://")
    async with open_database(migrated.app_url, settings) as opened, speaking_to(app) as client:
        app.state.database = opened
        yield client


def jotted(job_id: Any, words: str = "压缩机启动正常") -> dict[str, Any]:
    return fact(job_id, "jotted", {"words": words}, weather="雨")


def a_version_that_knows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on this server is one that renamed `jotted` to `note_added` two versions later."""
    monkeypatch.setitem(schemas.UP_CASTS, 1, UpCast(kinds={"jotted": "scribbled"}))
    monkeypatch.setitem(
        schemas.UP_CASTS,
        2,
        UpCast(kinds={"scribbled": "note_added"}, fields={"note_added": {"words": "text"}}),
    )


async def test_an_app_two_versions_old_pushes_and_its_facts_are_read_again_whenever_the_job_is_folded(
    client: AsyncClient, database: Database, an_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    a_version_that_knows_it(monkeypatch)
    old, new = encoded(jotted(job_id)), encoded(fact(job_id, "note_added", {"text": "新", "words": "旧"}, colour="red"))
    for schema, raw in ((1, old), (3, new), (1, old)):
        answer = await push_bytes(client, phone.person, b'{"schema":%d,"facts":[%b]}' % (schema, raw))
        assert said(answer)[0].outcome in {"recorded", "duplicate"}
    assert codes(await phone.push(jotted(job_id), schema=3)) == [FACT_KIND_UNKNOWN]
    await phone.push(fact(job_id, happened_at="2026-01-01T00:00:00Z", device_clock=None))
    await assert_folded(database, an_organisation.org_id, job_id)
    rows = await stored(database, facts, facts.c.kind == "note_added")
    kept = {bytes(row["record"]): row["schema"] for row in rows}
    assert (kept[old], kept[new]) == (1, 3)
    await phone.pull()
    assert {note["text"] for note in phone.jobs[str(job_id)]["notes"]} >= {"压缩机启动正常", "新"}


async def test_what_a_newer_app_wrote_waits_and_is_released_after_the_servers_upgrade(
    client: AsyncClient, database: Database, an_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    record = jotted(job_id)
    answer = await phone.push(record, schema=2)
    assert (outcomes(answer), codes(answer)) == (["unreadable"], [FACT_KIND_UNKNOWN])
    headers, case_id = an_organisation.dispatcher.headers, answer["outcomes"][0]["answer"]["case_id"]
    shown = (await client.get(f"/v1/cases/{case_id}", headers=headers)).json()
    assert (shown["held"]["schema"], shown["held"]["readable"], shown["suggested_choice"]) == (2, False, "discard")
    early = await client.post(f"/v1/cases/{case_id}/decision", json=RELEASE, headers=headers)
    assert (early.status_code, early.json()["code"]) == (409, "cannot_release")

    monkeypatch.setitem(schemas.UP_CASTS, 1, UpCast(kinds={"jotted": "what an older app meant by it"}))
    monkeypatch.setitem(
        schemas.UP_CASTS,
        2,
        UpCast(kinds={"jotted": "note_added"}, fields={"note_added": {"words": "text"}}),
    )
    shown = (await client.get(f"/v1/cases/{case_id}", headers=headers)).json()
    assert (shown["held"]["readable"], shown["suggested_choice"]) == (True, "release")
    released = await client.post(f"/v1/cases/{case_id}/decision", json=RELEASE, headers=headers)
    assert released.status_code == 200, released.text
    (held,) = await stored(database, quarantine)
    (row,) = await stored(database, facts, facts.c.kind == "note_added")
    assert (row["record"], row["schema"], row["author_id"]) == (held["record"], 2, phone.person.actor.member_id)
    assert msgspec.json.decode(row["record"]) == record
    again = await phone.push(record, schema=2)
    assert outcomes(again) == ["duplicate"]
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_an_app_that_is_too_old_empties_its_outbox_and_is_given_no_documents(
    strict_client: AsyncClient, client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    await phone.pull()
    headers = phone.person.headers
    sent = {"schema": OLDEST - 1, "facts": [fact(job_id)], "cursor": phone.cursor}
    drained = await strict_client.post("/v1/sync/push", json=sent, headers=headers)
    assert (drained.status_code, outcomes(drained.json())) == (200, ["recorded"])
    assert (drained.json()["jobs"], drained.json()["changes"]) == ([], None)
    for schema, status in ((None, 426), (1, 426), (OLDEST - 1, 426), (OLDEST, 200), (2**31 - 1, 200)):
        asked = {} if schema is None else {"schema": schema}
        answer = await strict_client.post("/v1/sync/pull", json=asked, headers=headers)
        assert answer.status_code == status, schema
        repaired = await strict_client.post("/v1/sync/repair", json={**asked, "held": []}, headers=headers)
        assert (repaired.status_code == 426) == (status == 426)
        if status == 426:
            assert (answer.json()["code"], answer.json()["retryable"]) == ("app_too_old", False)
    assert (await client.post("/v1/sync/pull", json={"schema": 1}, headers=headers)).status_code == 200


async def test_names_that_nobody_knows_are_kept_byte_for_byte_and_shown_as_they_were_sent(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    plain = fact(job_id)
    strange = {**plain["note_added"], "mood": {"of": ["the", 1e3]}}
    raw = b" " + encoded({"weather": "雨", **plain, "note_added": strange}).replace(b",", b" ,\n")
    answer = await push_bytes(client, phone.person, b'{"facts":[%b],"battery":0.5}' % raw)
    assert said(answer)[0].outcome == "recorded"
    (row,) = await stored(database, facts, facts.c.kind == "note_added")
    assert row["record"].strip() == raw.strip()
    log = await client.get(f"/v1/jobs/{job_id}/facts", headers=an_organisation.dispatcher.headers)
    assert raw.strip() in log.content
    assert log.json()["items"][-1]["schema"] == 1
