"""A technician sees the personal data that their work needs, as long as it does."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Text, cast, insert, select

from service.seed.company import sample_id
from service.store.sync.feed import SITE
from service.store.tables import audience, documents, jobs
from tests.builders.sample_desk import DISPATCHER, TECHNICIAN, Desk, every_page

HZ01 = sample_id("outlet", "HZ01")


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


async def hold(desk: Desk, customer: str, *, visible: bool) -> None:
    """A job for the customer in the technician's scope, or withdrawn from it."""
    async with desk.database.transaction() as db:
        job_id = await db.scalar(insert(jobs).values(_job(desk.card.org_id, customer)).returning(jobs.c.id))
        await db.execute(
            insert(documents).values(org_id=desk.card.org_id, id=job_id, kind="job", version=1, body=b"{}", digest=b"")
        )
        row = {"org_id": desk.card.org_id, "scope_id": desk.member_id(TECHNICIAN), "document_id": job_id}
        await db.execute(insert(audience).values(**row, visible=visible))


async def hold_site(desk: Desk, site_id: UUID) -> None:
    """The site's card in the technician's scope, still empty."""
    org_id = desk.card.org_id
    async with desk.database.transaction() as db:
        document = {"org_id": org_id, "id": site_id, "kind": SITE, "version": 1, "body": b"{}", "digest": b""}
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
