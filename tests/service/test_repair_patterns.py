"""Repairs that stand out together open a case by the daily look (R11), by limits that the organisation may set."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from service.settings import Settings
from service.store.work import tasks
from service.work.crew import Crew
from service.work.repair_patterns import REPAIR_PATTERNS
from service.work.turn import NoDetails
from tests.builders.sample_desk import ADMIN, DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import WANG
from tests.service.test_warranty import a_new_asset, repaired

PATH = "/v1/pattern-limits"


async def looked(desk: Desk) -> list[dict[str, Any]]:
    """The cases of patterns after the daily look."""
    async with desk.database.transaction() as db:
        await tasks.ask(db, desk.card.org_id, REPAIR_PATTERNS.name, NoDetails())
    crew = Crew(desk.database, Settings(), [REPAIR_PATTERNS])
    await crew.look()
    await crew.idle()
    answer = await desk.ask(DISPATCHER, "GET", "/v1/cases", params={"kind": "pattern"})
    return list(answer.json()["items"])


async def limited(desk: Desk, **limits: int) -> None:
    version = (await desk.ask(ADMIN, "GET", PATH)).json()["version"]
    answer = await desk.ask(ADMIN, "PUT", PATH, json=limits, version=version)
    assert answer.status_code == 200, answer.text


async def ended(desk: Desk, asset_id: str, hours: float, part_code: str | None) -> str:
    """A repair to its end, so that it counts among the technician's."""
    job_id = await repaired(desk, asset_id, hours, part_code=part_code)
    job = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job_id}")).json()
    address = f"/v1/jobs/{job_id}/visits/{job['visits'][0]['id']}"
    for path, body in (("sign-offs", {"method": "signature"}), ("endings", {"outcome": "solved"})):
        answer = await desk.ask(TECHNICIAN, "POST", f"{address}/{path}", json=body)
        assert answer.status_code == 201, (path, answer.text)
    return job_id


async def test_one_part_replaced_again_on_one_appliance_is_a_case_until_a_person_decides(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    jobs = [await repaired(desk, asset_id, hours, part_code="P-AC-011") for hours in (1, 3)]
    await repaired(desk, asset_id, 5, part_code="P-AC-014")

    (line,) = await looked(desk)
    case = (await desk.ask(DISPATCHER, "GET", f"/v1/cases/{line['id']}")).json()
    reason = {"choice": "dismiss", "reason": "电压不稳，已与顾客核实"}
    decided = await desk.ask(DISPATCHER, "POST", f"/v1/cases/{line['id']}/decision", json=reason)

    assert (case["code"], case["job_id"]) == ("part_replaced_again", jobs[1])
    assert (case["pattern"]["rule"], case["pattern"]["asset_id"]) == ("R11", asset_id)
    assert sorted(case["pattern"]["job_ids"]) == sorted(jobs)
    assert "P-AC-011" in case["en"]
    assert decided.status_code == 200, decided.text
    assert [each["state"] for each in await looked(desk)] == ["decided"]


async def test_a_part_taken_back_clears_the_case_that_rested_on_it(desk: Desk) -> None:
    asset_id = await a_new_asset(desk)
    jobs = [await repaired(desk, asset_id, hours, part_code="P-AC-011") for hours in (1, 3)]
    assert [each["state"] for each in await looked(desk)] == ["open"]
    job = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{jobs[1]}")).json()
    fact_id = job["visits"][0]["parts"][0]["fact_id"]

    fact = {"id": str(uuid4()), "job_id": jobs[1], "base_version": job["version"]}
    fact |= {"happened_at": datetime.now(UTC).isoformat(), "fact_retracted": {"fact_id": fact_id, "reason": "扫错"}}
    await desk.ask(TECHNICIAN, "POST", "/v1/sync/push", json={"facts": [fact]})

    assert [each["state"] for each in await looked(desk)] == ["cleared"]


async def test_one_part_in_most_of_a_technician_s_repairs_is_a_case_by_the_limits_that_were_set(desk: Desk) -> None:
    done = [await ended(desk, await a_new_asset(desk), 1 + 2 * n, "P-AC-011" if n else None) for n in range(5)]
    assert await looked(desk) == []

    await limited(desk, share_repairs=5, share_percent=80)
    (line,) = await looked(desk)
    case = (await desk.ask(DISPATCHER, "GET", f"/v1/cases/{line['id']}")).json()
    await limited(desk, share_repairs=5, share_percent=81)

    assert (case["code"], case["job_id"], case["pattern"]["technician_id"]) == ("part_replaced_often", None, str(WANG))
    assert sorted(case["pattern"]["job_ids"]) == sorted(done[1:])
    assert case["pattern"]["parameters"]["percent"] == "80"
    assert [each["state"] for each in await looked(desk)] == ["cleared"]


async def test_limits_tell_the_product_s_own_and_where_they_come_from(desk: Desk) -> None:
    before = (await desk.ask(DISPATCHER, "GET", PATH)).json()
    await limited(desk, same_part_days=30)
    after = (await desk.ask(SUPERVISOR, "GET", PATH)).json()

    assert (before["version"], before["item"], before["changed_by"]) == (0, before["defaults"], None)
    assert [each["limit"] for each in before["origins"]] == list(before["defaults"])
    assert (after["version"], after["item"]) == (1, {**before["defaults"], "same_part_days": 30})


@pytest.mark.parametrize("wrong", [{"same_part_days": 0}, {"share_percent": 101}, {"share_repairs": "many"}, {"x": 1}])
async def test_limits_that_make_no_sense_are_refused_and_a_stale_change_too(desk: Desk, wrong: dict[str, Any]) -> None:
    assert (await desk.ask(ADMIN, "PUT", PATH, json=wrong, version=0)).status_code == 422
    assert (await desk.ask(ADMIN, "PUT", PATH, json={}, version=3)).status_code == 412
    assert (await desk.ask(DISPATCHER, "PUT", PATH, json={}, version=0)).status_code == 403
