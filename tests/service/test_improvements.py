"""Improvement actions: linked to a figure, with an owner and a day, and with what it was before and after."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from domain.people.actor import Role
from service.database import Database
from tests.builders.organisations import Organisation, Person, add_outlet, add_person
from tests.service.test_snapshots import FIRST, LAST, Office

NOBODY = "019f3517-9c00-7000-8000-00000000dead"


@pytest.fixture
async def office(client: AsyncClient, database: Database, an_organisation: Organisation) -> Office:
    where = an_organisation.org_id, an_organisation.outlet_id
    async with database.transaction() as db:
        boss = await add_person(db, *where, Role.SUPERVISOR, "HZ01-BOSS", "西湖服务站 主管")
    return Office(client, database, an_organisation, boss)


def action(office: Office, **changes: Any) -> dict[str, Any]:
    body = {
        "kpi": "K03",
        "outlet_id": str(office.organisation.outlet_id),
        "first_day": str(FIRST),
        "last_day": str(LAST),
        "title": "准时上门率低于目标",
        "action": "下午最多安排三单",
        "owner_id": str(office.boss.actor.member_id),
        "due_on": str(LAST),
    }
    return {**body, **changes}


async def began(office: Office, **changes: Any) -> dict[str, Any]:
    answer = await office.ask("POST", "/v1/improvements", json=action(office, **changes))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def changed(office: Office, stored: dict[str, Any], person: Person | None = None, **changes: Any) -> Response:
    content = {name: stored[name] for name in (*action(office), "state", "after_first_day", "after_last_day")}
    headers = {**(person or office.boss).headers, "If-Match": f'"{stored["version"]}"'}
    return await office.client.put(f"/v1/improvements/{stored['id']}", json={**content, **changes}, headers=headers)


def taken(figure: dict[str, Any] | None) -> tuple[int, int] | None:
    return None if figure is None else (figure["numerator"], figure["denominator"])


async def test_the_figure_that_gave_cause_is_taken_when_it_begins_and_stays(office: Office) -> None:
    job_id, visit_id = await office.promised()
    stored = await began(office)
    await office.visited(job_id, visit_id)

    again = (await office.ask("GET", f"/v1/improvements/{stored['id']}")).json()

    assert taken(stored["before"]) == taken(again["before"]) == (0, 1)
    assert (again["after"], again["state"]) == (None, "planned")


async def test_a_second_period_is_the_figure_after_and_done_needs_one(office: Office) -> None:
    job_id, visit_id = await office.promised()
    stored = await began(office)
    await office.visited(job_id, visit_id)

    early = await changed(office, stored, state="done")
    done = await changed(office, stored, state="done", after_first_day=str(FIRST), after_last_day=str(LAST))

    assert [each["code"] for each in early.json()["errors"]] == ["after_missing"]
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert (taken(done.json()["before"]), taken(done.json()["after"])) == ((0, 1), (1, 1))


async def test_figures_come_from_the_snapshots_that_are_named(office: Office) -> None:
    where = {"outlet_id": str(office.organisation.outlet_id)}
    job_id, visit_id = await office.promised()
    bad = await office.frozen(**where)
    await office.visited(job_id, visit_id)
    good = await office.frozen(**where)

    stored = await began(office, before_snapshot_id=bad["snapshot"]["id"], after_snapshot_id=good["snapshot"]["id"])

    assert (taken(stored["before"]), taken(stored["after"])) == ((0, 1), (1, 1))
    assert stored["before"]["at"] == bad["snapshot"]["frozen_at"]
    assert stored["after"]["snapshot_id"] == good["snapshot"]["id"]


async def test_a_snapshot_about_something_else_shows_nothing(office: Office) -> None:
    everything = await office.frozen()
    grouped = await office.frozen(outlet_id=str(office.organisation.outlet_id), group_by="technician")
    for report in (everything, grouped):
        body = action(office, before_snapshot_id=report["snapshot"]["id"])
        refused = await office.ask("POST", "/v1/improvements", json=body)
        assert refused.json()["errors"][0]["code"] == "about_something_else"


async def test_sent_again_under_its_id_it_begins_once(office: Office) -> None:
    improvement_id = str(uuid4())
    first, again = await began(office, id=improvement_id), await began(office, id=improvement_id)
    other = await office.ask("POST", "/v1/improvements", json=action(office, id=improvement_id, title="别的"))
    assert first == again
    assert (other.status_code, other.json()["code"]) == (409, "already_exists")


async def test_a_change_from_an_older_version_is_refused(office: Office) -> None:
    stored = await began(office)
    assert (await changed(office, stored, state="doing")).status_code == 200
    stale = await changed(office, stored, state="dropped")
    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"kpi": "K99"}, "/kpi", "unknown_reference"),
        ({"owner_id": NOBODY}, "/owner_id", "unknown_reference"),
        ({"outlet_id": NOBODY}, "/outlet_id", "unknown_reference"),
        ({"outlet_id": None}, "/outlet_id", "missing"),
        ({"before_snapshot_id": NOBODY}, "/before_snapshot_id", "unknown_reference"),
        ({"after_snapshot_id": NOBODY}, "/after_snapshot_id", "unknown_reference"),
        ({"last_day": "2001-01-01"}, "/last_day", "ends_before_it_begins"),
        ({"due_on": "2001-01-01"}, "/due_on", "ends_before_it_begins"),
        ({"after_first_day": "2025-01-01"}, "/after_last_day", "missing"),
        ({"after_first_day": "2025-01-02", "after_last_day": "2025-01-01"}, "/after_last_day", "ends_before_it_begins"),
        ({"state": "forgotten"}, "/state", "unknown_value"),
    ],
)
async def test_what_cannot_be_meant_is_refused(
    office: Office, changes: dict[str, Any], pointer: str, code: str
) -> None:
    refused = await office.ask("POST", "/v1/improvements", json=action(office, **changes))
    assert refused.status_code == 422
    assert (pointer, code) in [(each["pointer"], each["code"]) for each in refused.json()["errors"]]


async def test_actions_are_seen_and_changed_by_whom_they_concern(office: Office, database: Database) -> None:
    elsewhere = uuid4()
    async with database.transaction() as db:
        await add_outlet(db, office.organisation.org_id, elsewhere, code="SZ01", name="姑苏服务站")
        where = office.organisation.org_id, elsewhere
        other = await add_person(db, *where, Role.SUPERVISOR, "SZ01-BOSS", "姑苏服务站 主管")
    stored = await began(office)

    assert (await office.ask("GET", f"/v1/improvements/{stored['id']}", other)).status_code == 404
    assert (await office.ask("GET", "/v1/improvements", other)).json()["items"] == []
    assert (await changed(office, stored, other)).status_code == 404
    assert (await changed(office, stored, office.organisation.dispatcher)).status_code == 403


async def test_the_list_is_narrowed_to_what_is_asked_for(office: Office) -> None:
    first, second = await began(office), await began(office, kpi="K01")
    await changed(office, second, state="doing")

    async def listed(**query: str) -> list[str]:
        answer = await office.ask("GET", "/v1/improvements", params=query)
        return sorted(each["id"] for each in answer.json()["items"])

    assert await listed() == sorted([first["id"], second["id"]])
    assert await listed(kpi="K03") == [first["id"]]
    assert await listed(state="doing") == [second["id"]]
    assert await listed(owner_id=NOBODY) == []
