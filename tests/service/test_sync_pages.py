"""What a pull sends first, and how much at once."""

import json

from httpx import AsyncClient

from tests.builders.fleet import both, planned_job
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone


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
