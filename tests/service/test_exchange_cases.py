"""Grounds for an exchange open as cases by themselves, and are cleared when they go (R26 to R28)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from domain.customers import AssetContent
from service.settings import Settings
from service.store.tables import assets
from service.store.tables import cases as case_rows
from service.store.work import tasks
from service.work.crew import Crew
from service.work.repair_clocks import REPAIR_CLOCKS
from service.work.turn import NoDetails
from tests.builders.fleet import open_transaction, until_somebody_waits
from tests.builders.sample_desk import DISPATCHER, ELSEWHERE, Desk
from tests.builders.sample_plans import opened
from tests.service.test_sync_cost import watched
from tests.service.test_warranty import SITE, a_new_asset, repaired

DAYS_40 = timedelta(days=40)


async def cases(desk: Desk, login: str = DISPATCHER, **query: str) -> list[dict[str, Any]]:
    answer = await desk.ask(login, "GET", "/v1/cases", params={"kind": "exchange", **query})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def the_case(desk: Desk, case_id: str) -> dict[str, Any]:
    return dict((await desk.ask(DISPATCHER, "GET", f"/v1/cases/{case_id}")).json())


async def third_fault(desk: Desk) -> tuple[str, list[str]]:
    """An asset, and its three jobs; the third has just been reported."""
    asset_id = await a_new_asset(desk)
    done = [await repaired(desk, asset_id, 1), await repaired(desk, asset_id, 3)]
    assert await cases(desk) == []
    return asset_id, [*done, (await opened(desk, asset_id=asset_id, site_id=SITE))["id"]]


async def changed(desk: Desk, asset_id: str, **told: str) -> None:
    """The desk writes down more of the asset, and leaves the rest as it was."""
    asset = (await desk.ask(DISPATCHER, "GET", f"/v1/assets/{asset_id}")).json()
    kept = {name: asset[name] for name in AssetContent.__struct_fields__}
    path, body = f"/v1/assets/{asset_id}", {**kept, **told}
    answer = await desk.ask(DISPATCHER, "PUT", path, json=body, version=asset["version"])
    assert answer.status_code == 200, answer.text


async def test_the_third_quality_fault_opens_a_case_and_a_cancelled_job_clears_it(desk: Desk) -> None:
    asset_id, jobs = await third_fault(desk)

    (line,) = await cases(desk)
    case = await the_case(desk, line["id"])
    assert (case["code"], case["job_id"], case["severity"]) == ("exchange_after_repairs", jobs[2], "serious")
    assert (case["exchange"]["asset_id"], case["exchange"]["rule"]) == (asset_id, "R26")
    assert sorted(case["exchange"]["job_ids"]) == sorted(jobs)
    assert case["en"] == "Repaired 2 times within the term and faulty again: exchange or return on the repair records"

    job = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{jobs[2]}")).json()
    path, body = f"/v1/jobs/{jobs[2]}/cancellation", {"side": "customer", "reason": "误报"}
    assert (await desk.ask(DISPATCHER, "POST", path, json=body, version=job["version"])).status_code == 200

    assert [each["state"] for each in await cases(desk)] == ["cleared"]


async def test_what_a_person_decided_stays_decided_whatever_is_recorded_afterwards(desk: Desk) -> None:
    asset_id, _ = await third_fault(desk)
    (line,) = await cases(desk)
    decision = {"choice": "accept", "reason": "已换货"}
    decided = await desk.ask(DISPATCHER, "POST", f"/v1/cases/{line['id']}/decision", json=decision)
    assert decided.status_code == 200, decided.text

    await opened(desk, asset_id=asset_id, site_id=SITE)

    case = await the_case(desk, line["id"])
    assert (case["state"], case["decision"]["reason"]) == ("decided", "已换货")
    assert len(await cases(desk)) == 1


async def test_another_outlet_does_not_see_the_case(desk: Desk) -> None:
    await third_fault(desk)

    assert await cases(desk, ELSEWHERE) == []


async def test_an_invoice_entered_late_moves_the_term_and_clears_the_case(desk: Desk) -> None:
    asset_id, _ = await third_fault(desk)

    await changed(desk, asset_id, invoiced_on="2010-01-01")

    assert [each["state"] for each in await cases(desk)] == ["cleared"]


async def test_faults_of_the_goods_that_were_exchanged_are_no_ground_against_those_given_for_them(desk: Desk) -> None:
    asset_id, _ = await third_fault(desk)
    tomorrow = (datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=1)).isoformat()

    await changed(desk, asset_id, exchanged_on=tomorrow, serial_number="LS-KF35-NEW")

    assert [each["state"] for each in await cases(desk)] == ["cleared"]


async def test_two_who_report_about_one_asset_take_turns_so_that_the_later_one_sees_the_earlier(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    async with open_transaction(desk.database) as db:
        await db.execute(select(assets.c.id).where(assets.c.id == UUID(asset_id)).with_for_update())
        waiting = asyncio.create_task(opened(desk, asset_id=asset_id, site_id=SITE))
        await until_somebody_waits(desk.database)
        assert not waiting.done()

    assert (await waiting)["asset_id"] == asset_id


async def test_a_repair_that_lasts_too_long_is_found_by_the_daily_look_and_never_twice(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    reported_at = (datetime.now(ZoneInfo("Asia/Shanghai")) - DAYS_40).isoformat()
    late = await opened(desk, asset_id=asset_id, site_id=SITE, reported_at=reported_at)
    await opened(desk, asset_id=asset_id, site_id=SITE)
    async with desk.database.transaction() as db:
        await db.execute(delete(case_rows))

    crew = Crew(desk.database, Settings(), [REPAIR_CLOCKS])
    for _ in range(2):
        async with desk.database.transaction() as db:
            await tasks.ask(db, desk.card.org_id, REPAIR_CLOCKS.name, NoDetails())
        await crew.look()
        await crew.idle()

    found = await cases(desk)
    assert [(each["code"], each["job_id"]) for each in found] == [("repair_clock_over", late["id"])]
    assert found[0]["severity"] == "serious"


async def test_a_job_without_an_asset_costs_no_statement_and_one_with_it_a_fixed_number(desk: Desk) -> None:
    counts = []
    for count in (0, 1, 3):
        asset_ids = [await a_new_asset(desk) for _ in range(count)]
        about = [{"asset_id": each} for each in asset_ids] or [{}]
        ids = {"customer_id": None, "site_id": None}
        facts = []
        for number, more in enumerate(about):
            job = await opened(desk)
            copy = {"outlet_id": job["outlet_id"], "work_type": "repair", **ids, **more}
            job_id = f"00000000-0000-4000-8000-0000000{count}{number:04}"
            at = datetime.now(ZoneInfo("UTC")).isoformat()
            facts.append({"id": job_id, "job_id": job_id, "happened_at": at, "job_opened": copy})
        with watched(desk.database) as seen:
            answer = await desk.ask(DISPATCHER, "POST", "/v1/sync/push", json={"facts": facts})
        assert answer.status_code == 200, answer.text
        assert {each["outcome"] for each in answer.json()["outcomes"]} == {"recorded"}
        counts.append(len(seen.statements))
    assert counts[1] == counts[2] == counts[0] + 5
