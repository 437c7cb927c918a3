"""A preview says what a push would do, and leaves nothing behind."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from domain.facts.kinds import KIND_BY_BODY
from domain.people.actor import Role
from service.database import Database
from service.desk.visit_actions import VISIT_ACTIONS, VisitAction
from service.recording.recording import record
from sync.record import Record, read
from sync.schemas import CURRENT
from sync.unknown_names import unknown_names
from tests.builders.fleet import (
    a_person,
    batch,
    both,
    day,
    encoded,
    fact,
    open_transaction,
    outcomes,
    planned_job,
    push_bytes,
    rows_of,
    until_somebody_waits,
)
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone, job_opened

TIMES = ("recorded_at", "corrected_at")


async def ask(client: AsyncClient, person: Person, body: bytes) -> Response:
    headers = {**person.headers, "Content-Type": "application/json"}
    return await client.post("/v1/sync/preview", content=body, headers=headers)


def body_of(facts: Sequence[dict[str, Any]], **more: Any) -> bytes:
    return msgspec.json.encode({"facts": facts, **more})


def timeless(outcomes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outcomes without the moments of recording; all else must be the same when the push comes."""
    plain = [{**each, "answer": dict(each["answer"])} for each in outcomes]
    for each in plain:
        for name in TIMES:
            each["answer"].pop(name)
    return plain


async def test_a_preview_keeps_nothing_and_the_push_then_answers_the_same(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    """With a clock, a purge, a new job, a booking, a finding, a conflict and something that cannot be read."""
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.pull()
    opened = phone.fact(uuid4(), "job_opened", job_opened(an_organisation.outlet_id))
    facts = [*day(phone, job_id, visit_id), opened, fact(job_id, "teleported", {}), fact(uuid4())]
    body = body_of(facts, device_clock="2025-07-01T00:00:00Z", purged=[str(job_id)], cursor=phone.cursor)
    before = await rows_of(database, an_organisation.org_id)

    answer = await ask(client, an_organisation.technician, body)

    assert answer.status_code == 200, answer.text
    assert await rows_of(database, an_organisation.org_id) == before
    pushed = await push_bytes(client, an_organisation.technician, body)
    assert await rows_of(database, an_organisation.org_id) != before
    assert timeless(answer.json()["outcomes"]) == timeless(pushed.json()["outcomes"])
    assert {each["outcome"] for each in answer.json()["outcomes"]} == {
        "recorded",
        "recorded_with_findings",
        "unreadable",
        "quarantined",
    }


async def test_the_jobs_are_as_they_will_be(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.pull()
    body = body_of(day(phone, job_id, visit_id))

    (foreseen,) = (await ask(client, an_organisation.technician, body)).json()["jobs"]

    (job,) = (await push_bytes(client, an_organisation.technician, body)).json()["jobs"]
    assert (foreseen["version"], foreseen["status"]) == (job["version"], job["status"]) == (7, "in_progress")
    assert [each["status"] for each in foreseen["visits"]] == ["working"]
    assert [each["code"] for each in foreseen["findings"]] == [each["code"] for each in job["findings"]]


async def test_the_cases_that_would_open_are_told_in_words_and_those_that_wait_already_are_not(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.pull()
    note = {"field": "access_note"}
    await desk.push(desk.fact(job_id, "details_amended", {**note, "now": "东门"}, minute=60))
    body = body_of(
        [
            phone.fact(job_id, "details_amended", {**note, "now": "西门"}, minute=61),
            phone.fact(job_id, "work_started", {}, visit_id=visit_id, minute=62),
            fact(job_id, "teleported", {}),
        ]
    )

    cases = (await ask(client, an_organisation.technician, body)).json()["cases"]

    assert {(each["kind"], each["state"]) for each in cases} >= {
        ("conflict", "open"),
        ("finding", "open"),
        ("quarantine", "open"),
    }
    (conflict,) = [each for each in cases if each["kind"] == "conflict"]
    assert conflict["en"].startswith("Two edits of the access note were made unaware of each other")
    await push_bytes(client, an_organisation.technician, body)
    headers = an_organisation.dispatcher.headers
    opened = (await client.get("/v1/cases", params={"state": "open"}, headers=headers)).json()["items"]
    assert {each["id"] for each in cases} == {each["id"] for each in opened}
    assert (await ask(client, an_organisation.technician, body)).json()["cases"] == []


async def test_a_case_that_waits_already_is_not_told_again_though_its_job_changes(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.pull()
    await phone.push(phone.fact(job_id, "work_started", {}, visit_id=visit_id, minute=60))
    body = body_of([phone.fact(job_id, "note_added", {"text": "到了"}, minute=90)])

    foreseen = (await ask(client, an_organisation.technician, body)).json()

    assert foreseen["jobs"][0]["findings"]
    assert foreseen["cases"] == []


async def test_a_job_that_was_taken_away_is_not_shown_though_the_work_on_it_is_taken(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.pull()
    await desk.push(
        desk.fact(job_id, "visit_cancelled", {"side": "company", "reason": "改期"}, visit_id=visit_id, minute=30)
    )
    body = body_of([phone.fact(job_id, "customer_contacted", {"reached": True}, visit_id=visit_id, minute=20)])

    foreseen = (await ask(client, an_organisation.technician, body)).json()

    pushed = (await push_bytes(client, an_organisation.technician, body)).json()
    assert [each["outcome"] for each in foreseen["outcomes"]] == [each["outcome"] for each in pushed["outcomes"]]
    assert foreseen["outcomes"][0]["outcome"].startswith("recorded")
    assert (foreseen["jobs"], pushed["jobs"]) == ([], [])


async def test_what_is_known_already_is_foreseen_as_a_duplicate(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    body = body_of([phone.fact(job_id, "note_added", {"text": "到了"})])
    await push_bytes(client, an_organisation.technician, body)

    foreseen = await ask(client, an_organisation.technician, body)

    assert outcomes(foreseen.json()) == ["duplicate"]
    assert foreseen.json()["jobs"] == []


async def test_a_refusal_is_foreseen_with_its_reasons(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await phone.pull()
    started = phone.fact(job_id, "work_started", {}, visit_id=visit_id, minute=70, strict=True)

    (foreseen,) = (await ask(client, an_organisation.technician, body_of([started]))).json()["outcomes"]

    assert foreseen["outcome"] == "refused"
    assert foreseen["answer"]["findings"]


async def test_nobody_is_told_of_jobs_that_they_do_not_hold(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    stranger = Phone(client, await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0199"))
    body = body_of([stranger.fact(job_id, "work_started", {}, visit_id=visit_id)])

    foreseen = (await ask(client, stranger.person, body)).json()

    assert outcomes(foreseen) == ["quarantined"]
    assert foreseen["outcomes"][0]["answer"]["code"] == "job_unknown"
    assert foreseen["jobs"] == []


async def test_who_may_not_push_may_not_ask_what_a_push_would_do(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    auditor = await a_person(database, an_organisation, Role.AUDITOR, "AUDIT")
    assert (await ask(client, auditor, body_of([fact(uuid4())]))).status_code == 403


async def test_single_facts_that_are_no_json_spoil_no_preview(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    good = encoded(phone.fact(job_id, "note_added", {"text": "到了"}, minute=60))

    foreseen = await ask(client, an_organisation.technician, b'{"facts":[{"id":oops},%b]}' % good)

    assert outcomes(foreseen.json()) == ["unreadable", "recorded"]


async def test_a_preview_names_fields_that_nobody_here_understands(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    checks = {"uniform": {"code": "uniform", "result": "pass"}, "badge": {"code": "badge", "result": "pass"}}
    misspelt = {**checks, "kit_items": [{"code": "K01", "result": "pass", "photo_digest": "x", "reason": None}]}
    facts = [
        phone.fact(job_id, "checked_in", checks, visit_id=visit_id),
        {**phone.fact(job_id, "checked_in", misspelt, visit_id=visit_id, minute=1), "app/build": 7, "note": None},
    ]

    foreseen = (await ask(client, an_organisation.technician, body_of(facts))).json()

    named = ["/checked_in/kit_items/0/photo_digest", "/app~1build"]
    assert foreseen["unknown_fields"] == [{"index": 1, "pointers": named}]


@pytest.mark.parametrize("action", VISIT_ACTIONS)
def test_nothing_that_a_fact_may_hold_is_called_unknown(action: VisitAction) -> None:
    said = {"id": uuid4(), "job_id": uuid4(), "visit_id": uuid4(), "happened_at": "2026-07-06T02:00:00Z"}
    whole = read(msgspec.json.encode({**said, KIND_BY_BODY[type(action.example)].name: action.example}))

    assert isinstance(whole, Record)
    assert unknown_names(whole, CURRENT) == ()


async def test_a_preview_does_not_wait_long_for_a_job_that_somebody_holds(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    body = body_of([phone.fact(job_id, "note_added", {"text": "到了"})])
    async with open_transaction(database) as db:
        await db.execute(text("SELECT FROM jobs FOR UPDATE"))
        busy = await ask(client, an_organisation.technician, body)
    assert (busy.status_code, busy.json()["code"]) == (503, "busy")
    assert "retry-after" in busy.headers
    assert (await ask(client, an_organisation.technician, body)).status_code == 200


async def test_previews_and_pushes_of_one_job_at_one_moment_record_what_was_pushed_and_nothing_else(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    notes = [phone.fact(job_id, "note_added", {"text": str(number)}) for number in range(6)]
    asked = [ask(client, an_organisation.technician, body_of([note])) for note in notes]
    pushed = [push_bytes(client, an_organisation.technician, body_of([note])) for note in notes[:3]]

    answers = await asyncio.gather(*asked, *pushed)

    # A preview waits for nobody longer than a second; a push does.
    assert {answer.status_code for answer in answers[: len(asked)]} <= {200, 503}
    assert {answer.status_code for answer in answers[len(asked) :]} == {200}
    path = f"/v1/jobs/{job_id}/facts"
    log = (await client.get(path, headers=an_organisation.dispatcher.headers)).json()["items"]
    recorded = sorted(each["record"]["note_added"]["text"] for each in log if each["kind"] == "note_added")
    assert recorded == ["0", "1", "2"]


async def test_a_preview_that_a_push_with_the_same_fact_id_forestalls_sees_what_that_push_left(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    desk, _ = both(client, an_organisation)
    planned = [await planned_job(desk, an_organisation.outlet_id, an_organisation.technician) for _ in range(2)]
    first, second = [fact(job_id, id=str(uuid4())) for job_id, _ in planned]
    second["id"] = first["id"]
    async with open_transaction(database) as db:
        await record(db, batch(desk.person), [encoded(first)])
        asked = asyncio.create_task(ask(client, desk.person, body_of([second])))
        await until_somebody_waits(database)
        await db.commit()
    foreseen = await asked
    assert [(each["outcome"], each["answer"]["code"]) for each in foreseen.json()["outcomes"]] == [
        ("quarantined", "fact_id_reused")
    ]


@pytest.mark.parametrize("body", [b"", b"{", b'{"facts":7}'])
async def test_what_is_no_push_is_refused_as_a_push_is(
    client: AsyncClient, an_organisation: Organisation, body: bytes
) -> None:
    asked = await ask(client, an_organisation.technician, body)
    pushed = await push_bytes(client, an_organisation.technician, body)
    assert (asked.status_code, asked.json()["code"]) == (pushed.status_code, pushed.json()["code"])
