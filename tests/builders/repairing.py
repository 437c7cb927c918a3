"""A phone that may hold its documents wrongly: what it says that it holds, and repairs."""

from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response

from sync.digest import canonical, digest, scope_digest
from tests.builders.fleet import both, planned_job
from tests.builders.organisations import Organisation, Person
from tests.builders.phone import Phone

FILL = """
WITH made AS (
    INSERT INTO documents SELECT $1, id, 'job', 1, body, sha256(body)
    FROM (SELECT id, convert_to(format('{"id":"%s"}', id), 'UTF8') AS body
          FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, $3::int)) i) b
    RETURNING id, digest
), shown AS (
    INSERT INTO audience (org_id, scope_id, document_id, visible) SELECT $1, $2, id, true FROM made
)
SELECT id, encode(digest, 'hex') AS digest FROM made
"""
Held = list[dict[str, str]]


async def holding(client: AsyncClient, organisation: Organisation, count: int, **opening: Any) -> Phone:
    """The technician's phone, with so many jobs as the server has them."""
    desk, phone = both(client, organisation)
    for _ in range(count):
        await planned_job(desk, organisation.outlet_id, organisation.technician, **opening)
    await phone.pull()
    assert len(phone.jobs) == count
    return phone


async def called_off(client: AsyncClient, organisation: Organisation, job_id: str) -> None:
    why = {"side": "customer", "reason": "不修了"}
    answer = await client.post(f"/v1/jobs/{job_id}/cancellation", json=why, headers=organisation.dispatcher.headers)
    assert answer.status_code == 200, answer.text


def held_by(phone: Phone) -> Held:
    """What the phone says that it holds: each document read, written down canonically, and hashed."""
    documents = {**phone.jobs, **phone.sites, **phone.vans}
    return [said(each, digest(canonical(document)).hex()) for each, document in documents.items()]


def digest_of(phone: Phone) -> str:
    """Of all that the phone holds."""
    return scope_digest((UUID(each["id"]), bytes.fromhex(each["digest"])) for each in held_by(phone)).hex()


def said(document_id: str, its_digest: str = "0" * 64) -> dict[str, str]:
    return {"id": document_id, "digest": its_digest}


async def asked(phone: Phone, held: Held, **more: Any) -> Response:
    return await phone.client.post("/v1/sync/repair", json={"held": held, **more}, headers=phone.person.headers)


async def repaired(phone: Phone, held: Held | None = None, **more: Any) -> dict[str, Any]:
    """One page, taken in."""
    answer = await asked(phone, held_by(phone) if held is None else held, **more)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    phone.jobs.update({job["id"]: job for job in body["jobs"]})
    phone.sites.update({card["id"]: card for card in body["sites"]})
    phone.vans.update({van["id"]: van for van in body["vans"]})
    for gone in body["withdrawn"]:
        phone.jobs.pop(gone["id"], None)
        phone.sites.pop(gone["id"], None)
    return body


async def listed(client: AsyncClient, person: Person) -> list[dict[str, Any]]:
    answer = await client.get("/v1/repairs", headers=person.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def damages(client: AsyncClient, organisation: Organisation) -> list[list[tuple[str, str]]]:
    """What the desk reads, repair by repair."""
    found = await listed(client, organisation.dispatcher)
    return [sorted((each["id"], each["damage"]) for each in repair["documents"]) for repair in found]
