"""Visits: planned, moved, handed over and called off, with what they will be judged by frozen when planned."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest
from msgspec.structs import replace

from domain.catalogue import PriceList
from domain.facts.requirements import RecordField
from service.seed.company import sample_id
from service.store.catalogue import items
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, ELSEWHERE, SUPERVISOR, TECHNICIAN, Desk
from tests.builders.sample_plans import CHEN, HZ01, LI, WANG, asked_to_plan, at, opened, plan, planned, visit_in

GENERAL = "/v1/catalogue/price-lists/FS-2025-07"

APPLIANCE = str(sample_id("asset", "LS-KF35-0011"))


async def test_a_job_opened_for_an_appliance_is_planned_for_its_product(desk: Desk) -> None:
    job = await opened(desk, id=str(uuid4()), asset_id=APPLIANCE)
    again = await opened(desk, id=job["id"], asset_id=APPLIANCE)

    change = await planned(desk, job["id"], plan(WANG))

    assert (job["product_code"], again) == ("LS-KF35", job)
    assert checklists_of(change) == ["DOOR-REPAIR", "RECORD-AC", "RECORD-REPAIR", "SAFETY-AC"]


async def test_a_job_pushed_with_an_appliance_alone_is_planned_for_its_product(desk: Desk) -> None:
    job_id = str(uuid4())
    body = {"outlet_id": HZ01, "asset_id": APPLIANCE, "work_type": "repair"}
    fact = {"id": str(uuid4()), "job_id": job_id, "happened_at": at(0), "job_opened": body}
    pushed = await desk.ask(DISPATCHER, "POST", "/v1/sync/push", json={"facts": [fact]})

    change = await planned(desk, job_id, plan(WANG))

    assert pushed.json()["outcomes"][0]["outcome"] == "recorded"
    assert change["job"]["product_code"] is None
    assert checklists_of(change) == ["DOOR-REPAIR", "RECORD-AC", "RECORD-REPAIR", "SAFETY-AC"]


def checklists_of(change: dict[str, Any]) -> list[str]:
    requirements = visit_in(change["job"], change["visit_id"])["plan"]["requirements"]
    return [each["code"] for each in requirements["checklists"]]


async def test_a_plan_freezes_what_the_visit_will_be_judged_by(desk: Desk) -> None:
    job = await opened(desk, special_work=["refrigeration"], product_code="LS-KF35")

    change = await planned(desk, job["id"], plan(WANG))

    frozen = visit_in(change["job"], change["visit_id"])["plan"]
    assert change["job"]["status"] == "scheduled"
    asked = frozen["requirements"]
    assert [each["code"] for each in asked["checklists"]] == ["DOOR-REPAIR", "RECORD-AC", "RECORD-REPAIR", "SAFETY-AC"]
    assert asked["checklists"][1] == {
        "code": "RECORD-AC",
        "purpose": "repair_record",
        "mandatory": ["running_current", "air_difference"],
        "optional": ["earth_resistance"],
        "numbers": [
            {"code": "running_current", "unit": "A", "low_thousandths": 500, "high_thousandths": 16000},
            {"code": "air_difference", "unit": "K", "low_thousandths": 8000, "high_thousandths": 25000},
            {"code": "earth_resistance", "unit": "ohm", "low_thousandths": 0, "high_thousandths": 4000},
        ],
        "choices": [],
        "photos": [],
    }
    assert {name: value for name, value in asked.items() if name != "checklists"} == {
        "uniform": True,
        "badge": True,
        "kit_items": ["K01", "K02", "K03", "K04", "K05"],
        "safety_checks": ["room_aired", "no_open_flame"],
        "sign_off": True,
        "badge_number": True,
        "part_evidence": True,
        "told": ["repair_warranty", "complaint_line", "data_use"],
        "record": list(RecordField),
        "part_measures": ["M01"],
        "issued_codes": True,
    }
    certificate = next(each for each in frozen["certificates"] if each["kind"] == "height")
    assert (certificate["number"], certificate["valid_until"]) == ("T-HZ0107-HEIGHT", "2027-02-28")
    assert frozen["price_list_code"] == "FS-2025-07"
    assert frozen["declined_diagnosis_percent"] == 30


async def test_the_prices_of_a_plan_are_in_the_log_and_not_in_the_document(desk: Desk) -> None:
    job = await opened(desk)

    change = await planned(desk, job["id"], plan(WANG, price_list_code="FS-2025-03"))

    log = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}/facts")).json()["items"]
    told = {price["code"]: price["price_fen"] for price in log[-1]["record"]["visit_planned"]["prices"]}
    assert (told["F-LABOUR-SMALL"], told["P-AC-011"]) == (6000, 3500)
    assert visit_in(change["job"], change["visit_id"])["plan"]["prices"] == []


async def test_the_list_of_the_outlet_is_frozen_with_the_plan_and_quoted_from(desk: Desk) -> None:
    item = msgspec.convert((await desk.ask(DISPATCHER, "GET", GENERAL)).json()["item"], PriceList)
    own = replace(item, code="HZ-2025", outlet_ids=(sample_id("outlet", "HZ01"),))
    theirs = replace(item, code="SZ-2025", outlet_ids=(sample_id("outlet", "SZ01"),))
    async with desk.database.transaction() as db:
        await items.insert_items(db, desk.card.org_id, [own, theirs])
    job = await opened(desk)

    change = await planned(desk, job["id"], plan(WANG))
    quoted = {"occasion": "before_diagnosis", "diagnosis": True, "job_id": job["id"]}

    assert visit_in(change["job"], change["visit_id"])["plan"]["price_list_code"] == "HZ-2025"
    assert (await desk.ask(DISPATCHER, "POST", "/v1/quotes", json=quoted)).json()["price_list_code"] == "HZ-2025"
    for code, told in (("SZ-2025", "belongs_elsewhere"), ("FS-NONE", "unknown_reference")):
        path = f"/v1/jobs/{job['id']}/visits"
        refused = await desk.ask(DISPATCHER, "POST", path, json=plan(WANG, 5, price_list_code=code))
        assert refused.status_code == 422, refused.text
        assert [(e["pointer"], e["code"]) for e in refused.json()["errors"]] == [("/price_list_code", told)]


async def test_the_fault_codes_of_a_plan_are_those_of_the_product_and_leave_the_document(desk: Desk) -> None:
    job = await opened(desk, product_code="LS-KF35")

    change = await planned(desk, job["id"], plan(WANG))

    log = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}/facts")).json()["items"]
    codes = log[-1]["record"]["visit_planned"]["fault_codes"]
    assert {"AC-C02", "X-C90"} <= set(codes["causes"])
    assert not [code for code in codes["causes"] if code.startswith("RF")]
    assert visit_in(change["job"], change["visit_id"])["plan"]["fault_codes"] is None


async def test_the_technician_may_hold_the_job_once_the_visit_is_planned(desk: Desk) -> None:
    job = await opened(desk)
    path = f"/v1/jobs/{job['id']}"
    assert (await desk.ask(TECHNICIAN, "GET", path)).status_code == 404

    await planned(desk, job["id"], plan(WANG))

    assert (await desk.ask(TECHNICIAN, "GET", path)).status_code == 200
    assert [job["id"] for job in (await desk.ask(TECHNICIAN, "GET", "/v1/jobs")).json()["items"]] == [job["id"]]
    assert (await desk.ask("HZ0112", "GET", path)).status_code == 404


async def test_planning_twice_with_one_id_plans_one_visit(desk: Desk) -> None:
    job = await opened(desk)
    body = plan(WANG, id=str(uuid4()))

    first, again = await planned(desk, job["id"], body), await planned(desk, job["id"], body)
    other = await asked_to_plan(desk, job["id"], {**body, "technician_id": LI})
    elsewhere = await asked_to_plan(desk, (await opened(desk))["id"], body)

    assert first == again
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"technician_id": str(uuid4())}, "/technician_id", "unknown_reference"),
        ({"technician_id": "HZ0107"}, "/technician_id", "malformed_id"),
        ({"replaces_visit_id": str(uuid4())}, "/replaces_visit_id", "unknown_reference"),
        ({"window_end": at(1)}, "/window_end", "not_after_start"),
        ({"work_end": at(0)}, "/work_end", "not_after_start"),
        ({"work_end": at(26)}, "/work_end", "longer_than_a_day"),
        ({"work_start": "1900-01-01T00:00:00Z"}, "/work_start", "absurd_time"),
        ({"work_start": "2026-12-07T09:00:00"}, "/work_start", "offset_missing"),
        ({"override_reason": ""}, "/override_reason", "too_short"),
        ({"instructions": "\0"}, "/instructions", "holds_nul"),
        ({"technician": "HZ0107"}, "/technician", "unknown_field"),
    ],
)
async def test_a_plan_that_nobody_can_have_meant_is_refused(
    desk: Desk, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    job = await opened(desk)

    answer = await asked_to_plan(desk, job["id"], {**plan(WANG), **wrong})

    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}")).json() == job


async def test_somebody_of_another_outlet_and_a_dispatcher_are_no_technicians_here(desk: Desk) -> None:
    job = await opened(desk)

    for login in ("SZ0203", DISPATCHER):
        answer = await asked_to_plan(desk, job["id"], plan(desk.member_id(login)))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_reference")


async def test_only_the_jobs_own_desk_plans(desk: Desk) -> None:
    job = await opened(desk)

    for login, status in ((ELSEWHERE, 404), (AUDITOR, 403), (TECHNICIAN, 403), (ADMIN, 201)):
        assert (await asked_to_plan(desk, job["id"], plan(WANG), login)).status_code == status, login


async def test_a_lapsed_certificate_excludes_unless_somebody_says_why_it_be_done(desk: Desk) -> None:
    job = await opened(desk, special_work=["refrigeration"])

    refused = await asked_to_plan(desk, job["id"], plan(CHEN))
    change = await planned(desk, job["id"], plan(CHEN, override_reason="复审已通过，等待换证"))

    assert (refused.status_code, refused.json()["code"]) == (409, "technician_excluded")
    assert [error["code"] for error in refused.json()["errors"]] == ["review_overdue"]
    assert visit_in(change["job"], change["visit_id"])["plan"]["override_reason"] == "复审已通过，等待换证"


async def test_an_absence_excludes_unless_somebody_says_why_it_be_done(desk: Desk) -> None:
    job = await opened(desk)
    absence = {"member_id": WANG, "starts_at": at(2), "ends_at": at(6), "reason": "培训"}
    assert (await desk.ask(DISPATCHER, "POST", "/v1/absences", json=absence)).status_code == 201

    refused = await asked_to_plan(desk, job["id"], plan(WANG, 1.5))
    before = await asked_to_plan(desk, job["id"], plan(WANG, 1))
    overridden = await asked_to_plan(desk, job["id"], plan(WANG, 4, override_reason="培训取消"))

    assert [error["code"] for error in refused.json()["errors"]] == ["absent"]
    assert (before.status_code, overridden.status_code) == (201, 201)


async def test_a_visit_is_moved_from_the_version_that_was_looked_at(desk: Desk) -> None:
    job = await opened(desk)
    change = await planned(desk, job["id"], plan(WANG))
    path = f"/v1/jobs/{job['id']}/visits/{change['visit_id']}"
    body = {"work_start": at(1.5), "work_end": at(2.5), "asked_by": "customer", "customer_agreed": True}

    unsaid = await desk.ask(DISPATCHER, "PATCH", path, json=body)
    stale = await desk.ask(DISPATCHER, "PATCH", path, json=body, version=1)
    moved = await desk.ask(DISPATCHER, "PATCH", path, json=body, version=2)

    assert (unsaid.status_code, stale.status_code, moved.status_code) == (428, 412, 200)
    visit = visit_in(moved.json()["job"], change["visit_id"])
    assert (visit["window_moved_by"], visit["plan"]["work_start"]) == ("customer", "2026-12-07T01:30:00Z")
    assert visit["plan"]["window_start"] == "2026-12-07T01:00:00Z"
    assert moved.headers["etag"] == '"3"'


async def test_a_visit_is_not_moved_into_other_work_or_backwards(desk: Desk) -> None:
    await planned(desk, (await opened(desk))["id"], plan(WANG, 4))
    job = await opened(desk)
    change = await planned(desk, job["id"], plan(WANG, 1))
    path = f"/v1/jobs/{job['id']}/visits/{change['visit_id']}"
    agreed = {"asked_by": "company", "customer_agreed": True}

    into = {"work_start": at(3.5), "work_end": at(4.5), **agreed}
    taken = await desk.ask(DISPATCHER, "PATCH", path, json=into, version=2)
    backwards = await desk.ask(DISPATCHER, "PATCH", path, json={"work_end": at(0.5), **agreed}, version=2)

    assert (taken.status_code, taken.json()["code"]) == (409, "technician_booked")
    assert (backwards.status_code, backwards.json()["errors"][0]["code"]) == (422, "not_after_start")


async def test_a_reassigned_visit_is_withdrawn_from_one_phone_and_given_to_another(desk: Desk) -> None:
    job = await opened(desk)
    first = await planned(desk, job["id"], plan(WANG))
    path = f"/v1/jobs/{job['id']}/visits/{first['visit_id']}/reassignment"

    body = {"id": str(uuid4()), "technician_id": LI}
    answer = await desk.ask(DISPATCHER, "POST", path, json=body)
    again = await desk.ask(DISPATCHER, "POST", path, json=body)

    assert answer.status_code == 201, answer.text
    assert (again.status_code, again.json()) == (201, answer.json())
    change = answer.json()
    assert [visit["status"] for visit in change["job"]["visits"]] == ["superseded", "planned"]
    assert visit_in(change["job"], change["visit_id"])["technician_id"] == LI
    assert (await desk.ask(TECHNICIAN, "GET", f"/v1/jobs/{job['id']}")).status_code == 404
    assert (await desk.ask("HZ0112", "GET", f"/v1/jobs/{job['id']}")).status_code == 200


async def test_the_hours_of_a_visit_that_was_given_away_or_called_off_are_free_again(desk: Desk) -> None:
    jobs = [await opened(desk) for _ in range(3)]
    first = await planned(desk, jobs[0]["id"], plan(WANG))
    path = f"/v1/jobs/{jobs[0]['id']}/visits"
    await desk.ask(DISPATCHER, "POST", f"{path}/{first['visit_id']}/reassignment", json={"technician_id": LI})
    second = await planned(desk, jobs[1]["id"], plan(WANG))
    off = await desk.ask(
        DISPATCHER,
        "POST",
        f"/v1/jobs/{jobs[1]['id']}/visits/{second['visit_id']}/cancellation",
        json={"side": "company", "reason": "缺件"},
    )

    assert (off.status_code, off.json()["job"]["status"]) == (200, "open")
    await planned(desk, jobs[2]["id"], plan(WANG))


async def test_a_visit_of_another_job_is_not_found(desk: Desk) -> None:
    change = await planned(desk, (await opened(desk))["id"], plan(WANG))
    job = await opened(desk)

    for action in ("reassignment", "cancellation"):
        body = {"technician_id": LI} if action == "reassignment" else {"side": "company", "reason": "缺件"}
        path = f"/v1/jobs/{job['id']}/visits/{change['visit_id']}/{action}"
        assert (await desk.ask(SUPERVISOR, "POST", path, json=body)).status_code == 404


async def test_a_cancelled_job_takes_no_plan(desk: Desk) -> None:
    job = await opened(desk)
    await desk.ask(
        DISPATCHER, "POST", f"/v1/jobs/{job['id']}/cancellation", json={"side": "customer", "reason": "改期"}
    )

    answer = await asked_to_plan(desk, job["id"], plan(WANG))

    assert (answer.status_code, answer.json()["code"]) == (409, "gate_refused")
    (reason,) = answer.json()["errors"]
    assert (reason["code"], reason["message"]) == ("step_out_of_order", "步骤顺序不符：派工（当时为 已取消）")
