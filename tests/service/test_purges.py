"""Withdrawals until every phone has let go of what it held."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient

from domain.people.actor import Role
from service.database import Database
from service.epochs.watching import open_epoch
from service.store.sync.epochs import Reason
from tests.builders.organisations import Organisation, Person, add_organisation, add_person
from tests.builders.phone import Phone, job_opened, visit_planned


async def test_a_withdrawal_is_listed_until_the_phone_says_that_it_purged(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    phone, job_id = await withdrawn(client, an_organisation)
    (waiting,) = await listed(client, an_organisation.dispatcher)
    assert (waiting["document_id"], waiting["reason"]) == (str(job_id), "cancelled")
    assert waiting["device_id"] == str(an_organisation.technician.actor.device_id)

    await phone.push(purged=[str(job_id)])

    assert await listed(client, an_organisation.dispatcher) == []


async def test_nobody_purges_what_they_still_hold(client: AsyncClient, an_organisation: Organisation) -> None:
    phone, job_id = await held(client, an_organisation)

    await phone.push(purged=[str(job_id)])
    await called_off(client, an_organisation, job_id)

    assert [each["document_id"] for each in await listed(client, an_organisation.dispatcher)] == [str(job_id)]


async def test_what_comes_back_and_goes_again_is_to_be_purged_again(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    phone, job_id = await withdrawn(client, an_organisation)
    await phone.push(purged=[str(job_id)])

    await given_again(client, an_organisation, job_id)
    assert await listed(client, an_organisation.dispatcher) == []
    await called_off(client, an_organisation, job_id)

    assert [each["document_id"] for each in await listed(client, an_organisation.dispatcher)] == [str(job_id)]


async def test_a_word_that_was_long_on_its_way_confirms_no_later_withdrawal(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    phone, job_id = await withdrawn(client, an_organisation)
    stood = phone.cursor
    await given_again(client, an_organisation, job_id)
    await phone.pull()
    await called_off(client, an_organisation, job_id)

    await phone.push(purged=[str(job_id)], purged_cursor=stood)
    assert [each["document_id"] for each in await listed(client, an_organisation.dispatcher)] == [str(job_id)]

    await phone.pull()
    await phone.push(purged=[str(job_id)])
    assert await listed(client, an_organisation.dispatcher) == []


async def test_a_word_of_a_phone_between_two_pages_counts(client: AsyncClient, an_organisation: Organisation) -> None:
    phone, job_id = await withdrawn(client, an_organisation)
    other, _ = await withdrawn(client, an_organisation)
    phone.cursor = None
    await held(client, an_organisation)
    await held(client, an_organisation)
    page = await phone.pull(limit=1)
    assert page["more"]

    await phone.push(purged=[str(job_id)])

    assert str(job_id) not in {each["document_id"] for each in await listed(client, an_organisation.dispatcher)}
    assert len(await listed(client, an_organisation.dispatcher)) == 1, "the other was not named"
    assert other.cursor is not None


@pytest.mark.parametrize("stood", [None, "", "garbage", "of another phone", "of an epoch that is over"])
async def test_a_word_of_a_phone_that_stands_nowhere_confirms_nothing_until_it_has_pulled(
    client: AsyncClient, database: Database, an_organisation: Organisation, stood: str | None
) -> None:
    phone, job_id = await withdrawn(client, an_organisation)
    if stood == "of another phone":
        desk = Phone(client, an_organisation.dispatcher)
        await desk.pull()
        stood = desk.cursor
    if stood == "of an epoch that is over":
        stood = phone.cursor
        await open_epoch(database, Reason.OPERATOR)

    await phone.push(purged=[str(job_id)], purged_cursor=stood)
    assert len(await listed(client, an_organisation.dispatcher)) == 1

    await phone.pull()
    await phone.push(purged=[str(job_id)])
    assert await listed(client, an_organisation.dispatcher) == []


async def test_each_phone_of_the_technician_answers_for_itself(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    phone, job_id = await withdrawn(client, an_organisation)
    other = await add_organisation(database, "SECOND")
    await Phone(client, other.technician).push(purged=[str(job_id)])
    assert len(await listed(client, an_organisation.dispatcher)) == 1
    assert await listed(client, other.dispatcher) == []

    await phone.push(purged=[str(job_id), str(uuid4())])

    assert await listed(client, an_organisation.dispatcher) == []


async def test_the_list_belongs_to_the_desk_of_the_outlet(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    await withdrawn(client, an_organisation)
    async with database.transaction() as db:
        elsewhere = await add_person(
            db, an_organisation.org_id, uuid4(), Role.DISPATCHER, "SZ01-DISPATCH", "姑苏服务站 调度"
        )

    assert await listed(client, elsewhere) == []
    refused = await client.get("/v1/purges", headers=an_organisation.technician.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")


async def test_pages_of_the_list_follow_one_another(client: AsyncClient, an_organisation: Organisation) -> None:
    jobs = {str((await withdrawn(client, an_organisation))[1]) for _ in range(3)}
    seen: list[str] = []
    cursor = None
    for _ in range(3):
        asked = {"limit": "1", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/v1/purges", params=asked, headers=an_organisation.dispatcher.headers)).json()
        seen += [each["document_id"] for each in page["items"]]
        cursor = page["next_cursor"]

    assert (len(seen), set(seen), cursor) == (3, jobs, None)


async def held(client: AsyncClient, organisation: Organisation) -> tuple[Phone, UUID]:
    """The technician's phone, holding a job."""
    desk, phone, job_id = Phone(client, organisation.dispatcher), Phone(client, organisation.technician), uuid4()
    planned = visit_planned(organisation.technician.actor.member_id)
    await desk.push(
        desk.fact(job_id, "job_opened", job_opened(organisation.outlet_id)),
        desk.fact(job_id, "visit_planned", planned, visit_id=uuid4()),
    )
    await phone.pull()
    assert str(job_id) in phone.jobs
    return phone, job_id


async def given_again(client: AsyncClient, organisation: Organisation, job_id: UUID) -> None:
    """The job that was called off comes back to the same technician."""
    desk = organisation.dispatcher.headers
    answer = await client.post(f"/v1/jobs/{job_id}/reopening", json={"reason": "顾客改主意"}, headers=desk)
    assert answer.status_code == 200, answer.text
    planned = visit_planned(organisation.technician.actor.member_id, minute=600)
    answer = await client.post(f"/v1/jobs/{job_id}/visits", json=planned, headers=desk)
    assert answer.status_code == 201, answer.text


async def called_off(client: AsyncClient, organisation: Organisation, job_id: UUID) -> None:
    why = {"side": "customer", "reason": "不修了"}
    answer = await client.post(f"/v1/jobs/{job_id}/cancellation", json=why, headers=organisation.dispatcher.headers)
    assert answer.status_code == 200, answer.text


async def withdrawn(client: AsyncClient, organisation: Organisation) -> tuple[Phone, UUID]:
    """The technician's phone, and a job that it held and must purge."""
    phone, job_id = await held(client, organisation)
    await called_off(client, organisation, job_id)
    await phone.pull()
    return phone, job_id


async def listed(client: AsyncClient, person: Person) -> list[dict[str, Any]]:
    answer = await client.get("/v1/purges", headers=person.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
