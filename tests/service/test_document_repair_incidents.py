"""Incidents: what a device held wrongly is kept for the desk, and is not repaired for ever."""

import pytest
from httpx import AsyncClient
from sqlalchemy import text, update

from domain.people.actor import Role
from service.database import Database
from service.store import tables
from tests.builders.fleet import a_person, an_outlet, planned_job, stored
from tests.builders.organisations import Organisation
from tests.builders.phone import Phone
from tests.builders.repairing import FILL, asked, called_off, damages, held_by, holding, listed, repaired, said


async def test_a_document_that_is_damaged_again_and_again_is_not_sent_for_ever(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 2)
    one, other = held_by(phone)
    for _ in range(5):
        assert (await asked(phone, [one])).status_code == 200

    refused = await asked(phone, [one])

    assert (refused.status_code, refused.json()["code"]) == (429, "repairing_too_often")
    assert 3500 < int(refused.headers["retry-after"]) <= 3600
    assert len(await stored(database, tables.repairs)) == 5
    assert (await asked(phone, [other])).status_code == 200
    async with database.transaction() as db:
        await db.execute(text("UPDATE repairs SET at = at - interval '1 hour'"))
    assert (await asked(phone, [one])).status_code == 200


async def test_another_device_is_not_held_back_by_this_one(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 1)
    for _ in range(5):
        await repaired(phone, [])
    dispatcher = Phone(client, an_organisation.dispatcher)

    assert (await asked(dispatcher, [])).status_code == 200
    assert len(await stored(database, tables.repairs)) == 6


@pytest.mark.parametrize("with_cursor", [True, False])
async def test_what_changed_since_the_cursor_is_sent_and_is_no_damage(
    client: AsyncClient, an_organisation: Organisation, *, with_cursor: bool
) -> None:
    phone = await holding(client, an_organisation, 3)
    changed, gone, spoilt = phone.jobs
    desk = Phone(client, an_organisation.dispatcher)
    await desk.push(desk.fact(changed, "note_added", {"text": "改了"}))
    await called_off(client, an_organisation, gone)
    new, _ = await planned_job(desk, an_organisation.outlet_id, an_organisation.technician)
    phone.jobs[spoilt]["number"] = "?"

    answer = await repaired(phone, cursor=phone.cursor if with_cursor else None)

    assert {job["id"] for job in answer["jobs"]} == {changed, str(new), spoilt}
    assert [each["id"] for each in answer["withdrawn"]] == [gone]
    said_of = {(spoilt, "differing")}
    also = {(changed, "differing"), (str(new), "missing"), (gone, "extra")}
    assert await damages(client, an_organisation) == [sorted(said_of if with_cursor else said_of | also)]


async def test_a_revoked_device_is_told_nothing_and_leaves_no_trace(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 1)
    device = tables.devices.c.id == an_organisation.technician.actor.device_id
    async with database.transaction() as db:
        await db.execute(update(tables.devices).where(device).values(revoked_at=text("now()")))

    refused = await asked(phone, [])

    assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")
    assert await stored(database, tables.repairs) == []


async def test_the_list_belongs_to_the_desk_of_the_outlet_newest_first(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 3)
    for each in held_by(phone):
        await repaired(phone, [one for one in held_by(phone) if one != each])
    elsewhere = await an_outlet(database, an_organisation, "SZ01")
    stranger = await a_person(database, an_organisation, Role.DISPATCHER, "SZ01-DISPATCH", elsewhere)

    desk = an_organisation.dispatcher
    first = (await client.get("/v1/repairs", params={"limit": 2}, headers=desk.headers)).json()
    after = {"limit": 2, "cursor": first["next_cursor"]}
    last = (await client.get("/v1/repairs", params=after, headers=desk.headers)).json()
    seen = first["items"] + last["items"]

    assert [each["documents"][0]["id"] for each in seen] == [each["id"] for each in reversed(held_by(phone))]
    assert (last["has_more"], {each["count"] for each in seen}) == (False, {1})
    assert {each["device_id"] for each in seen} == {str(an_organisation.technician.actor.device_id)}
    assert await listed(client, stranger) == []
    refused = await client.get("/v1/repairs", headers=an_organisation.technician.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


async def test_the_list_tells_a_hundred_documents_of_a_repair_and_counts_them_all(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    technician = an_organisation.technician
    rows = await database.pull_pool.fetch(FILL, an_organisation.org_id, technician.actor.member_id, 120)

    await repaired(Phone(client, technician), [said(str(row["id"])) for row in rows[:60]], limit=500)

    (repair,) = await listed(client, an_organisation.dispatcher)
    kinds = [each["damage"] for each in repair["documents"]]
    assert (repair["count"], kinds) == (120, ["differing"] * 60 + ["missing"] * 40)
