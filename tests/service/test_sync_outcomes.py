"""One outcome for each fact: recorded once, answered the same for ever, kept byte for byte when it cannot be read."""

import re
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from httpx import AsyncClient

from domain.people.actor import Role
from service.database import Database
from service.store.tables import cases, documents, facts, jobs, quarantine
from sync.protocol import FACTS_PER_PUSH
from tests.builders.fleet import (
    a_person,
    a_site,
    assert_folded,
    both,
    codes,
    day,
    encoded,
    fact,
    outcomes,
    planned_job,
    push_bytes,
    push_each,
    stored,
)
from tests.builders.organisations import Organisation
from tests.builders.phone import job_opened, visit_planned

FACT = '"id":"0197f0b2-0000-7000-8000-%012x","job_id":"%s","happened_at":"2026-11-01T08:00:00Z"'
NAMED = re.compile(rb'^"(\w+)":')

# What stands in the place of a note's body and its comma, and the code it is kept under.
BROKEN: dict[str, tuple[bytes, str]] = {
    "a word that is no JSON": (b'"note_added":{"text":tru}', "fact_malformed"),
    "a number that is no JSON": (b'"seq":01,"note_added":{"text":"a"}', "fact_malformed"),
    "a comma too many": (b'"note_added":{"text":"a"},', "fact_malformed"),
    "bytes that are not UTF-8": (b'"note_added":{"text":"\xff\xfe"}', "fact_malformed"),
    "an overlong NUL": (b'"note_added":{"text":"\xc0\x80"}', "fact_malformed"),
    "a raw control character": (b'"note_added":{"text":"\x00"}', "fact_malformed"),
    "a lone surrogate": (b'"note_added":{"text":"\\ud800"}', "fact_malformed"),
    "an escape that does not exist": (b'"note_added":{"text":"\\q"}', "fact_malformed"),
    "ten thousand brackets": (b'"x":%b%b,"note_added":{"text":"a"}' % (b"[" * 10_000, b"]" * 10_000), "fact_malformed"),
    "forty brackets": (b'"x":%b%b,"note_added":{"text":"a"}' % (b"[" * 40, b"]" * 40), "fact_malformed"),
    "a NUL": (b'"note_added":{"text":"a\\u0000"}', "fact_invalid"),
    "a text that is a number": (b'"note_added":{"text":7}', "fact_invalid"),
    "a text that is missing": (b'"note_added":{}', "fact_invalid"),
    "a counter of 2^63": (b'"seq":9223372036854775808,"note_added":{"text":"a"}', "fact_invalid"),
    "a counter of 400 digits": (b'"seq":%b,"note_added":{"text":"a"}' % (b"9" * 400), "fact_invalid"),
    "a counter of 5000 digits": (b'"seq":%b,"note_added":{"text":"a"}' % (b"9" * 5000), "fact_invalid"),
    "a counter below zero": (b'"seq":-1,"note_added":{"text":"a"}', "fact_invalid"),
    "the year 1": (b'"happened_at":"0001-01-01T00:00:00+14:00","note_added":{"text":"a"}', "fact_invalid"),
    "the year 9999": (b'"happened_at":"9999-12-31T23:59:59-14:00","note_added":{"text":"a"}', "fact_invalid"),
    "a time without a zone": (b'"happened_at":"2026-11-01T08:00:00","note_added":{"text":"a"}', "fact_invalid"),
    "a leap second": (b'"happened_at":"2026-06-30T23:59:60Z","note_added":{"text":"a"}', "fact_invalid"),
    "a job that is no id": (b'"job_id":"J-1","note_added":{"text":"a"}', "fact_invalid"),
    "no kind": (b'"x":1', "fact_kind_unknown"),
    "a kind of a later app": (b'"painted":{"colour":"red"}', "fact_kind_unknown"),
    "two kinds": (b'"note_added":{"text":"a"},"visit_accepted":{}', "fact_kind_ambiguous"),
    "no visit": (b'"arrived":{}', "fact_visit_missing"),
    "a text typed twice": (b'"note_added":{"text":"a","text":"b"}', "fact_name_twice"),
    "a job twice": (b'"note_added":{"text":"a"},"job_id":"0197f0b2-0000-7000-8000-000000000000"', "fact_name_twice"),
}


def broken(job_id: UUID, number: int, tail: bytes) -> bytes:
    """A fact that ends so; what the tail says itself is not said before it."""
    said = NAMED.match(tail)
    told = (FACT % (number, job_id)).encode().split(b",")
    return b"{%b,%b}" % (b",".join(each for each in told if said is None or not each.startswith(said[0])), tail)


async def test_a_repeat_gets_its_first_answer_byte_for_byte(client: AsyncClient, an_organisation: Organisation) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    sent = [
        *(encoded(each) for each in day(phone, job_id, visit_id)),
        encoded(fact(uuid4())),
        broken(job_id, 1, b'"arrived":{}'),
    ]
    first = await push_each(client, phone.person, sent)
    told = [each.outcome for each in first]
    assert told == [*["recorded"] * 4, "recorded_with_findings", "quarantined", "unreadable"]
    await desk.push(desk.fact(job_id, "job_cancelled", {"side": "customer", "reason": "已自行修好"}, minute=300))
    again = await push_each(client, phone.person, sent[::-1])
    assert {each.outcome for each in again} == {"duplicate"}
    assert [bytes(each.answer) for each in again[::-1]] == [bytes(each.answer) for each in first]


@pytest.mark.parametrize(
    "respelt",
    [
        lambda record: msgspec.json.encode(dict(reversed(record.items()))),
        lambda record: msgspec.json.format(msgspec.json.encode(record), indent=4),
        lambda record: msgspec.json.encode({**record, "visit_id": None, "arrived": None}),
        lambda record: msgspec.json.encode(record).replace("压".encode(), b"\\u538b"),
    ],
    ids=["other order", "other spaces", "nulls for what is absent", "escaped"],
)
async def test_the_same_content_spelt_otherwise_is_a_repeat(
    client: AsyncClient, an_organisation: Organisation, respelt: Any
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    record = fact(job_id)
    (first,) = await push_each(client, desk.person, [encoded(record)])
    (again,) = await push_each(client, desk.person, [respelt(record)])
    assert (again.outcome, bytes(again.answer)) == ("duplicate", bytes(first.answer))


async def test_an_id_used_for_other_content_is_set_aside_and_the_first_stays_as_it_is(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    record = fact(job_id)
    other = encoded({**record, "note_added": {"text": "另一句"}})
    await push_each(client, desk.person, [encoded(record)])
    before = await stored(database, facts)
    (reused,) = await push_each(client, desk.person, [other])
    (again,) = await push_each(client, desk.person, [other])
    assert (reused.outcome, reused.code) == ("quarantined", "fact_id_reused")
    assert (again.outcome, bytes(again.answer)) == ("duplicate", bytes(reused.answer))
    assert await stored(database, facts) == before
    (held,) = await stored(database, quarantine)
    assert held["record"] == other
    (case,) = await stored(database, cases, cases.c.kind == "quarantine")
    assert (case["id"], case["state"], case["outlet_id"]) == (held["id"], "open", an_organisation.outlet_id)


async def test_repeats_inside_a_batch_count_once_whatever_became_of_the_first(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    record, elsewhere = fact(job_id), encoded(fact(uuid4()))
    reused, strict = encoded({**record, "note_added": {"text": "另一句"}}), encoded(fact(uuid4(), strict=True))
    unreadable = broken(job_id, 1, b'"x":1')
    four = [encoded(record), reused, elsewhere, unreadable, strict]
    told = await push_each(client, desk.person, four + four + four)
    assert [each.outcome for each in told[:5]] == ["recorded", "quarantined", "quarantined", "unreadable", "refused"]
    assert [each.outcome for each in told[5:]] == [*["duplicate"] * 4, "refused"] * 2
    assert [bytes(each.answer) for each in told[5:10]] == [bytes(each.answer) for each in told[:5]]
    assert len(await stored(database, quarantine)) == 3
    assert len(await stored(database, cases, cases.c.kind == "quarantine")) == 3
    assert len(await stored(database, facts)) == 3


@pytest.mark.parametrize(("tail", "code"), BROKEN.values(), ids=BROKEN)
async def test_what_cannot_be_read_is_kept_byte_for_byte_beside_facts_that_are_recorded(
    client: AsyncClient, database: Database, an_organisation: Organisation, tail: bytes, code: str
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    unreadable = broken(job_id, 1, tail)
    told = await push_each(client, desk.person, [encoded(fact(job_id)), unreadable, encoded(fact(job_id))])
    assert [each.outcome for each in told] == ["recorded", "unreadable", "recorded"]
    assert told[1].code == code
    (held,) = await stored(database, quarantine)
    assert held["record"] == unreadable
    (case,) = await stored(database, cases, cases.c.kind == "quarantine")
    assert msgspec.json.decode(told[1].answer)["case_id"] == str(held["id"]) == str(case["id"])
    (again,) = await push_each(client, desk.person, [unreadable])
    assert (again.outcome, bytes(again.answer)) == ("duplicate", bytes(told[1].answer))
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_one_bad_fact_among_two_hundred_leaves_the_others_recorded(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_ids = [(await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0] for _ in range(4)]
    batch = [encoded(fact(job_ids[number % 4])) for number in range(200)]
    batch[117] = broken(job_ids[0], 1, b'"note_added":{"text":tru}')
    told = await push_each(client, desk.person, batch)
    assert [each.index for each in told] == list(range(200))
    assert [each.index for each in told if each.outcome != "recorded"] == [117]
    assert msgspec.json.decode(told[117].answer)["detail"]
    assert len(await stored(database, facts)) == 199 + 8
    await assert_folded(database, an_organisation.org_id, *job_ids)


@pytest.mark.parametrize("others", [0, 2])
async def test_a_fact_that_broke_off_inside_a_text_leaves_the_phone_after_one_push_and_the_others_after_two(
    client: AsyncClient, database: Database, an_organisation: Organisation, others: int
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, phone.person)
    before, one, two, *after = (encoded(fact(job_id)) for _ in range(3 + others))
    ran_together = [one[:-8], two[:-8]]
    outbox, pushes = [before, *ran_together, *after], 0
    while outbox:
        told = await push_each(client, phone.person, outbox)
        assert 0 < len(told) <= len(outbox)
        assert [each.index for each in told] == list(range(len(told)))
        outbox, pushes = outbox[len(told) :], pushes + 1
    assert pushes == 2 + (others > 0)
    assert len(await stored(database, facts, facts.c.kind == "note_added")) == 1 + others
    held = b"".join(row["record"] for row in await stored(database, quarantine))
    assert all(each in held for each in ran_together)


async def test_a_fact_that_was_unreadable_and_is_mended_by_a_newer_app_is_recorded(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    record = fact(job_id)
    sent = [encoded({**record, "note_added": {"text": 7}}), encoded(record)]
    told = [(await push_each(client, desk.person, [each]))[0].outcome for each in sent]
    assert told == ["unreadable", "recorded"]


async def test_a_strict_refusal_leaves_no_trace(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    before = [await stored(database, table) for table in (facts, jobs, documents, quarantine, cases)]
    answer = await phone.push(
        phone.fact(job_id, "work_started", {}, visit_id=visit_id, minute=60, strict=True),
        phone.fact(uuid4(), "note_added", {"text": "a"}, strict=True),
        phone.fact(job_id, "job_cancelled", {"side": "company", "reason": "a"}, strict=True),
    )
    assert outcomes(answer) == ["refused"] * 3
    assert codes(answer)[1:] == ["job_unknown", "role_may_not_record"]
    assert answer["outcomes"][0]["answer"]["findings"]
    assert [await stored(database, table) for table in (facts, jobs, documents, quarantine, cases)] == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "body_missing"),
        (b"{", 400, "malformed_json"),
        (b'{"facts":[{', 400, "malformed_json"),
        (b'{"facts":[{}],"device_clock":tru}', 400, "malformed_json"),
        (b"\xff", 400, "malformed_json"),
        (b"[" * 200_000, 400, "nested_too_deeply"),
        (b"[]", 422, "invalid_body"),
        (b'{"facts":{}}', 422, "invalid_body"),
        (b'{"facts":{},"device_clock":"yesterday"}', 422, "invalid_body"),
        (b'{"facts":[],"schema":"new"}', 422, "invalid_body"),
        (b'{"facts":[%b]}' % b",".join([b"{}"] * (FACTS_PER_PUSH + 1)), 422, "invalid_body"),
        (b'{"facts":[%b]}' % b",".join([b"{tru}"] * (FACTS_PER_PUSH + 1)), 400, "malformed_json"),
        (b'{"facts":["%b"]}' % (b"x" * (4 * 1024 * 1024)), 413, "body_too_large"),
    ],
    ids=lambda value: repr(value)[:24],
)
async def test_a_push_that_is_no_push_is_refused_whole(
    client: AsyncClient, database: Database, an_organisation: Organisation, body: bytes, status: int, code: str
) -> None:
    answer = await push_bytes(client, an_organisation.technician, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not await stored(database, facts)
    assert not await stored(database, quarantine)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (b'{"facts":[%b]}' % b",".join([b"{}"] * (FACTS_PER_PUSH + 1)), [("/facts", "too_long")]),
        (b'{"facts":[{},1],"purged":["x"]}', [("/purged/0", "malformed_id")]),
    ],
    ids=lambda value: repr(value)[:24],
)
async def test_a_push_is_not_refused_for_what_its_facts_are(
    client: AsyncClient, an_organisation: Organisation, body: bytes, errors: list[tuple[str, str]]
) -> None:
    answer = await push_bytes(client, an_organisation.technician, body)

    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == errors


@pytest.mark.parametrize(
    "said_of_the_device",
    [
        b'"device_clock":"yesterday"',
        b'"device_clock":"2025-07-01T00:00:00"',
        b'"device_clock":1751328000',
        b'"device_clock":"0001-01-01T00:00:00+14:00"',
        b'"uptime_ms":-1',
        b'"uptime_ms":"long"',
        b'"boot_id":7',
        b'"boot_id":""',
        b'"boot_id":"\\u0000"',
        b'"cursor":7',
        b'"purged":["0197a000-0000-7000-8000-0000000000aa"],"purged_cursor":7',
        b'"device_clock":"","uptime_ms":1e99,"boot_id":null,"cursor":"\\u0000"',
    ],
)
async def test_a_device_with_a_broken_clock_or_cursor_hands_over_its_facts_as_one_without(
    client: AsyncClient, an_organisation: Organisation, said_of_the_device: bytes
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    body = b'{%b,"facts":[%b,{"id":1}]}' % (said_of_the_device, encoded(fact(job_id)))

    answer = await push_bytes(client, an_organisation.dispatcher, body)

    assert answer.status_code == 200, answer.text
    assert outcomes(answer.json()) == ["recorded", "unreadable"]
    if b"device_clock" in said_of_the_device:
        assert answer.json()["clock_offset_ms"] is None
    if b'"cursor"' in said_of_the_device:
        assert answer.json()["changes"]["reset"]


@pytest.mark.parametrize("cursor", ["garbage", "", "AAAA", "\ud7ff" * 9])
async def test_a_cursor_that_cannot_be_read_holds_no_fact_up(
    client: AsyncClient, an_organisation: Organisation, cursor: str
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    answer = await desk.push(fact(job_id), cursor=cursor)
    assert outcomes(answer) == ["recorded"]
    assert answer["changes"]["reset"]
    assert [job["id"] for job in answer["changes"]["jobs"]] == [str(job_id)]


async def test_one_visit_id_in_two_jobs_and_overlapping_plans_stop_nothing(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    visit_id, technician = uuid4(), an_organisation.technician.actor.member_id
    job_ids = [uuid4(), uuid4()]
    batch = [
        each
        for job_id in job_ids
        for each in (
            desk.fact(job_id, "job_opened", job_opened(an_organisation.outlet_id)),
            desk.fact(job_id, "visit_planned", visit_planned(technician), visit_id=visit_id),
            desk.fact(job_id, "visit_planned", visit_planned(technician, minutes=30), visit_id=uuid4()),
        )
    ]
    assert outcomes(await desk.push(*batch)) == ["recorded"] * 6
    assert {case["kind"] for case in await stored(database, cases)} == {"booking"}
    await assert_folded(database, an_organisation.org_id, *job_ids)


async def test_nothing_is_said_to_be_recorded_in_an_outlet_that_does_not_exist(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    everywhere = await a_person(database, an_organisation, Role.ADMIN, "ADMIN")
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    early = {"happened_at": "2026-01-01T08:00:00Z"}
    told = await push_each(
        client,
        everywhere,
        [
            encoded(fact(uuid4(), "job_opened", job_opened(uuid4()))),
            encoded({**fact(job_id, "job_opened", job_opened(uuid4())), **early}),
            encoded(fact(job_id)),
        ],
    )
    assert [(each.outcome, each.code) for each in told] == [
        ("quarantined", "job_unknown"),
        ("quarantined", "job_unknown"),
        ("recorded", None),
    ]
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_a_job_that_takes_the_id_of_a_site_neither_shows_nor_harms_the_site(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    site_id = await a_site(database, an_organisation)
    await planned_job(desk, an_organisation.outlet_id, an_organisation.technician, site_id=str(site_id))
    (card,) = await stored(database, documents, documents.c.id == site_id)
    (told,) = await push_each(
        client, desk.person, [encoded(fact(site_id, "job_opened", job_opened(an_organisation.outlet_id)))]
    )
    assert (told.outcome, told.code) == ("quarantined", "job_unknown")
    assert await stored(database, documents, documents.c.id == site_id) == [card]
