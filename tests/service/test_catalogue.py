"""The catalogue: one digest for all of it, changes that know what they change, prices that stay what they were."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from httpx import Response

from service.seed.company import sample_id
from service.store.catalogue import bundles as catalogue_bundles
from tests.builders.organisations import add_organisation
from tests.builders.sample_desk import DISPATCHER, SUPERVISOR, TECHNICIAN, Desk, every_page

LISTS = {"products": 8, "parts": 26, "fault-codes": 59, "price-lists": 2, "checklists": 14}
TOMORROW = (date.today() + timedelta(days=2)).isoformat()  # noqa: DTZ011 (two days on it is tomorrow everywhere)


async def read(desk: Desk, path: str) -> dict[str, Any]:
    answer = await desk.ask(DISPATCHER, "GET", f"/v1/catalogue{path}")
    assert answer.status_code == 200
    return dict(answer.json())


async def put(desk: Desk, path: str, item: dict[str, Any], version: int | None, login: str = SUPERVISOR) -> Response:
    return await desk.ask(login, "PUT", f"/v1/catalogue/{path}/{item['code']}", version=version, json=item)


async def test_the_whole_catalogue_is_sent_once(desk: Desk) -> None:
    first = await desk.ask(TECHNICIAN, "GET", "/v1/catalogue")
    again = await desk.ask(TECHNICIAN, "GET", "/v1/catalogue", headers={"If-None-Match": first.headers["etag"]})

    whole = first.json()
    assert first.headers["etag"] == f'"{whole["digest"]}"'
    apart = ("digest", "holiday_years")
    assert {name.replace("_", "-"): len(items) for name, items in whole.items() if name not in apart} == LISTS
    assert [year["code"] for year in whole["holiday_years"]] == ["2025", "2026"]
    assert (again.status_code, again.content) == (304, b"")


async def test_a_pull_announces_the_digest_of_the_catalogue(desk: Desk) -> None:
    async with desk.database.reader() as db:
        announced = await catalogue_bundles.current(db, desk.card.org_id)

    assert (await read(desk, ""))["digest"] == announced.digest


async def test_every_change_changes_the_digest_and_taking_it_back_restores_it(desk: Desk) -> None:
    before = (await read(desk, ""))["digest"]
    part = (await read(desk, "/parts/P-AC-011"))["item"]

    await put(desk, "parts", {**part, "price_fen": 3_600}, 1)
    changed = (await read(desk, ""))["digest"]
    await put(desk, "parts", part, 2)

    assert changed != before
    assert (await read(desk, ""))["digest"] == before


@pytest.mark.parametrize("kind", LISTS)
async def test_every_kind_is_listed_by_code_and_read_one_by_one(desk: Desk, kind: str) -> None:
    listed = await every_page(desk, DISPATCHER, f"/v1/catalogue/{kind}")

    codes = [entry["item"]["code"] for entry in listed]
    assert len(codes) == LISTS[kind]
    assert codes == sorted(codes)
    assert await read(desk, f"/{kind}/{codes[0]}") == listed[0]
    assert (await desk.ask(DISPATCHER, "GET", f"/v1/catalogue/{kind}/NONE")).status_code == 404


async def test_version_zero_adds_an_item(desk: Desk) -> None:
    part = {**(await read(desk, "/parts/P-AC-011"))["item"], "code": "P-AC-099"}

    missing = await put(desk, "parts", part, None)
    from_nothing = await put(desk, "parts", part, 3)
    added = await put(desk, "parts", part, 0)
    again = await put(desk, "parts", part, 0)

    assert (missing.status_code, from_nothing.status_code) == (428, 412)
    assert added.json() == {"version": 1, "item": part}
    assert (again.status_code, again.json()) == (200, added.json())


async def test_a_stale_change_is_refused_with_what_is_stored_now(desk: Desk) -> None:
    part = (await read(desk, "/parts/P-AC-011"))["item"]
    current = (await put(desk, "parts", {**part, "price_fen": 3_600}, 1)).json()

    stale = await put(desk, "parts", {**part, "price_fen": 3_700}, 1)

    assert (stale.status_code, stale.json()["code"]) == (412, "version_changed")
    assert stale.json()["current"] == current


async def test_changes_at_once_are_all_in_the_digest(desk: Desk) -> None:
    entries = (await every_page(desk, DISPATCHER, "/v1/catalogue/parts"))[:6]

    answers = await asyncio.gather(
        *(put(desk, "parts", {**entry["item"], "price_fen": 1}, entry["version"]) for entry in entries)
    )

    assert {answer.status_code for answer in answers} == {200}
    stored = (await read(desk, ""))["digest"]
    async with desk.database.transaction() as db:
        await catalogue_bundles.renew(db, desk.card.org_id)
        assert (await catalogue_bundles.current(db, desk.card.org_id)).digest == stored


async def test_of_two_changes_of_one_item_at_once_one_counts(desk: Desk) -> None:
    part = (await read(desk, "/parts/P-AC-011"))["item"]

    answers = await asyncio.gather(*(put(desk, "parts", {**part, "price_fen": price}, 1) for price in range(100, 104)))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_a_price_list_in_force_stays_as_it_is(desk: Desk) -> None:
    entry = await read(desk, "/price-lists/FS-2025-07")
    dearer = {**entry["item"], "name_en": "Dearer"}

    for change in (dearer, {**dearer, "valid_from": TOMORROW}):
        answer = await put(desk, "price-lists", change, entry["version"])
        assert (answer.status_code, answer.json()["code"]) == (409, "price_list_in_force")
    assert await read(desk, "/price-lists/FS-2025-07") == entry


async def test_no_price_list_begins_in_the_past(desk: Desk) -> None:
    entry = await read(desk, "/price-lists/FS-2025-07")

    backdated = {**entry["item"], "code": "FS-2025-06", "valid_from": "2025-06-01"}
    answer = await put(desk, "price-lists", backdated, 0)

    assert (answer.status_code, answer.json()["code"]) == (409, "price_list_in_force")


async def test_a_price_list_that_has_not_begun_can_be_changed(desk: Desk) -> None:
    planned = {**(await read(desk, "/price-lists/FS-2025-07"))["item"], "code": "FS-NEXT", "valid_from": TOMORROW}
    await put(desk, "price-lists", planned, 0)

    answer = await put(desk, "price-lists", {**planned, "name_en": "Cheaper"}, 1)

    assert (answer.status_code, answer.json()["version"]) == (200, 2)


async def a_next_list(desk: Desk, code: str, **changes: Any) -> Response:
    item = (await read(desk, "/price-lists/FS-2025-07"))["item"]
    return await put(desk, "price-lists", {**item, "code": code, "valid_from": TOMORROW, **changes}, 0)


async def test_two_lists_of_one_day_for_one_job_are_refused_unless_one_is_more_special(desk: Desk) -> None:
    west, south = (str(sample_id("outlet", code)) for code in ("HZ01", "SZ01"))
    added: dict[str, dict[str, Any]] = {
        "ALL": {},
        "WEST": {"outlet_ids": [west]},
        "SOUTH": {"outlet_ids": [south]},
        "CLEAN": {"work_types": ["clean"]},
        "WEST-CLEAN": {"outlet_ids": [west], "work_types": ["clean"]},
        "WEST-REPAIR": {"outlet_ids": [west, south], "work_types": ["repair"]},
    }
    for code, changes in added.items():
        assert (await a_next_list(desk, code, **changes)).status_code == 200, code

    rivals: dict[str, dict[str, Any]] = {
        "ALL": {},
        "WEST": {"outlet_ids": [west, str(sample_id("outlet", "JX01"))]},
        "CLEAN": {"work_types": ["maintain", "clean"]},
        "WEST-REPAIR": {"outlet_ids": [south], "work_types": ["repair", "install"]},
    }
    for code, changes in rivals.items():
        answer = await a_next_list(desk, f"{code}-AGAIN", **changes)
        assert (answer.status_code, answer.json()["code"]) == (409, "price_lists_overlap"), answer.text
        assert f" {code} " in answer.json()["detail"]


async def test_a_price_list_names_outlets_that_there_are(desk: Desk) -> None:
    known, unknown = str(sample_id("outlet", "HZ01")), str(sample_id("outlet", "NONE"))

    answer = await a_next_list(desk, "FS-NEXT", outlet_ids=[known, unknown])

    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [
        ("/outlet_ids/1", "unknown_reference")
    ]


async def test_a_price_list_names_each_price_once(desk: Desk) -> None:
    planned = {**(await read(desk, "/price-lists/FS-2025-07"))["item"], "code": "FS-NEXT", "valid_from": TOMORROW}

    answer = await put(desk, "price-lists", {**planned, "lines": planned["lines"] + planned["lines"][:1]}, 0)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/lines"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_fen", -1),
        ("price_fen", 35.5),
        ("price_fen", 10**13),
        ("warranty_days", 29),
        ("unit", "dozen"),
        ("grade", "fake"),
        ("name_zh", ""),
        ("name_en", None),
        ("code", "P-AC-012"),
    ],
)
async def test_a_value_that_does_not_fit_is_named(desk: Desk, field: str, value: object) -> None:
    part = (await read(desk, "/parts/P-AC-011"))["item"]

    answer = await desk.ask(SUPERVISOR, "PUT", "/v1/catalogue/parts/P-AC-011", version=1, json={**part, field: value})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]


async def test_dispatchers_and_technicians_read_prices_and_set_none(desk: Desk) -> None:
    part = (await read(desk, "/parts/P-AC-011"))["item"]

    for login in (DISPATCHER, TECHNICIAN):
        assert (await put(desk, "parts", {**part, "price_fen": 1}, 1, login)).status_code == 403


async def test_another_organisation_has_a_catalogue_of_its_own(desk: Desk) -> None:
    stranger = (await add_organisation(desk.database)).dispatcher

    whole = await desk.client.get("/v1/catalogue", headers=stranger.headers)
    one = await desk.client.get("/v1/catalogue/parts/P-AC-011", headers=stranger.headers)

    assert whole.json()["parts"] == []
    assert one.status_code == 404
