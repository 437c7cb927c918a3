"""Sites: addresses in a time zone, and positions that say what they are measured in."""

from uuid import uuid4

import pytest
from httpx import Response

from service.seed.company import sample_id
from tests.builders.sample_desk import DISPATCHER, Desk, every_page

NOBODY = "0197a000-0000-7000-8000-00000000dead"
CUSTOMER = str(sample_id("customer", "顾客 001"))


async def create(desk: Desk, **fields: object) -> Response:
    body = {"customer_id": CUSTOMER, "address": "杭州市西湖区示例路 101 号", "time_zone": "Asia/Shanghai", **fields}
    return await desk.ask(DISPATCHER, "POST", "/v1/sites", json=body)


async def test_the_sites_of_a_customer_are_listed(desk: Desk) -> None:
    second = (await create(desk)).json()

    listed = await every_page(desk, DISPATCHER, "/v1/sites", customer_id=CUSTOMER)

    assert {site["id"] for site in listed} == {second["id"], str(sample_id("site", "顾客 001"))}


@pytest.mark.parametrize("missing", ["latitude", "longitude", "coordinate_system"])
async def test_half_a_position_is_refused_and_the_missing_part_named(desk: Desk, missing: str) -> None:
    position: dict[str, object] = {"latitude": 30.27, "longitude": 120.15, "coordinate_system": "wgs84"}
    answer = await create(desk, **{**position, missing: None})

    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, f"/{missing}", "missing")


async def test_a_site_may_have_no_position(desk: Desk) -> None:
    answer = await create(desk)

    assert answer.status_code == 201
    assert answer.json()["latitude"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Asia/Hangzhou"),
        ("time_zone", "+08:00"),
        ("latitude", 90.1),
        ("longitude", -180.1),
        ("distance_km", -1),
        ("distance_km", 2**63),
        ("distance_km", 1.5),
        ("address", ""),
        ("coordinate_system", "bd09"),
        ("customer_id", NOBODY),
        ("customer_id", str(sample_id("customer", "顾客 011"))),
    ],
)
async def test_a_value_that_does_not_fit_is_named(desk: Desk, field: str, value: object) -> None:
    position = {"latitude": 30.27, "longitude": 120.15, "coordinate_system": "wgs84"}

    answer = await create(desk, **{**position, field: value})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


async def test_a_site_stays_with_its_customer(desk: Desk) -> None:
    site = (await create(desk)).json()
    body = {"customer_id": str(uuid4()), "address": "杭州市西湖区示例路 102 号", "time_zone": "Asia/Shanghai"}

    answer = await desk.ask(DISPATCHER, "PUT", f"/v1/sites/{site['id']}", version=1, json=body)

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/customer_id"]
