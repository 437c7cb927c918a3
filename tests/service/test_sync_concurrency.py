"""Pushes at the same moment: one effect each, equal answers, no deadlock, and no document that forgets a fact."""

import asyncio
from uuid import UUID, uuid4

from httpx import AsyncClient

from service.database import Database
from service.recording.recording import record
from service.store.tables import cases, facts, jobs, quarantine
from tests.builders.fleet import (
    a_site,
    assert_folded,
    batch,
    both,
    day,
    encoded,
    fact,
    open_transaction,
    planned_job,
    push_bytes,
    push_each,
    said,
    stored,
    until_somebody_waits,
)
from tests.builders.organisations import Organisation
from tests.builders.phone import job_opened, visit_planned


async def test_pushes_about_one_job_at_the_same_moment_all_stand_in_its_document(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await asyncio.gather(
        *(push_each(client, an_organisation.dispatcher, [encoded(fact(job_id))]) for _ in range(8)),
        push_each(client, phone.person, [encoded(each) for each in day(phone, job_id, visit_id)]),
    )
    assert len(await stored(database, facts, facts.c.job_id == job_id)) == 2 + 8 + 5
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_the_same_push_twice_at_the_same_moment_has_one_effect_and_equal_answers(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    new_job = uuid4()
    batch = [
        encoded(fact(new_job, "job_opened", job_opened(an_organisation.outlet_id))),
        encoded(fact(new_job)),
        encoded(fact(uuid4())),
        b'{"id":"unreadable"}',
    ]
    answers = await asyncio.gather(*(push_each(client, an_organisation.dispatcher, batch) for _ in range(5)))
    firsts = [each.outcome for each in answers[0]], [each.outcome for each in answers[1]]
    assert {tuple(bytes(each.answer) for each in answer) for answer in answers} == {
        tuple(bytes(each.answer) for each in answers[0])
    }, firsts
    fresh = ("recorded", "recorded", "quarantined", "unreadable")
    assert sorted(tuple(each.outcome for each in answer) for answer in answers) == [*[("duplicate",) * 4] * 4, fresh]
    assert len(await stored(database, facts)) == 2
    assert len(await stored(database, quarantine)) == 2
    assert len(await stored(database, cases)) == 2


async def test_pushes_over_the_same_jobs_in_opposite_order_do_not_wait_for_each_other(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_ids = [(await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0] for _ in range(6)]
    orders = [job_ids, job_ids[::-1], job_ids[3:] + job_ids[:3], job_ids[::-2] + job_ids[::2]] * 3
    pushes = [
        push_each(client, an_organisation.dispatcher, [encoded(fact(job_id)) for job_id in order]) for order in orders
    ]
    for answer in await asyncio.gather(*pushes):
        assert {each.outcome for each in answer} == {"recorded"}
    assert len(await stored(database, facts)) == 6 * (2 + len(orders))
    await assert_folded(database, an_organisation.org_id, *job_ids)


async def test_two_new_jobs_with_one_id_become_one_job_and_both_openings_are_kept(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    job_id, dispatcher = uuid4(), an_organisation.dispatcher
    openings = [
        encoded(fact(job_id, "job_opened", job_opened(an_organisation.outlet_id, symptom=symptom)))
        for symptom in ("不制冷", "漏水", "异响")
    ]
    answers = await asyncio.gather(*(push_each(client, dispatcher, [opening]) for opening in openings))
    assert {answer[0].outcome for answer in answers} <= {"recorded", "recorded_with_findings"}
    assert len(await stored(database, jobs)) == 1
    assert len(await stored(database, facts, facts.c.job_id == job_id)) == 3
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_of_twenty_facts_with_one_id_in_as_many_jobs_one_is_recorded_and_the_others_are_kept(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_ids = [(await planned_job(desk, an_organisation.outlet_id, an_organisation.technician))[0] for _ in range(20)]
    one = str(uuid4())
    pushes = [push_each(client, an_organisation.dispatcher, [encoded(fact(job_id, id=one))]) for job_id in job_ids]
    said_of_each = [answer[0] for answer in await asyncio.gather(*pushes)]
    assert sorted(each.outcome for each in said_of_each) == [*["quarantined"] * 19, "recorded"]
    assert {each.code for each in said_of_each} == {None, "fact_id_reused"}
    assert len(await stored(database, quarantine)) == 19
    await assert_folded(database, an_organisation.org_id, *job_ids)


async def test_a_push_whose_answer_was_lost_is_answered_the_same_when_it_is_sent_again(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    job_id, visit_id = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    body = b'{"facts":[%b]}' % b",".join(encoded(each) for each in day(phone, job_id, visit_id))
    lost = await push_bytes(client, phone.person, body)
    again = await push_bytes(client, phone.person, body)
    assert [bytes(each.answer) for each in said(again)] == [bytes(each.answer) for each in said(lost)]
    assert {each.outcome for each in said(again)} == {"duplicate"}


async def test_a_push_that_had_to_wait_for_another_goes_on_from_what_the_other_left(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    job_id, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    async with open_transaction(database) as db:
        await record(db, batch(desk.person), [encoded(fact(job_id))])
        second = asyncio.create_task(push_each(client, desk.person, [encoded(fact(job_id))]))
        await until_somebody_waits(database)
        await db.commit()
    assert [each.outcome for each in await second] == ["recorded"]
    await assert_folded(database, an_organisation.org_id, job_id)


async def test_what_is_set_aside_by_two_pushes_at_the_same_moment_is_kept_once_and_answered_the_same(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    sent = [encoded(fact(uuid4())), b'{"id":"unreadable"}']
    async with open_transaction(database) as db:
        first = await record(db, batch(desk.person), sent)
        second = asyncio.create_task(push_each(client, desk.person, sent))
        await until_somebody_waits(database)
        await db.commit()
    assert [(each.outcome, bytes(each.answer)) for each in await second] == [
        ("duplicate", answer) for answer in first.answers
    ]
    assert len(await stored(database, quarantine)) == 2


async def test_two_people_who_record_about_the_same_jobs_and_sites_in_turn_never_lock_each_other_out(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    site_ids = [await a_site(database, an_organisation) for _ in range(6)]
    technician = an_organisation.technician.actor.member_id

    def opened_at(some: list[UUID]) -> list[bytes]:
        made = [(uuid4(), job_opened(an_organisation.outlet_id, site_id=str(site_id))) for site_id in some]
        plan = visit_planned(technician)
        return [
            *(encoded(fact(job_id, "job_opened", opening)) for job_id, opening in made),
            *(encoded(fact(job_id, "visit_planned", plan, visit_id=str(uuid4()))) for job_id, _ in made),
        ]

    batches = [opened_at(site_ids), opened_at(site_ids[::-1])] * 3
    for answer in await asyncio.gather(*(push_each(client, desk.person, each) for each in batches)):
        assert {each.outcome for each in answer} <= {"recorded", "duplicate"}


async def test_one_fact_of_an_unknown_job_from_two_devices_at_one_moment_is_held_once_and_answered_once(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    sent = [encoded(fact(uuid4()))]
    async with open_transaction(database) as db:
        first = await record(db, batch(desk.person), sent)
        second = asyncio.create_task(push_each(client, phone.person, sent))
        await until_somebody_waits(database)
        await db.commit()
    assert [(each.outcome, bytes(each.answer)) for each in await second] == [("duplicate", first.answers[0])]
    assert len(await stored(database, quarantine)) == 1


async def test_facts_of_unknown_jobs_in_opposite_order_from_many_devices_are_each_held_once(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    people = both(client, an_organisation)
    sent = [encoded(fact(uuid4())) for _ in range(20)]
    pushes = [push_each(client, each.person, order) for each in people for order in (sent, sent[::-1]) * 2]
    answers = [{bytes(each.answer) for each in answer} for answer in await asyncio.gather(*pushes)]
    assert all(answer == answers[0] for answer in answers)
    assert len(await stored(database, quarantine)) == len(sent)
