"""Repair: whatever a device holds wrongly is found and put right, and nothing else is sent."""

from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text, update

from domain.people.actor import Role
from service.database import Database
from service.epochs.watching import open_epoch
from service.store import tables
from service.store.sync.epochs import Reason
from service.store.sync.scope_digest import SCOPE_DIGEST
from sync.digest import scope_digest
from tests.builders.fleet import a_person, a_site, an_outlet, open_transaction
from tests.builders.organisations import Organisation, add_organisation
from tests.builders.phone import Phone, job_opened
from tests.builders.repairing import (
    FILL,
    asked,
    called_off,
    damages,
    digest_of,
    held_by,
    holding,
    listed,
    repaired,
    said,
)

AND_IN_ANOTHER_SCOPE = """
INSERT INTO audience (org_id, scope_id, document_id, visible)
SELECT org_id, :scope_id, id, row_number() OVER () = 1 FROM documents
"""


async def test_a_device_that_holds_all_as_it_should_is_sent_nothing(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    site_id = await a_site(database, an_organisation)
    async with database.transaction() as db:
        whole_degrees = {"latitude": 30.0, "longitude": 120.0, "coordinate_system": "wgs84"}
        await db.execute(update(tables.sites).values(whole_degrees))
    phone = await holding(client, an_organisation, 3, site_id=str(site_id))

    answer = await repaired(phone)

    assert (answer["jobs"], answer["sites"], answer["withdrawn"], answer["more"]) == ([], [], [], False)
    assert (answer["reset"], answer["digest"]) == (None, digest_of(phone))
    assert await listed(client, an_organisation.dispatcher) == []


async def test_one_flipped_bit_brings_that_document_and_no_other(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 3)
    held, right = held_by(phone), {**phone.jobs}
    spoilt = next(each for each in held if each["id"] in phone.jobs)
    spoilt["digest"] = f"{int(spoilt['digest'], 16) ^ 1:064x}"

    answer = await repaired(phone, held)

    assert [job["id"] for job in answer["jobs"]] == [spoilt["id"]]
    assert answer["jobs"] == [right[spoilt["id"]]]
    assert (answer["sites"], answer["withdrawn"], answer["more"]) == ([], [], False)
    assert await damages(client, an_organisation) == [[(spoilt["id"], "differing")]]


async def test_a_document_that_is_not_there_is_sent(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 2, site_id=str(await a_site(database, an_organisation)))
    (lost, card) = phone.sites.popitem()

    answer = await repaired(phone)

    assert (answer["jobs"], answer["sites"], answer["withdrawn"]) == ([], [card], [])
    assert await damages(client, an_organisation) == [[(lost, "missing")]]


async def test_what_a_device_should_not_hold_is_withdrawn_with_the_reason_why(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 2)
    gone, made_up = next(iter(phone.jobs)), str(uuid4())
    desk = Phone(client, an_organisation.dispatcher)
    await called_off(client, an_organisation, gone)
    elsewhere = uuid4()
    await desk.push(desk.fact(elsewhere, "job_opened", job_opened(an_organisation.outlet_id)))
    kept = phone.jobs[gone]
    await phone.pull()
    phone.jobs[gone] = kept

    answer = await repaired(phone, [*held_by(phone), said(made_up), said(str(elsewhere))])

    told = {each["id"]: (each["kind"], each["reason"]) for each in answer["withdrawn"]}
    nobody_said = ("unknown", "not_in_scope")
    assert told == {gone: ("job", "cancelled"), made_up: nobody_said, str(elsewhere): nobody_said}
    assert (answer["jobs"], answer["sites"]) == ([], [])
    assert await damages(client, an_organisation) == [sorted((each, "extra") for each in told)]


async def test_everything_lost_comes_back_page_by_page(client: AsyncClient, an_organisation: Organisation) -> None:
    phone = await holding(client, an_organisation, 5)
    right, phone.jobs = {**phone.jobs}, {}

    pages = [await repaired(phone, limit=2) for _ in range(3)]

    assert [len(page["jobs"]) for page in pages] == [2, 2, 1]
    assert [page["more"] for page in pages] == [True, True, False]
    assert phone.jobs == right
    assert [page["digest"] for page in pages] == [None, None, digest_of(phone)]
    assert (await repaired(phone))["jobs"] == []


async def test_a_page_keeps_to_its_budget_of_bytes(client: AsyncClient, an_organisation: Organisation) -> None:
    phone = await holding(client, an_organisation, 3)
    phone.jobs = {}

    page = await repaired(phone, budget_bytes=1)

    assert (len(page["jobs"]), page["more"]) == (1, True)


async def test_what_must_go_comes_before_what_is_sent(client: AsyncClient, an_organisation: Organisation) -> None:
    phone = await holding(client, an_organisation, 2)
    phone.jobs = {}

    page = await repaired(phone, [said(str(uuid4()))], limit=1)

    assert (len(page["withdrawn"]), page["jobs"], page["more"]) == (1, [], True)


async def test_after_the_last_page_a_pull_goes_on_from_there_and_misses_nothing(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 2)
    seen, late = list(phone.jobs)
    desk = Phone(client, an_organisation.dispatcher)
    async with open_transaction(database) as db:
        here = (tables.audience.c.document_id == UUID(late)) & tables.audience.c.visible
        await db.execute(update(tables.audience).where(here).values(xid=text("pg_current_xact_id()")))
        await desk.push(desk.fact(seen, "note_added", {"text": "先到"}))
        answer = await repaired(phone, cursor=phone.cursor)
        await db.commit()
    phone.cursor = answer["cursor"]

    pulled = await phone.pull()

    assert [job["id"] for job in answer["jobs"]] == [seen]
    assert ([job["id"] for job in pulled["jobs"]], pulled["reset"]) == ([late], None)


async def test_who_stops_half_way_and_pulls_starts_anew(client: AsyncClient, an_organisation: Organisation) -> None:
    phone = await holding(client, an_organisation, 3)
    right, phone.jobs = {**phone.jobs}, {}
    phone.cursor = (await repaired(phone, cursor=phone.cursor, limit=1))["cursor"]

    pulled = await phone.pull()

    assert pulled["reset"] == "scopes"
    assert phone.jobs == right


async def test_a_device_that_repairs_while_the_data_goes_back_hears_of_it_with_its_next_pull(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 2)
    await open_epoch(database, Reason.OPERATOR)

    answer = (await asked(phone, [], cursor=phone.cursor)).json()
    phone.cursor = answer["cursor"]

    assert (len(answer["jobs"]), answer["reset"]) == (2, None)
    assert (await phone.pull())["reset"] == "epoch"


@pytest.mark.parametrize("lost", [None, "\x7f"])
async def test_whoever_repairs_without_a_cursor_is_set_right_and_starts_anew_with_the_next_pull(
    client: AsyncClient, database: Database, an_organisation: Organisation, lost: str | None
) -> None:
    phone = await holding(client, an_organisation, 3)
    right, phone.jobs = {**phone.jobs}, {}
    await open_epoch(database, Reason.OPERATOR)

    first = await repaired(phone, cursor=lost, limit=2)
    last = await repaired(phone, cursor=first["cursor"])
    held, phone.cursor = {**phone.jobs}, last["cursor"]

    assert (first["more"], last["more"], last["reset"], held) == (True, False, None, right)
    assert (await phone.pull())["reset"] == "first"
    assert (await phone.pull())["reset"] is None


async def test_ten_thousand_documents_are_compared_and_one_is_sent(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    technician = an_organisation.technician
    rows = await database.pull_pool.fetch(FILL, an_organisation.org_id, technician.actor.member_id, 10_000)
    held = [said(str(row["id"]), row["digest"]) for row in rows]
    lost = held.pop(7_000)

    answer = await repaired(Phone(client, technician), held)

    assert ([job["id"] for job in answer["jobs"]], answer["withdrawn"]) == ([lost["id"]], [])


async def test_a_document_named_twice_with_two_digests_is_sent_and_with_one_is_not(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 1)
    (own,) = held_by(phone)

    assert len((await repaired(phone, [own, said(own["id"]), own]))["jobs"]) == 1
    assert (await repaired(phone, [own, own]))["jobs"] == []
    foreign = str(uuid4())
    gone = (await repaired(phone, [own, said(foreign), said(foreign, "1" * 64)]))["withdrawn"]
    assert [each["id"] for each in gone] == [foreign]


async def test_a_document_leaves_as_the_bytes_that_are_stored(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 1)
    async with database.transaction() as db:
        await db.execute(update(tables.documents).values(body=b'{"id":no JSON}'))

    answer = await asked(phone, [])

    assert b'"jobs":[{"id":no JSON}]' in answer.content


async def test_a_document_that_is_held_in_two_scopes_is_compared_once(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    second = await an_outlet(database, an_organisation, "SZ01")
    supervisor = await a_person(database, an_organisation, Role.SUPERVISOR, "S", an_organisation.outlet_id, second)
    await holding(client, an_organisation, 2)
    desk = Phone(client, supervisor)
    await desk.pull()
    async with database.transaction() as db:
        await db.execute(text(AND_IN_ANOTHER_SCOPE), {"scope_id": second})

    answer = await repaired(desk)

    assert (answer["jobs"], answer["withdrawn"]) == ([], [])
    assert len((await repaired(desk, []))["jobs"]) == 2


async def test_another_organisations_documents_are_nobodys(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 1)
    stranger = Phone(client, (await add_organisation(database, "SECOND")).technician)

    answer = await repaired(stranger, held_by(phone))

    assert [each["kind"] for each in answer["withdrawn"]] == ["unknown"]
    assert await listed(client, an_organisation.dispatcher) == []


async def test_the_database_digests_a_scope_as_a_device_does(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone = await holding(client, an_organisation, 3)
    member_id = an_organisation.technician.actor.member_id
    statement = "SELECT" + SCOPE_DIGEST + "FROM (SELECT $1::uuid AS org_id, $2::uuid[] AS scopes) p"

    found = await database.pull_pool.fetchval(statement, an_organisation.org_id, [member_id, member_id])
    nothing = await database.pull_pool.fetchval(statement, an_organisation.org_id, [uuid4()])

    assert found.hex() == digest_of(phone)
    assert nothing == scope_digest([])
