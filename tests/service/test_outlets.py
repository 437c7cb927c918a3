"""Outlets: seen by whoever works for them, opened by an administrator."""

import pytest

from service.seed.company import sample_id
from tests.builders.sample_desk import ADMIN, DISPATCHER, TECHNICIAN, Desk, every_page

HZ01 = sample_id("outlet", "HZ01")


@pytest.mark.parametrize(
    ("login", "codes"), [(ADMIN, ["HZ01", "JX01", "SZ01"]), (DISPATCHER, ["HZ01"]), (TECHNICIAN, ["HZ01"])]
)
async def test_members_see_the_outlets_that_they_work_for(desk: Desk, login: str, codes: list[str]) -> None:
    assert [outlet["code"] for outlet in await every_page(desk, login, "/v1/outlets")] == codes


async def test_an_outlet_of_others_is_not_found(desk: Desk) -> None:
    answer = await desk.ask(DISPATCHER, "GET", f"/v1/outlets/{sample_id('outlet', 'SZ01')}")

    assert answer.status_code == 404


async def test_two_outlets_cannot_share_a_code(desk: Desk) -> None:
    outlet = (await desk.ask(ADMIN, "GET", f"/v1/outlets/{HZ01}")).json()
    content = {name: value for name, value in outlet.items() if name not in {"id", "version"}}

    created = await desk.ask(ADMIN, "POST", "/v1/outlets", json=content)
    renamed = await desk.ask(ADMIN, "PUT", f"/v1/outlets/{HZ01}", version=1, json={**content, "code": "SZ01"})

    for answer in (created, renamed):
        assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")


async def test_an_outlet_has_a_real_time_zone(desk: Desk) -> None:
    outlet = (await desk.ask(ADMIN, "GET", f"/v1/outlets/{HZ01}")).json()
    content = {name: value for name, value in outlet.items() if name not in {"id", "version"}}

    answer = await desk.ask(ADMIN, "PUT", f"/v1/outlets/{HZ01}", version=1, json={**content, "time_zone": "Hangzhou"})

    assert [error["code"] for error in answer.json()["errors"]] == ["unknown_time_zone"]


async def test_a_change_that_changed_nothing_is_not_sent_again(desk: Desk) -> None:
    first = await desk.ask(ADMIN, "GET", f"/v1/outlets/{HZ01}")

    again = await desk.ask(ADMIN, "GET", f"/v1/outlets/{HZ01}", headers={"If-None-Match": first.headers["etag"]})

    assert (again.status_code, again.content) == (304, b"")
