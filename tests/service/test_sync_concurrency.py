"""Pushes at the same moment: one effect each, equal answers, no deadlock, and no document that forgets a fact."""

import asyncio
from uuid import uuid4

from httpx import AsyncClient

from service.database import Database
from service.store.tables import cases, facts, jobs, quarantine
from tests.fleet import assert_folded, both, day, encoded, fact, planned_job, push_bytes, push_each, said, stored
from tests.organisations import Organisation
from tests.phone import job_opened


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
