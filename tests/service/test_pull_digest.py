"""The digest of a scope: what the server says of all that a device should hold is what the device works out itself."""

from hashlib import sha256
from typing import Any
from uuid import UUID

from httpx import AsyncClient

from service.database import Database
from sync.digest import canonical
from tests.builders.fleet import a_site, both, planned_job
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone


def own_digest(phone: Phone) -> str:
    """As `docs/sync-in-detail.md` tells an app to work it out: id and digest of each document, by rising id."""
    held: dict[str, Any] = phone.jobs | phone.sites | phone.vans
    pairs = [UUID(key).bytes + sha256(canonical(held[key])).digest() for key in sorted(held)]
    return sha256(b"".join(pairs)).hexdigest()


async def test_a_device_that_holds_everything_works_out_the_same_digest(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    site_id = await a_site(database, an_organisation)
    for _ in range(3):
        await planned_job(desk, an_organisation.outlet_id, an_organisation.technician, site_id=str(site_id))
    first = await phone.pull(digest=True)
    again = await phone.pull(digest=True)
    assert (len(phone.jobs), len(phone.sites)) == (3, 1)
    assert first["digest"] == again["digest"] == own_digest(phone)

    phone.jobs[next(iter(phone.jobs))]["version"] += 1
    assert again["digest"] != own_digest(phone)


async def test_a_device_without_documents_is_told_the_digest_of_nothing(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    _, phone = both(client, an_organisation)
    assert (await phone.pull(digest=True))["digest"] == sha256(b"").hexdigest()


async def test_nothing_is_said_while_pages_follow_one_another_or_nobody_asks(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    desk, phone = both(client, an_organisation)
    for _ in range(2):
        await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    pages = [await phone.pull(digest=True, limit=1) for _ in range(2)]
    assert [(page["more"], page["digest"]) for page in pages] == [(True, None), (False, None)]
    assert (await phone.pull())["digest"] is None
    assert (await phone.pull(digest=True))["digest"] == own_digest(phone)
