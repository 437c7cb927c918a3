"""Members: who may appoint whom, and that who leaves is out at once. Their certificates and absences."""

from typing import Any

import pytest

from service.seed.company import sample_id
from tests.builders.sample_desk import ADMIN, DISPATCHER, SUPERVISOR, Desk, every_page

HZ01, SZ01 = str(sample_id("outlet", "HZ01")), str(sample_id("outlet", "SZ01"))
NEW_PASSWORD = {"password": "a word of their own"}
LI_MIN = sample_id("member", "HZ0112")


def a_member(**fields: object) -> dict[str, object]:
    """A technician of West Lake to take on."""
    return {"login": "HZ0199", "name": "西湖服务站 工程师", "role": "technician", "outlet_ids": [HZ01], **fields}


async def content_of(desk: Desk, login: str) -> dict[str, Any]:
    record = (await desk.ask(ADMIN, "GET", f"/v1/members/{sample_id('member', login)}")).json()
    return {name: value for name, value in record.items() if name not in {"id", "version"}}


@pytest.mark.parametrize(
    "beyond",
    [
        {"role": "admin"},
        {"role": "supervisor"},
        {"role": "integration"},
        {"outlet_ids": []},
        {"outlet_ids": [SZ01]},
        {"outlet_ids": [HZ01, SZ01]},
    ],
)
async def test_a_supervisor_gives_nobody_more_than_they_answer_for(desk: Desk, beyond: dict[str, object]) -> None:
    made = await desk.ask(SUPERVISOR, "POST", "/v1/members", json=a_member(**beyond))
    raised = await desk.ask(
        SUPERVISOR, "PUT", f"/v1/members/{LI_MIN}", version=1, json={**await content_of(desk, "HZ0112"), **beyond}
    )

    assert (made.status_code, raised.status_code) == (403, 403)
    assert (await content_of(desk, "HZ0112"))["role"] == "technician"


async def test_a_supervisor_cannot_depose_another(desk: Desk) -> None:
    own = desk.member_id(SUPERVISOR)
    demoted = {**await content_of(desk, SUPERVISOR), "role": "dispatcher"}

    answer = await desk.ask(SUPERVISOR, "PUT", f"/v1/members/{own}", version=1, json=demoted)

    assert answer.status_code == 403


async def test_an_administrator_cannot_lock_themselves_out(desk: Desk) -> None:
    own = desk.member_id(ADMIN)

    answer = await desk.ask(
        ADMIN, "PUT", f"/v1/members/{own}", version=1, json={**await content_of(desk, ADMIN), "active": False}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "state_conflict")


@pytest.mark.parametrize("change", [{"active": False}, {"role": "dispatcher"}, {"outlet_ids": [SZ01]}])
async def test_who_loses_authority_is_out_at_once(desk: Desk, change: dict[str, object]) -> None:
    assert (await desk.ask("HZ0112", "GET", "/v1/outlets")).status_code == 200

    changed = await desk.ask(
        ADMIN, "PUT", f"/v1/members/{LI_MIN}", version=1, json={**await content_of(desk, "HZ0112"), **change}
    )

    assert changed.status_code == 200
    assert (await desk.ask("HZ0112", "GET", "/v1/outlets")).status_code == 401


async def test_another_name_or_skill_signs_nobody_out(desk: Desk) -> None:
    await desk.ask("HZ0112", "GET", "/v1/outlets")

    content = {**await content_of(desk, "HZ0112"), "skills": ["electricity", "gas"], "daily_minutes": 300}
    await desk.ask(SUPERVISOR, "PUT", f"/v1/members/{LI_MIN}", version=1, json=content)

    assert (await desk.ask("HZ0112", "GET", "/v1/outlets")).status_code == 200


async def test_a_new_password_ends_what_the_old_one_opened(desk: Desk) -> None:
    path = f"/v1/members/{desk.member_id(DISPATCHER)}/password"
    await desk.ask(DISPATCHER, "GET", "/v1/outlets")
    body = {"organisation": desk.card.organisation, "login": DISPATCHER, "device_name": "desk"}

    short = await desk.ask(SUPERVISOR, "PUT", path, json={"password": "x" * 11})
    upwards = await desk.ask(SUPERVISOR, "PUT", f"/v1/members/{desk.member_id(SUPERVISOR)}/password", json=NEW_PASSWORD)
    elsewhere = await desk.ask("supervisor.sz01", "PUT", path, json=NEW_PASSWORD)
    assert (short.status_code, upwards.status_code, elsewhere.status_code) == (422, 403, 404)

    assert (await desk.ask(SUPERVISOR, "PUT", path, json=NEW_PASSWORD)).status_code == 204
    assert (await desk.ask(DISPATCHER, "GET", "/v1/outlets")).status_code == 401
    assert (await desk.client.post("/v1/sessions", json={**body, **NEW_PASSWORD})).status_code == 201


async def test_two_members_cannot_share_a_login(desk: Desk) -> None:
    answer = await desk.ask(SUPERVISOR, "POST", "/v1/members", json=a_member(login="HZ0107"))

    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


@pytest.mark.parametrize(
    ("filters", "logins"),
    [
        ({"role": "technician"}, {"HZ0107", "HZ0112", "HZ0115"}),
        ({"role": "technician", "skill": "height"}, {"HZ0107"}),
        ({"role": "supervisor"}, {"supervisor.hz01"}),
        ({"active": "false"}, set()),
        ({"outlet_id": SZ01}, set()),
    ],
)
async def test_members_are_found_by_role_skill_and_outlet(
    desk: Desk, filters: dict[str, str], logins: set[str]
) -> None:
    listed = await every_page(desk, DISPATCHER, "/v1/members", **filters)

    assert {member["login"] for member in listed} == logins


async def test_no_password_leaves_the_house(desk: Desk) -> None:
    for member in await every_page(desk, ADMIN, "/v1/members"):
        assert not [name for name in member if "password" in name or "authority" in name]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("daily_minutes", 1441),
        ("skills", ["x" * 65]),
        ("skills", ["a"] * 51),
        ("login", "two words"),
        ("role", "owner"),
        ("outlet_ids", [HZ01, "HZ01"]),
        ("active", "yes"),
    ],
)
async def test_a_value_that_does_not_fit_is_named(desk: Desk, field: str, value: object) -> None:
    answer = await desk.ask(SUPERVISOR, "POST", "/v1/members", json=a_member(**{field: value}))

    assert answer.status_code == 422
    assert [error["pointer"].split("/")[1] for error in answer.json()["errors"]] == [field]


async def test_certificates_about_to_lapse_are_found_by_their_last_day_or_their_review(desk: Desk) -> None:
    listed = await every_page(desk, ADMIN, "/v1/certificates", lapses_before="2025-07-16")

    assert {certificate["number"] for certificate in listed} == {"T-HZ0115-REFRIGERATION", "T-JX0302-HEIGHT"}


async def test_a_certificate_does_not_end_before_it_begins(desk: Desk) -> None:
    body = {"member_id": str(LI_MIN), "kind": "gas", "number": "G-1"}
    term = {"valid_from": "2025-07-02", "valid_until": "2025-07-01"}

    answer = await desk.ask(SUPERVISOR, "POST", "/v1/certificates", json={**body, **term})

    assert answer.status_code == 422


async def test_absences_are_found_by_the_span_they_touch_and_can_be_taken_back(desk: Desk) -> None:
    span = {"starts_at": "2025-07-01T00:00:00Z", "ends_at": "2025-07-02T00:00:00Z"}
    body = {"member_id": str(LI_MIN), "reason": "年假", **span}
    absence = (await desk.ask(DISPATCHER, "POST", "/v1/absences", json=body)).json()
    touching = {"from_time": "2025-07-01T23:00:00Z", "until_time": "2025-07-03T00:00:00Z"}
    after = {"from_time": "2025-07-02T00:00:00Z", "until_time": "2025-07-03T00:00:00Z"}

    assert len(await every_page(desk, DISPATCHER, "/v1/absences", **touching)) == 1
    assert await every_page(desk, DISPATCHER, "/v1/absences", **after) == []
    path = f"/v1/absences/{absence['id']}"
    assert (await desk.ask(DISPATCHER, "DELETE", path)).status_code == 428
    assert (await desk.ask(DISPATCHER, "DELETE", path, version=2)).status_code == 412
    assert (await desk.ask(DISPATCHER, "DELETE", path, version=1)).status_code == 204
    assert (await desk.ask(DISPATCHER, "DELETE", path, version=1)).status_code == 404


async def test_an_absence_has_a_length_and_an_offset(desk: Desk) -> None:
    for starts_at, ends_at in (
        ("2025-07-01T00:00:00Z", "2025-07-01T08:00:00+08:00"),
        ("2025-07-01T00:00:00", "2025-07-02T00:00:00"),
        ("0001-01-01T00:00:00+14:00", "2025-07-02T00:00:00Z"),
    ):
        body = {"member_id": str(LI_MIN), "reason": "年假", "starts_at": starts_at, "ends_at": ends_at}
        assert (await desk.ask(DISPATCHER, "POST", "/v1/absences", json=body)).status_code == 422
