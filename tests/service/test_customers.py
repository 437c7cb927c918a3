"""Customers: found by what people say on the phone, and seen by whoever works for them."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import BigInteger, Text, cast, insert, select

from service.seed.company import sample_id
from service.store.feed import SITE
from service.store.tables import audience, documents, jobs
from tests.sample_desk import DISPATCHER, ELSEWHERE, TECHNICIAN, Desk, every_page

HZ01, SZ01 = sample_id("outlet", "HZ01"), sample_id("outlet", "SZ01")


async def names_found(desk: Desk, search: str, login: str = DISPATCHER) -> list[str]:
    return [customer["name"] for customer in await every_page(desk, login, "/v1/customers", search=search)]


@pytest.mark.parametrize("search", ["客 003", "100-1000-0003", "10010000003", "1000 0003", "示例路 3 号"])
async def test_a_customer_is_found_by_part_of_name_phone_or_address(desk: Desk, search: str) -> None:
    assert await names_found(desk, search) == ["顾客 003"]


@pytest.mark.parametrize("search", ["%", "_", "\\", "' OR 1=1 --"])
async def test_signs_of_the_query_language_stand_for_themselves(desk: Desk, search: str) -> None:
    assert await names_found(desk, search) == []


async def test_a_search_ends_at_the_outlet(desk: Desk) -> None:
    assert len(await names_found(desk, "顾客")) == 10
    assert len(await names_found(desk, "顾客", ELSEWHERE)) == 6
    assert await names_found(desk, "顾客 011") == []
    assert len(await names_found(desk, "顾客", "admin")) == 20


async def test_no_customer_is_missed_or_repeated_while_others_are_added(desk: Desk) -> None:
    before = {customer["id"] for customer in await every_page(desk, DISPATCHER, "/v1/customers")}
    seen: list[str] = []
    asked: dict[str, Any] = {"limit": 2}

    while True:
        page = (await desk.ask(DISPATCHER, "GET", "/v1/customers", params=asked)).json()
        seen += [customer["id"] for customer in page["items"]]
        await asyncio.gather(*(add_customer(desk, f"顾客 {len(seen)}{number}") for number in range(2)))
        if not page["has_more"] or len(seen) > 100:
            break
        asked["cursor"] = page["next_cursor"]

    assert len(seen) == len(set(seen))
    assert before <= set(seen)


async def test_a_cursor_belongs_to_its_filters(desk: Desk) -> None:
    first = await desk.ask(DISPATCHER, "GET", "/v1/customers", params={"limit": 1, "search": "顾客"})

    asked = {"search": "顾客 0", "cursor": first.json()["next_cursor"]}
    answer = await desk.ask(DISPATCHER, "GET", "/v1/customers", params=asked)

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "foreign_cursor")


async def test_another_outlets_customer_can_neither_be_made_nor_taken(desk: Desk) -> None:
    own = await add_customer(desk, "顾客 101")
    elsewhere = {"name": "顾客 101", "outlet_id": str(SZ01)}

    created = await desk.ask(DISPATCHER, "POST", "/v1/customers", json=elsewhere)
    moved = await desk.ask(DISPATCHER, "PUT", f"/v1/customers/{own['id']}", version=1, json=elsewhere)

    for answer in (created, moved):
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/outlet_id")


async def test_an_outlet_out_of_sight_is_told_apart_from_none_by_nobody(desk: Desk) -> None:
    answers = [
        await desk.ask(DISPATCHER, "POST", "/v1/customers", json={"name": "顾客 101", "outlet_id": str(outlet_id)})
        for outlet_id in (SZ01, uuid4())
    ]

    assert answers[0].json()["errors"] == answers[1].json()["errors"]


async def test_a_technician_sees_the_customers_of_the_jobs_they_hold(desk: Desk) -> None:
    await hold(desk, "顾客 001", visible=True)
    await hold(desk, "顾客 002", visible=False)

    listed = await every_page(desk, TECHNICIAN, "/v1/customers")
    withdrawn = await desk.ask(TECHNICIAN, "GET", f"/v1/customers/{sample_id('customer', '顾客 002')}")

    assert [customer["name"] for customer in listed] == ["顾客 001"]
    assert withdrawn.status_code == 404
    assert await every_page(desk, "HZ0112", "/v1/customers") == []


async def test_a_technician_sees_the_site_of_a_job_they_hold_and_what_stands_there(desk: Desk) -> None:
    await hold(desk, "顾客 001", visible=True)

    listed = await every_page(desk, TECHNICIAN, "/v1/sites")
    standing = await every_page(desk, TECHNICIAN, "/v1/assets")

    assert [site["id"] for site in listed] == [str(sample_id("site", "顾客 001"))]
    assert {asset["product_code"] for asset in standing} == {"LS-KF35", "HZ-G16"}


async def test_a_correction_at_the_desk_reaches_the_phones_that_hold_the_site(desk: Desk) -> None:
    customer_id, site_id = sample_id("customer", "顾客 001"), sample_id("site", "顾客 001")
    await hold_site(desk, site_id)
    before = await card_and_turn(desk, site_id)

    body = {"name": "顾客 001", "phone": "100-2000-0001", "outlet_id": str(HZ01)}
    await desk.ask(DISPATCHER, "PUT", f"/v1/customers/{customer_id}", version=1, json=body)
    corrected = await card_and_turn(desk, site_id)
    asset = {"site_id": str(site_id), "product_code": "HZ-H90", "serial_number": "HZ-H90-NEW"}
    await desk.ask(DISPATCHER, "POST", "/v1/assets", json=asset)
    completed = await card_and_turn(desk, site_id)

    assert b"100-2000-0001" in corrected[0]
    assert b"HZ-H90-NEW" in completed[0]
    assert before[1] < corrected[1] < completed[1]


async def test_a_technician_changes_no_customer(desk: Desk) -> None:
    await hold(desk, "顾客 001", visible=True)
    body = {"name": "顾客 101", "outlet_id": str(HZ01)}

    answer = await desk.ask(
        TECHNICIAN, "PUT", f"/v1/customers/{sample_id('customer', '顾客 001')}", version=1, json=body
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "", "too_short"),
        ("name", "顾" * 201, "too_long"),
        ("name", "顾\0客", "holds_nul"),
        ("phone", "call me", "bad_format"),
        ("phone", "１００", "bad_format"),
        ("note", "x" * 2001, "too_long"),
        ("language", "fr", "unknown_value"),
        ("outlet_id", "HZ01", "malformed_id"),
        ("id", 7, "wrong_type"),
    ],
)
async def test_a_value_that_does_not_fit_is_named(desk: Desk, field: str, value: object, code: str) -> None:
    body = {"name": "顾客 101", "outlet_id": str(HZ01), field: value}

    answer = await desk.ask(DISPATCHER, "POST", "/v1/customers", json=body)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(f"/{field}", code)]


async def add_customer(desk: Desk, name: str) -> dict[str, Any]:
    answer = await desk.ask(DISPATCHER, "POST", "/v1/customers", json={"name": name, "outlet_id": str(HZ01)})
    return dict(answer.json())


async def hold(desk: Desk, customer: str, *, visible: bool) -> None:
    """A job for the customer in the technician's scope, or withdrawn from it."""
    async with desk.database.transaction() as db:
        job_id = await db.scalar(insert(jobs).values(_job(desk.card.org_id, customer)).returning(jobs.c.id))
        await db.execute(
            insert(documents).values(org_id=desk.card.org_id, id=job_id, kind="job", version=1, body=b"{}")
        )
        row = {"org_id": desk.card.org_id, "scope_id": desk.member_id(TECHNICIAN), "document_id": job_id}
        await db.execute(insert(audience).values(**row, visible=visible))


async def hold_site(desk: Desk, site_id: UUID) -> None:
    """The site's card in the technician's scope, still empty."""
    org_id = desk.card.org_id
    async with desk.database.transaction() as db:
        document = {"org_id": org_id, "id": site_id, "kind": SITE, "version": 1, "body": b"{}"}
        await db.execute(insert(documents).values(document))
        row = {"org_id": org_id, "scope_id": desk.member_id(TECHNICIAN), "document_id": site_id, "visible": True}
        await db.execute(insert(audience).values(row))


async def card_and_turn(desk: Desk, site_id: UUID) -> tuple[bytes, int]:
    """What a pull hands out for the site, and the transaction that last put it there."""
    query = select(documents.c.body, cast(cast(audience.c.xid, Text), BigInteger)).join(
        audience, audience.c.document_id == documents.c.id
    )
    async with desk.database.reader() as db:
        body, turn = (await db.execute(query.where(documents.c.id == site_id))).one()
    return body, turn


def _job(org_id: UUID, customer: str) -> dict[str, Any]:
    at = datetime(2025, 7, 1, tzinfo=UTC)
    words = {"number": "A-1", "work_type": "repair", "priority": "normal", "status": "scheduled"}
    counts = {"open_cases": 0, "version": 1, "memory": b"", "chain": b""}
    times = {"opened_at": at, "changed_at": at}
    places = {"outlet_id": HZ01, "customer_id": sample_id("customer", customer), "site_id": sample_id("site", customer)}
    return {"org_id": org_id, "id": uuid4(), "technician_ids": [], **words, **counts, **times, **places}
