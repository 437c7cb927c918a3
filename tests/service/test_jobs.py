"""Jobs at the desk: opened once, listed by filters, read as stored, changed by one strict fact at a time."""

import asyncio
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from uuid import uuid4

import pytest

from domain.facts.words import SpecialWork
from domain.steps.safety_checks import safety_checks_of
from service.seed.company import sample_id
from tests.builders.sample_desk import ADMIN, AUDITOR, DISPATCHER, ELSEWHERE, SUPERVISOR, TECHNICIAN, Desk, every_page
from tests.builders.sample_plans import WANG, plan, planned

HZ01, SZ01 = str(sample_id("outlet", "HZ01")), str(sample_id("outlet", "SZ01"))
CUSTOMER, SITE = str(sample_id("customer", "顾客 001")), str(sample_id("site", "顾客 001"))
ASSET = str(sample_id("asset", "LS-KF35-0011"))


def to_open(**more: Any) -> dict[str, Any]:
    return {"outlet_id": HZ01, "customer_id": CUSTOMER, "site_id": SITE, "work_type": "repair", **more}


async def opened(desk: Desk, login: str = DISPATCHER, **more: Any) -> dict[str, Any]:
    answer = await desk.ask(login, "POST", "/v1/jobs", json=to_open(**more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_job_is_opened_by_one_fact_that_says_who_and_on_which_device(desk: Desk) -> None:
    job = await opened(desk, symptom="不制冷", number="HZ-1001")
    log = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}/facts")).json()["items"]

    assert (job["version"], job["status"], job["number"]) == (1, "open", "HZ-1001")
    assert [(fact["kind"], fact["author_id"]) for fact in log] == [("job_opened", str(desk.member_id(DISPATCHER)))]
    assert (log[0]["seq"], log[0]["time_grade"]) == (None, "server")
    assert log[0]["record"]["job_opened"]["symptom"] == "不制冷"


async def test_opening_twice_with_one_id_opens_one_job(desk: Desk) -> None:
    body = to_open(id=str(uuid4()), symptom="不制冷")

    answers = await asyncio.gather(*(desk.ask(DISPATCHER, "POST", "/v1/jobs", json=body) for _ in range(5)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["version"] == 1


@pytest.mark.parametrize("said", ["asset_id", "site_id"])
async def test_what_the_appliance_and_its_site_tell_need_not_be_said(desk: Desk, said: str) -> None:
    body = {
        "id": str(uuid4()),
        "outlet_id": HZ01,
        "work_type": "repair",
        said: {"asset_id": ASSET, "site_id": SITE}[said],
    }

    job = (await desk.ask(DISPATCHER, "POST", "/v1/jobs", json=body)).json()
    elsewhere = {"site_id": str(sample_id("site", "顾客 002")), "product_code": "LS-KF35"}
    path, tag = f"/v1/assets/{ASSET}", {"if-match": '"1"'}
    moved = await desk.ask(ADMIN, "PUT", path, json=elsewhere, headers=tag)
    again = await desk.ask(DISPATCHER, "POST", "/v1/jobs", json=body)
    found = await desk.ask(DISPATCHER, "GET", f"/v1/jobs?customer_id={CUSTOMER}")

    assert (job["site_id"], job["customer_id"], job["asset_id"]) == (SITE, CUSTOMER, body.get("asset_id"))
    assert (moved.status_code, again.status_code, again.json()) == (200, 201, job)
    assert [each["id"] for each in found.json()["items"]] == [job["id"]]


async def test_an_appliance_of_another_customer_is_no_reference(desk: Desk) -> None:
    body = {"outlet_id": HZ01, "customer_id": str(sample_id("customer", "顾客 002")), "asset_id": ASSET}

    answer = await desk.ask(DISPATCHER, "POST", "/v1/jobs", json={**body, "work_type": "repair"})

    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/asset_id", "belongs_elsewhere")]


async def test_one_id_with_other_content_is_refused_and_leaves_nothing_behind(desk: Desk) -> None:
    job = await opened(desk, id=str(uuid4()))

    answer = await desk.ask(DISPATCHER, "POST", "/v1/jobs", json=to_open(id=job["id"], symptom="异响"))

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}")).json() == job
    assert await desk.database.pull_pool.fetchval("SELECT count(*) FROM quarantine") == 0


async def test_a_job_cannot_take_the_id_of_a_site(desk: Desk) -> None:
    answer = await desk.ask(DISPATCHER, "POST", "/v1/jobs", json=to_open(id=SITE))

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{SITE}")).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"outlet_id": str(uuid4())}, "/outlet_id", "unknown_reference"),
        ({"outlet_id": SZ01}, "/outlet_id", "unknown_reference"),
        ({"customer_id": str(uuid4())}, "/customer_id", "unknown_reference"),
        ({"site_id": str(uuid4())}, "/site_id", "unknown_reference"),
        ({"asset_id": str(uuid4())}, "/asset_id", "unknown_reference"),
        ({"site_id": str(sample_id("site", "顾客 002"))}, "/site_id", "belongs_elsewhere"),
        ({"product_code": "NO-SUCH"}, "/product_code", "unknown_reference"),
        ({"follows_job_id": str(uuid4())}, "/follows_job_id", "unknown_reference"),
        ({"time_zone": "Asia/Nowhere"}, "/time_zone", "unknown_time_zone"),
        ({"reported_at": "1066-10-14T09:00:00Z"}, "/reported_at", "absurd_time"),
        ({"symptom": "x" * 4001}, "/symptom", "too_long"),
        ({"symptom": "不\0制冷"}, "/symptom", "holds_nul"),
        ({"estimated_minutes": -1}, "/estimated_minutes", "out_of_range"),
        ({"work_type": "magic"}, "/work_type", "unknown_value"),
        ({"customer_name": "顾客 001"}, "/customer_name", "unknown_field"),
    ],
)
async def test_a_job_about_what_is_not_there_is_refused(
    desk: Desk, wrong: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await desk.ask(DISPATCHER, "POST", "/v1/jobs", json=to_open(**wrong))

    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_a_job_is_seen_by_its_outlet_and_by_who_sees_every_outlet(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk))['id']}"

    for login, status in ((DISPATCHER, 200), (ADMIN, 200), (AUDITOR, 200), (ELSEWHERE, 404), (TECHNICIAN, 404)):
        for part in ("", "/facts"):
            assert (await desk.ask(login, "GET", path + part)).status_code == status, (login, part)


async def test_what_an_actor_may_see_but_not_do_is_403_and_what_they_may_not_see_is_404(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk))['id']}/cancellation"
    body = {"side": "customer", "reason": "改期"}

    assert (await desk.ask(AUDITOR, "POST", path, json=body)).status_code == 403
    assert (await desk.ask(ELSEWHERE, "POST", path, json=body)).status_code == 404
    assert (await desk.ask(TECHNICIAN, "POST", path, json=body)).status_code == 403


async def test_no_refusal_shows_a_job_to_who_may_not_see_it(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk, symptom='不制冷'))['id']}"
    amended = {"field": "symptom", "was": "x", "now": "y"}

    stale = await desk.ask(ELSEWHERE, "POST", f"{path}/notes", json={"text": "x"}, version=7)
    changed = await desk.ask(ELSEWHERE, "POST", f"{path}/details", json=amended)

    assert (stale.status_code, changed.status_code) == (404, 404)
    assert "不制冷" not in stale.text + changed.text


async def test_a_job_is_read_as_stored_and_not_sent_again_while_unchanged(desk: Desk) -> None:
    job = await opened(desk)
    path = f"/v1/jobs/{job['id']}"

    read = await desk.ask(DISPATCHER, "GET", path)
    again = await desk.ask(DISPATCHER, "GET", path, headers={"If-None-Match": read.headers["etag"]})

    assert (read.headers["etag"], read.json()) == ('"1"', job)
    assert (again.status_code, again.content) == (304, b"")
    stored = await desk.database.pull_pool.fetchval("SELECT body FROM documents WHERE kind = 'job'")
    assert read.content == stored


async def test_the_list_holds_what_its_filters_let_through(desk: Desk) -> None:
    urgent = await opened(desk, priority="urgent", number="HZ-2001", asset_id=ASSET)
    await opened(desk, work_type="install", number="HZ-2002", customer_id=None, site_id=None)
    cancelled = await opened(desk, number="XX-1")
    await desk.ask(
        DISPATCHER, "POST", f"/v1/jobs/{cancelled['id']}/cancellation", json={"side": "customer", "reason": "改期"}
    )

    async def found(**filters: Any) -> list[str]:
        return sorted(job["number"] for job in await every_page(desk, DISPATCHER, "/v1/jobs", **filters))

    assert await found() == ["HZ-2001", "HZ-2002", "XX-1"]
    assert await found(priority="urgent") == ["HZ-2001"]
    assert await found(work_type="install") == ["HZ-2002"]
    assert await found(status="cancelled") == ["XX-1"]
    assert await found(status=["cancelled", "open"]) == ["HZ-2001", "HZ-2002", "XX-1"]
    assert await found(number="hz-2") == ["HZ-2001", "HZ-2002"]
    assert await found(number="%") == []
    assert await found(customer_id=CUSTOMER) == ["HZ-2001", "XX-1"]
    assert await found(asset_id=ASSET) == ["HZ-2001"]
    assert await found(outlet_id=SZ01) == []
    assert await found(has_open_cases=True) == []
    assert await found(opened_from=urgent["opened_at"], has_open_cases=False) == ["HZ-2001", "HZ-2002", "XX-1"]
    assert await found(opened_until=urgent["opened_at"]) == []
    assert await every_page(desk, ELSEWHERE, "/v1/jobs") == []


async def test_paging_a_list_while_jobs_are_opened_neither_repeats_nor_hides_one(desk: Desk) -> None:
    before = [(await opened(desk))["id"] for _ in range(5)]
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2}
    while True:
        page = (await desk.ask(DISPATCHER, "GET", "/v1/jobs", params=asked)).json()
        seen += [job["id"] for job in page["items"]]
        await opened(desk)
        if not page["has_more"]:
            break
        asked["cursor"] = page["next_cursor"]

    assert seen == list(reversed(before))


async def test_a_cursor_belongs_to_its_list_and_filters(desk: Desk) -> None:
    jobs = [await opened(desk) for _ in range(2)]
    cursor = (await desk.ask(DISPATCHER, "GET", "/v1/jobs", params={"limit": 1})).json()["next_cursor"]

    for path, filters in (("/v1/jobs", {"status": "open"}), (f"/v1/jobs/{jobs[0]['id']}/facts", {})):
        answer = await desk.ask(DISPATCHER, "GET", path, params={"cursor": cursor, **filters})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "foreign_cursor")


async def test_a_cursor_beyond_what_the_database_counts_is_refused(desk: Desk) -> None:
    job_id = (await opened(desk))["id"]
    await planned(desk, job_id, plan(WANG, 1))
    page = (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job_id}/facts", params={"limit": 1})).json()
    forged = urlsafe_b64encode(urlsafe_b64decode(page["next_cursor"]).replace(b"[1]", b"[%d]" % 10**20)).decode()

    answer = await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job_id}/facts", params={"limit": 1, "cursor": forged})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "foreign_cursor")


@pytest.mark.parametrize("path", ["devices", "customers", "stock/operations", "stock/balances"])
@pytest.mark.parametrize("key", [b'"x"', b"7", b"null", b'["2026-11-01T00:00:00","x"]', b"[", b"\xff"])
async def test_a_cursor_whose_key_somebody_wrote_is_refused(desk: Desk, path: str, key: bytes) -> None:
    await desk.headers(DISPATCHER)
    cursor = (await desk.ask(ADMIN, "GET", f"/v1/{path}", params={"limit": 1})).json()["next_cursor"]
    whose, _, _ = urlsafe_b64decode(cursor).partition(b",")
    forged = urlsafe_b64encode(whose + b"," + key + b"]").decode()

    answer = await desk.ask(ADMIN, "GET", f"/v1/{path}", params={"limit": 1, "cursor": forged})

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "foreign_cursor")


async def test_the_log_comes_in_pages_and_its_chain_is_there_to_check(desk: Desk) -> None:
    job = await opened(desk)
    for number in range(6):
        await desk.ask(DISPATCHER, "POST", f"/v1/jobs/{job['id']}/notes", json={"text": f"备注 {number}"})

    log = await every_page(desk, DISPATCHER, f"/v1/jobs/{job['id']}/facts")

    assert [fact["log_number"] for fact in log] == list(range(1, 8))
    assert [fact["base_version"] for fact in log] == list(range(7))
    assert len({fact["chain"] for fact in log}) == 7


async def test_a_job_is_called_off_reopened_and_closed_by_one_fact_each(desk: Desk) -> None:
    job = await opened(desk)

    for action, body, status in (
        ("cancellation", {"side": "customer", "reason": "改期"}, "cancelled"),
        ("reopening", {"reason": "顾客又来电"}, "reopened"),
        ("closure", {"reason": "电话解决"}, "closed"),
    ):
        answer = await desk.ask(DISPATCHER, "POST", f"/v1/jobs/{job['id']}/{action}", json=body)
        assert (answer.status_code, answer.json()["status"]) == (200, status), answer.text
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}")).headers["etag"] == '"4"'


async def test_what_breaks_a_gate_is_refused_with_the_rule_and_changes_nothing(desk: Desk) -> None:
    job = await opened(desk)
    excluded = {"decision": "paid", "basis": "进水", "exclusion_code": "misuse"}

    for language, said in (("zh", "判定不保修须有原因、证据并告知顾客"), ("en", "Not covered needs a reason")):
        answer = await desk.ask(
            DISPATCHER,
            "POST",
            f"/v1/jobs/{job['id']}/warranty-decision",
            json=excluded,
            headers={"Accept-Language": language},
        )
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "gate_refused")
        assert problem["errors"][0]["code"] == "exclusion_without_evidence"
        assert problem["errors"][0]["message"].startswith(said)
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/jobs/{job['id']}")).json()["version"] == 1


async def test_an_edit_from_an_older_value_overwrites_nothing(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk, symptom='不制冷'))['id']}/details"
    first = await desk.ask(DISPATCHER, "POST", path, json={"field": "symptom", "was": "不制冷", "now": "漏水"})
    second = await desk.ask(SUPERVISOR, "POST", path, json={"field": "symptom", "was": "不制冷", "now": "异响"})

    assert (first.status_code, first.json()["details"]["symptom"]) == (200, "漏水")
    assert (second.status_code, second.json()["code"]) == (409, "detail_changed")
    assert second.json()["current"]["details"]["symptom"] == "漏水"


async def test_the_priority_is_a_detail_with_a_closed_list_of_words(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk))['id']}/details"

    wrong = await desk.ask(DISPATCHER, "POST", path, json={"field": "priority", "was": "normal", "now": "asap"})
    right = await desk.ask(DISPATCHER, "POST", path, json={"field": "priority", "was": "normal", "now": "urgent"})
    empty = await desk.ask(DISPATCHER, "POST", path, json={"field": "priority", "was": "urgent"})

    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "unknown_value")
    assert (right.status_code, right.json()["priority"]) == (200, "urgent")
    assert (empty.status_code, empty.json()["errors"][0]["code"]) == (422, "nothing_said")


async def test_a_change_from_an_older_version_is_told_what_stands_now(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk))['id']}/closure"
    await desk.ask(DISPATCHER, "POST", path.replace("closure", "notes"), json={"text": "回电"})

    answer = await desk.ask(DISPATCHER, "POST", path, json={}, version=1)

    assert (answer.status_code, answer.json()["code"]) == (412, "version_changed")
    assert answer.json()["current"]["version"] == 2


async def test_an_action_sent_again_under_its_id_is_recorded_once(desk: Desk) -> None:
    path = f"/v1/jobs/{(await opened(desk))['id']}/notes"
    body = {"id": str(uuid4()), "text": "回电"}

    first = await desk.ask(DISPATCHER, "POST", path, json=body, version=1)
    again = await desk.ask(DISPATCHER, "POST", path, json=body, version=1)
    other = await desk.ask(DISPATCHER, "POST", path, json={**body, "text": "另一件事"})

    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")


async def test_the_rules_are_served_once_and_then_not_sent_again(desk: Desk) -> None:
    book = await desk.ask(TECHNICIAN, "GET", "/v1/rules")
    again = await desk.ask(TECHNICIAN, "GET", "/v1/rules", headers={"If-None-Match": book.headers["etag"]})

    rules = {rule["code"]: rule for rule in book.json()["rules"]}
    assert rules["work_without_acknowledgement"]["refuses"] is True
    assert {"kind": "departed", "sources": ["planned", "accepted"], "to": "travelling"} in book.json()["transitions"]
    assert {"field": "cause", "owner": "door_owns"} in book.json()["details"]
    checks = {check["code"]: check["en"] for check in book.json()["safety_checks"]}
    assert {code: checks[code] for code in safety_checks_of(SpecialWork.GAS)}["gas_shut_off"] == "Gas shut off"
    assert (again.status_code, again.content) == (304, b"")
