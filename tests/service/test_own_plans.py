"""A visit that a technician plans at the door is judged by what the server freezes for it, as one of the desk's is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from httpx import AsyncClient
from sqlalchemy import update

from service.store.tables import catalogue_bundles
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone, job_opened, visit_planned
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import HZ01, WANG, opened, plan, planned

LABOUR: dict[str, Any] = {
    "line_id": "1",
    "kind": "labour",
    "code": "F-LABOUR-SMALL",
    "description": "人工",
    "quantity_thousandths": 1000,
    "unit_price_fen": 7001,
    "amount_fen": 7001,
}


class Door:
    """A technician's phone that opens a job at the door, plans its own visit, and tells all of it later."""

    def __init__(self, desk: Desk, **opening: Any) -> None:
        self.desk = desk
        self.job_id, self.visit_id, self.at = str(uuid4()), str(uuid4()), datetime.now(UTC) - timedelta(hours=2)
        opening = {"outlet_id": HZ01, "work_type": "repair", "product_code": "LS-KF35", "warranty": "paid", **opening}
        self.facts = [self.fact("job_opened", opening)]

    def fact(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        self.at += timedelta(minutes=5)
        ids = {"id": str(uuid4()), "job_id": self.job_id, "visit_id": self.visit_id}
        return {**ids, "happened_at": self.at.isoformat(), kind: body}

    def planned(self, **more: Any) -> dict[str, Any]:
        times = {name: self.at.isoformat() for name in ("window_start", "work_start")}
        times |= {name: (self.at + timedelta(hours=1)).isoformat() for name in ("window_end", "work_end")}
        return self.fact("visit_planned", {"technician_id": str(WANG), **times, **more})

    async def push(self, *facts: dict[str, Any]) -> list[str]:
        answer = await self.desk.ask(TECHNICIAN, "POST", "/v1/sync/push", json={"facts": facts})
        assert answer.status_code == 200, answer.text
        return [each["outcome"] for each in answer.json()["outcomes"]]

    async def job(self) -> dict[str, Any]:
        return dict((await self.desk.ask(DISPATCHER, "GET", f"/v1/jobs/{self.job_id}")).json())

    async def kinds(self) -> list[str]:
        path = f"/v1/jobs/{self.job_id}/facts"
        log = (await self.desk.ask(DISPATCHER, "GET", path, params={"limit": 200})).json()["items"]
        return [each["kind"] for each in log]


async def test_a_plan_made_at_the_door_has_what_the_desk_would_have_frozen(desk: Desk) -> None:
    door = Door(desk)
    by_desk = await opened(desk, product_code="LS-KF35", warranty="paid")
    at_desk = (await planned(desk, by_desk["id"], plan(WANG)))["job"]["visits"][0]["plan"]

    assert await door.push(*door.facts, door.planned()) == ["recorded", "recorded"]

    own = (await door.job())["visits"][0]["plan"]
    same = ("requirements", "price_list_code", "declined_diagnosis_percent")
    assert {name: own[name] for name in same} == {name: at_desk[name] for name in same}
    assert [each["kind"] for each in own["certificates"]] == [each["kind"] for each in at_desk["certificates"]]
    assert await door.kinds() == ["job_opened", "visit_planned", "plan_frozen"]


async def test_prices_and_codes_of_work_done_off_the_net_are_judged_in_the_same_push(desk: Desk) -> None:
    door = Door(desk)
    facts = [*door.facts, door.planned()]
    found = door.fact("diagnosed", {"cause_code": "RF-C01"})
    told = door.fact("fees_disclosed", {"lines": [LABOUR], "total_fen": 7001, "price_list_shown": True})
    facts += [found, told]

    outcomes = await door.push(*facts)
    again = await door.push(*facts)

    assert outcomes[2:] == ["recorded_with_findings", "recorded_with_findings"]
    codes = {each["code"]: each["fact_ids"] for each in (await door.job())["findings"]}
    assert codes["price_above_list"] == [told["id"]]
    assert codes["fault_code_unknown"] == [found["id"]]
    assert set(again) == {"duplicate"}
    assert (await door.kinds()).count("plan_frozen") == 1


async def test_a_phone_is_judged_by_the_catalogue_that_it_named_unless_that_is_long_gone(desk: Desk) -> None:
    before = (await desk.ask(TECHNICIAN, "GET", "/v1/catalogue")).json()["digest"]
    entry = (await desk.ask(DISPATCHER, "GET", "/v1/catalogue/parts/P-AC-011")).json()
    dearer = {**entry["item"], "price_fen": 9_900}
    await desk.ask(SUPERVISOR, "PUT", "/v1/catalogue/parts/P-AC-011", version=1, json=dearer)

    named = [await frozen_price(desk, **more) for more in ({"catalogue_digest": before}, {}, {"catalogue_digest": "x"})]
    async with desk.database.transaction() as db:
        long_ago = datetime.now(UTC) - timedelta(days=15)
        await db.execute(
            update(catalogue_bundles).where(catalogue_bundles.c.digest == before).values(replaced_at=long_ago)
        )

    assert named == [entry["item"]["price_fen"], 9_900, 9_900]
    assert await frozen_price(desk, catalogue_digest=before) == 9_900


async def frozen_price(desk: Desk, **more: str) -> int:
    """What a part costs by what the server froze for one more plan."""
    door = Door(desk)
    await door.push(*door.facts, door.planned(**more))
    path = f"/v1/jobs/{door.job_id}/facts"
    log = (await desk.ask(DISPATCHER, "GET", path, params={"limit": 200})).json()["items"]
    prices = log[-1]["record"]["plan_frozen"]["prices"]
    return next(int(each["price_fen"]) for each in prices if each["code"] == "P-AC-011")


async def test_nothing_is_added_to_a_plan_that_is_set_aside_nor_may_a_phone_say_it(desk: Desk) -> None:
    door = Door(desk)
    await door.push(*door.facts)
    stranger = {**door.planned(), "id": str(uuid4())}
    stranger["visit_planned"] = {**stranger["visit_planned"], "technician_id": str(uuid4())}
    own = door.fact("plan_frozen", {"plan_fact_id": str(uuid4())})

    assert await door.push(stranger, own) == ["quarantined", "quarantined"]
    assert await door.kinds() == ["job_opened"]


async def test_where_there_is_no_catalogue_there_is_nothing_to_freeze(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    phone = Phone(client, an_organisation.technician)
    plan_of = visit_planned(an_organisation.technician.actor.member_id)
    job_id = uuid4()
    facts = [
        phone.fact(job_id, "job_opened", job_opened(an_organisation.outlet_id)),
        phone.fact(job_id, "visit_planned", plan_of, visit_id=uuid4(), minute=1),
    ]

    (job,) = (await phone.push(*facts))["jobs"]

    assert job["visits"][0]["plan"]["requirements"]["record"] == []
