"""What a pull sends first, and how much at once."""

import json
from uuid import uuid4

import pytest
from httpx import AsyncClient

from service.database import Database
from tests.builders.fleet import a_site, both, planned_job
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone, job_opened, visit_planned


async def test_what_must_go_comes_first_then_what_is_due_today_then_the_rest(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    technician, outlet_id = an_organisation.technician, an_organisation.outlet_id
    gone, visit_id = await planned_job(desk, outlet_id, technician)
    await phone.pull()
    next_week, _ = await planned_job(desk, outlet_id, technician, begins=7 * 24 * 60)
    today, _ = await planned_job(desk, outlet_id, technician, begins=8 * 60)
    away = {"side": "customer", "reason": "改期"}
    await desk.push(desk.fact(gone, "visit_cancelled", away, visit_id=visit_id, minute=2))

    pages = [await phone.pull(limit=1) for _ in range(3)]

    told = [(page["withdrawn"] or page["jobs"])[0]["id"] for page in pages]
    assert told == [str(gone), str(today), str(next_week)]
    assert [page["more"] for page in pages] == [True, True, False]


@pytest.mark.parametrize("how", ["another job there", "another job there in the same push", "the job itself moved"])
async def test_the_card_of_a_site_comes_with_the_first_work_there(
    client: AsyncClient, database: Database, an_organisation: Organisation, how: str
) -> None:
    desk, phone = both(client, an_organisation)
    technician, outlet_id = an_organisation.technician, an_organisation.outlet_id
    site = {"site_id": str(await a_site(database, an_organisation))}
    for _ in range(3):
        await planned_job(desk, outlet_id, technician, begins=7 * 24 * 60)
    soon, visit_id, late = uuid4(), uuid4(), uuid4()
    if how == "another job there in the same push":
        opened = [desk.fact(each, "job_opened", job_opened(outlet_id, **site)) for each in (soon, late)]
        at = {soon: 8 * 60, late: 7 * 24 * 60}
        plans = {each: visit_planned(technician.actor.member_id, minute=begins) for each, begins in at.items()}
        visits = [desk.fact(each, "visit_planned", plan, visit_id=uuid4()) for each, plan in plans.items()]
        await desk.push(*opened, *visits)
    else:
        soon, visit_id = await planned_job(desk, outlet_id, technician, begins=7 * 24 * 60, **site)
        await phone.pull()
    if how == "another job there":
        soon, _ = await planned_job(desk, outlet_id, technician, begins=8 * 60, **site)
    if how == "the job itself moved":
        times = visit_planned(technician.actor.member_id, minute=8 * 60)
        del times["technician_id"]
        sooner = {**times, "asked_by": "customer", "customer_agreed": True}
        await desk.push(desk.fact(soon, "visit_replanned", sooner, visit_id=visit_id, minute=2))

    page = await Phone(client, technician).pull(limit=2)

    assert ([job["id"] for job in page["jobs"]], [card["id"] for card in page["sites"]]) == (
        [str(soon)],
        [site["site_id"]],
    )


async def test_a_page_stays_within_its_bytes_but_never_holds_nothing(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    for _ in range(4):
        await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    size = len(json.dumps((await desk.pull())["jobs"][0], ensure_ascii=False, separators=(",", ":")).encode())

    told = [len((await phone.pull(budget_bytes=2 * size + 10))["jobs"]) for _ in range(2)]
    last = [len((await Phone(client, phone.person).pull(budget_bytes=1))["jobs"]) for _ in range(1)]

    assert (told, last) == ([2, 2], [1])


async def test_an_empty_pull_is_answered_in_less_than_two_hundred_bytes(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, _ = both(client, an_organisation)
    await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    await desk.pull()
    assert len((await desk.ask()).content) < 200
