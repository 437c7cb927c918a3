"""Assets: products of the catalogue at a site of ours."""

import pytest
from httpx import Response

from service.seed.company import sample_id
from tests.builders.sample_desk import DISPATCHER, Desk, every_page

NOBODY = "0197a000-0000-7000-8000-00000000dead"
SITE = str(sample_id("site", "顾客 001"))


async def create(desk: Desk, **fields: object) -> Response:
    body = {"site_id": SITE, "product_code": "HZ-H90", **fields}
    return await desk.ask(DISPATCHER, "POST", "/v1/assets", json=body)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("product_code", "LS-KF99"),
        ("product_code", "../parts"),
        ("site_id", NOBODY),
        ("site_id", str(sample_id("site", "顾客 011"))),
        ("invoiced_on", "2025-02-30"),
        ("serial_number", "x" * 201),
    ],
)
async def test_a_value_that_does_not_fit_is_named(desk: Desk, field: str, value: object) -> None:
    answer = await create(desk, **{field: value})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


@pytest.mark.parametrize(
    ("filters", "serial_numbers"),
    [
        ({"site_id": SITE}, {"LS-KF35-0011", "HZ-G16-0012"}),
        ({"customer_id": str(sample_id("customer", "顾客 001"))}, {"LS-KF35-0011", "HZ-G16-0012"}),
        ({"serial_number": "HZ-G16-0012"}, {"HZ-G16-0012"}),
        ({"product_code": "HZ-G16"}, {"HZ-G16-0012", "HZ-G16-0051"}),
        ({"serial_number": "HZ-G16-0131"}, set()),
    ],
)
async def test_assets_are_found_by_place_product_and_serial_number(
    desk: Desk, filters: dict[str, str], serial_numbers: set[str]
) -> None:
    listed = await every_page(desk, DISPATCHER, "/v1/assets", **filters)

    assert {asset["serial_number"] for asset in listed} == serial_numbers


async def test_an_asset_moves_with_its_owner(desk: Desk) -> None:
    asset = (await create(desk)).json()
    elsewhere = str(sample_id("site", "顾客 002"))

    moved = await desk.ask(
        DISPATCHER, "PUT", f"/v1/assets/{asset['id']}", version=1, json={"site_id": elsewhere, "product_code": "HZ-H90"}
    )

    assert moved.json()["site_id"] == elsewhere
