"""Enrolling phones with codes, and putting phones and people out."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from httpx import AsyncClient, Response
from sqlalchemy import select, text, update

from domain.people.actor import Actor, Role
from domain.people.responsibility import answers_for
from service.database import Database
from service.sign_in.sessions import SignedIn, open_session, renew
from service.store.people import accounts
from service.store.people.devices import add_desk
from service.store.tables import devices, enrolment_codes, members
from tests.builders.organisations import Organisation, Person, add_organisation, add_outlet, add_person
from tests.service.sessions import bearer, code_of, problem_of


@pytest.fixture
async def supervisor(database: Database, an_organisation: Organisation) -> Person:
    return await a_person(database, an_organisation, Role.SUPERVISOR, "HZ01-SUPERVISOR")


@pytest.fixture
async def stranger(database: Database, an_organisation: Organisation) -> Person:
    """A technician of another outlet of the same organisation."""
    outlet_id = uuid4()
    async with database.transaction() as db:
        await add_outlet(db, an_organisation.org_id, outlet_id, code="SZ01", name="南山服务站")
        return await add_person(db, an_organisation.org_id, outlet_id, Role.TECHNICIAN, "SZ0209", "吴磊")


@pytest.fixture
async def foreigner(database: Database, an_organisation: Organisation) -> Person:
    """A technician of another organisation."""
    return (await add_organisation(database, "OTHER")).technician


async def test_a_code_enrols_a_phone(client: AsyncClient, an_organisation: Organisation) -> None:
    code, phone = await new_code(client, an_organisation), uuid4()

    answer = await enrol(client, code, phone)

    session = answer.json()
    assert answer.status_code == 201
    assert session["device_id"] == str(phone)
    assert session["member"]["login"] == "HZ0107"
    me = await client.get("/v1/me", headers=bearer(session))
    assert "record_visits" in me.json()["rights"]


async def test_a_code_may_be_typed_in_small_letters_with_spaces(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    code = await new_code(client, an_organisation)

    assert (await enrol(client, f" {code.lower().replace('-', ' ')} ", uuid4())).status_code == 201


async def test_after_a_lost_reply_the_same_device_may_repeat_its_enrolment(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    code, phone = await new_code(client, an_organisation), uuid4()
    await enrol(client, code, phone)

    repeated = await enrol(client, code, phone)

    assert repeated.status_code == 201
    assert (await client.get("/v1/me", headers=bearer(repeated.json()))).status_code == 200
    renewed = await client.post("/v1/sessions/refresh", json={"refresh_token": repeated.json()["refresh_token"]})
    assert renewed.status_code == 200


async def test_a_code_is_good_for_one_device(client: AsyncClient, an_organisation: Organisation) -> None:
    code = await new_code(client, an_organisation)
    await enrol(client, code, uuid4())

    answer = await enrol(client, code, uuid4())

    assert (answer.status_code, code_of(answer)) == (409, "enrolment_code_used")


async def test_of_two_devices_at_the_same_instant_one_is_enrolled(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    code = await new_code(client, an_organisation)

    answers = await asyncio.gather(*(enrol(client, code, uuid4()) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_one_device_asking_twice_at_the_same_instant_is_enrolled_once(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    code, phone = await new_code(client, an_organisation), uuid4()

    answers = await asyncio.gather(*(enrol(client, code, phone) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {201}


async def test_a_code_expires_after_fifteen_minutes(
    client: AsyncClient, an_organisation: Organisation, clock: time_machine.Traveller
) -> None:
    code = await new_code(client, an_organisation)

    clock.shift(timedelta(minutes=15, seconds=1))

    answer = await enrol(client, code, uuid4())
    assert (answer.status_code, code_of(answer)) == (410, "enrolment_code_expired")


async def test_a_used_code_is_over_for_its_own_device_too_after_fifteen_minutes(
    client: AsyncClient, an_organisation: Organisation, clock: time_machine.Traveller
) -> None:
    code, phone = await new_code(client, an_organisation), uuid4()
    await enrol(client, code, phone)

    clock.shift(timedelta(minutes=15, seconds=1))

    assert code_of(await enrol(client, code, phone)) == "enrolment_code_used"


@pytest.mark.parametrize(
    "code", ["AAAAA-AAAAA", "K7QMX", "!", "'; DROP TABLE devices", "登记码登记码登记码登", "OOOOO-00000"]
)
async def test_a_wrong_code_enrols_nobody(client: AsyncClient, an_organisation: Organisation, code: str) -> None:
    answer = await enrol(client, code, uuid4())

    assert (answer.status_code, code_of(answer)) == (401, "enrolment_code_wrong")


async def test_a_new_code_voids_the_unused_one_before_it(client: AsyncClient, an_organisation: Organisation) -> None:
    first = await new_code(client, an_organisation)
    await new_code(client, an_organisation)

    assert code_of(await enrol(client, first, uuid4())) == "enrolment_code_wrong"


async def test_guessing_the_rest_of_a_code_is_limited(client: AsyncClient, an_organisation: Organisation) -> None:
    code = await new_code(client, an_organisation)
    for _ in range(5):
        assert code_of(await enrol(client, code[:4] + "22-2222", uuid4())) == "enrolment_code_wrong"

    answer = await enrol(client, code, uuid4())

    assert (answer.status_code, code_of(answer)) == (429, "too_many_attempts")
    assert int(answer.headers["retry-after"]) >= 1


async def test_guesses_at_one_code_do_not_hinder_another(client: AsyncClient, an_organisation: Organisation) -> None:
    code = await new_code(client, an_organisation)
    opening = "9999" if not code.startswith("9999") else "8888"
    for _ in range(6):
        await enrol(client, f"{opening}2-22222", uuid4())

    assert (await enrol(client, code, uuid4())).status_code == 201


async def test_the_database_holds_no_code(
    client: AsyncClient, database: Database, an_organisation: Organisation
) -> None:
    code = await new_code(client, an_organisation)

    async with database.reader() as db:
        rows = repr((await db.execute(select(enrolment_codes))).all())
    assert code not in rows
    assert code.replace("-", "") not in rows


async def test_a_phone_that_was_put_out_comes_back_with_a_new_code_as_the_same_device(
    client: AsyncClient, an_organisation: Organisation, supervisor: Person
) -> None:
    first, phone = await new_code(client, an_organisation), uuid4()
    before = (await enrol(client, first, phone)).json()
    await client.delete(f"/v1/devices/{phone}", headers=supervisor.headers)
    assert code_of(await enrol(client, first, phone)) == "enrolment_code_used"

    after = await enrol(client, await new_code(client, an_organisation), phone)

    assert after.status_code == 201
    assert (await client.get("/v1/me", headers=bearer(after.json()))).status_code == 200
    assert code_of(await client.get("/v1/me", headers=bearer(before))) == "token_revoked"
    assert code_of(await refresh(client, before)) == "refresh_token_invalid"
    assert (await refresh(client, after.json())).status_code == 200


async def test_a_device_of_another_member_is_not_taken_over(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    other = await a_person(database, an_organisation, Role.TECHNICIAN, "HZ0112")
    code = await new_code(client, an_organisation, other)

    answer = await enrol(client, code, an_organisation.technician.actor.device_id)

    assert (answer.status_code, code_of(answer)) == (409, "device_of_another_member")


async def test_the_same_device_id_in_another_organisation_is_another_device(
    client: AsyncClient, an_organisation: Organisation, foreigner: Person
) -> None:
    answer = await enrol(client, await new_code(client, an_organisation), foreigner.actor.device_id)

    assert answer.status_code == 201
    assert (await client.get("/v1/me", headers=foreigner.headers)).status_code == 200


@pytest.mark.parametrize("key", ["no key", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"])
async def test_a_key_that_cannot_be_read_is_named(client: AsyncClient, an_organisation: Organisation, key: str) -> None:
    answer = await enrol(client, await new_code(client, an_organisation), uuid4(), public_key=key)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/public_key"


async def test_a_phone_may_register_a_key_of_its_hardware(
    client: AsyncClient, an_organisation: Organisation, database: Database
) -> None:
    key = pem(ec.generate_private_key(ec.SECP256R1()))
    phone = uuid4()

    await enrol(client, await new_code(client, an_organisation), phone, public_key=key)

    async with database.reader() as db:
        stored = (await db.execute(select(devices.c.public_key).where(devices.c.id == phone))).scalar()
    assert stored == key


async def test_a_key_of_another_kind_is_refused(client: AsyncClient, an_organisation: Organisation) -> None:
    key = pem(rsa.generate_private_key(65537, 2048))

    answer = await enrol(client, await new_code(client, an_organisation), uuid4(), public_key=key)

    assert answer.status_code == 422


async def test_a_technician_may_not_enrol_anybody(client: AsyncClient, an_organisation: Organisation) -> None:
    technician = an_organisation.technician

    answer = await ask_for_code(client, technician, technician.actor.member_id)

    assert (answer.status_code, code_of(answer)) == (403, "not_permitted")


async def test_a_dispatcher_may_not_enrol_a_colleague_who_may_do_more(
    client: AsyncClient, an_organisation: Organisation, supervisor: Person
) -> None:
    answer = await ask_for_code(client, an_organisation.dispatcher, supervisor.actor.member_id)

    assert (answer.status_code, code_of(answer)) == (403, "not_permitted")


async def test_members_elsewhere_look_like_members_who_do_not_exist(
    client: AsyncClient, an_organisation: Organisation, stranger: Person, foreigner: Person
) -> None:
    dispatcher = an_organisation.dispatcher
    missing = problem_of(await ask_for_code(client, dispatcher, uuid4()))

    assert missing["code"] == "member_not_found"
    for person in (stranger, foreigner):
        assert problem_of(await ask_for_code(client, dispatcher, person.actor.member_id)) == missing


async def test_a_technician_sees_their_own_devices_only(client: AsyncClient, an_organisation: Organisation) -> None:
    technician = an_organisation.technician

    assert await listed(client, technician) == {technician.actor.device_id}


async def test_the_desk_sees_the_devices_of_its_outlets(
    client: AsyncClient, an_organisation: Organisation, stranger: Person, foreigner: Person
) -> None:
    dispatcher, technician = an_organisation.dispatcher, an_organisation.technician

    assert await listed(client, dispatcher) == {dispatcher.actor.device_id, technician.actor.device_id}


async def test_devices_are_listed_page_by_page(
    client: AsyncClient, an_organisation: Organisation, supervisor: Person
) -> None:
    first = (await client.get("/v1/devices?limit=2", headers=supervisor.headers)).json()
    second = (
        await client.get("/v1/devices", params={"limit": 2, "cursor": first["next_cursor"]}, headers=supervisor.headers)
    ).json()

    assert (first["has_more"], second["has_more"]) == (True, False)
    assert len({device["id"] for device in first["items"] + second["items"]}) == 3


async def test_a_device_that_is_put_out_is_out_from_the_next_request_on(
    client: AsyncClient, an_organisation: Organisation, supervisor: Person
) -> None:
    session = (await enrol(client, await new_code(client, an_organisation), uuid4())).json()
    assert (await client.get("/v1/me", headers=bearer(session))).status_code == 200

    answer = await client.delete(f"/v1/devices/{session['device_id']}", headers=supervisor.headers)

    assert answer.status_code == 204
    refused = await client.get("/v1/me", headers=bearer(session))
    assert (refused.status_code, code_of(refused)) == (401, "device_revoked")
    assert code_of(await refresh(client, session)) == "device_revoked"


async def test_anybody_may_put_out_a_device_of_their_own(client: AsyncClient, an_organisation: Organisation) -> None:
    technician = an_organisation.technician

    answer = await client.delete(f"/v1/devices/{technician.actor.device_id}", headers=technician.headers)

    assert answer.status_code == 204
    assert code_of(await client.get("/v1/me", headers=technician.headers)) == "device_revoked"


async def test_a_device_that_is_seen_but_not_to_be_revoked_is_403(
    client: AsyncClient, an_organisation: Organisation
) -> None:
    path = f"/v1/devices/{an_organisation.technician.actor.device_id}"

    answer = await client.delete(path, headers=an_organisation.dispatcher.headers)

    assert (answer.status_code, code_of(answer)) == (403, "not_permitted")


async def test_devices_that_are_not_seen_look_like_devices_that_do_not_exist(
    client: AsyncClient, an_organisation: Organisation, supervisor: Person, stranger: Person, foreigner: Person
) -> None:
    technician = an_organisation.technician
    unseen = [
        (technician, an_organisation.dispatcher),
        (technician, stranger),
        (technician, foreigner),
        (supervisor, stranger),
        (supervisor, foreigner),
    ]

    for asking, owner in unseen:
        answer = await client.delete(f"/v1/devices/{owner.actor.device_id}", headers=asking.headers)
        assert (answer.status_code, code_of(answer)) == (404, "device_not_found")
        assert (await client.get("/v1/me", headers=owner.headers)).status_code == 200


async def test_revoking_a_member_ends_every_session_and_code_of_theirs(
    client: AsyncClient, an_organisation: Organisation, supervisor: Person
) -> None:
    session = (await enrol(client, await new_code(client, an_organisation), uuid4())).json()
    unused = await new_code(client, an_organisation)

    answer = await revoke_member(client, supervisor, an_organisation.technician.actor.member_id)

    assert answer.status_code == 204
    assert code_of(await client.get("/v1/me", headers=bearer(session))) == "token_revoked"
    assert code_of(await client.get("/v1/me", headers=an_organisation.technician.headers)) == "token_revoked"
    assert code_of(await refresh(client, session)) == "refresh_token_revoked"
    assert code_of(await enrol(client, unused, uuid4())) == "enrolment_code_wrong"


async def test_a_refresh_under_way_does_not_survive_a_revocation(
    client: AsyncClient, database: Database, an_organisation: Organisation, supervisor: Person
) -> None:
    session = (await enrol(client, await new_code(client, an_organisation), uuid4())).json()
    member_id = an_organisation.technician.actor.member_id

    async with database.transaction() as db:
        renewed = await renew(db, session["refresh_token"], datetime.now(UTC))
        revocation = asyncio.create_task(revoke_member(client, supervisor, member_id))
        await until_waiting_for_a_lock(database, revocation)
    await revocation

    assert isinstance(renewed, SignedIn)
    assert code_of(await refresh(client, {"refresh_token": renewed.refresh_token})) == "refresh_token_revoked"


async def test_a_sign_in_under_way_does_not_survive_a_revocation(
    client: AsyncClient, database: Database, an_organisation: Organisation, supervisor: Person
) -> None:
    dispatcher, at = an_organisation.dispatcher.actor, datetime.now(UTC)

    async with database.transaction() as db:
        account = await accounts.hold(db, dispatcher.org_id, dispatcher.member_id)
        assert account is not None
        desk = await add_desk(db, dispatcher.org_id, dispatcher.member_id, "desk", at)
        session = await open_session(db, account, desk, at)
        revocation = asyncio.create_task(revoke_member(client, supervisor, dispatcher.member_id))
        await until_waiting_for_a_lock(database, revocation)
    await revocation

    assert code_of(await refresh(client, {"refresh_token": session.refresh_token})) == "refresh_token_revoked"


async def test_members_are_revoked_by_those_who_answer_for_them(
    client: AsyncClient, an_organisation: Organisation, supervisor: Person, stranger: Person, foreigner: Person
) -> None:
    technician, dispatcher = an_organisation.technician, an_organisation.dispatcher
    expected = [
        (technician, dispatcher, 403),
        (dispatcher, technician, 403),
        (supervisor, supervisor, 403),
        (supervisor, stranger, 404),
        (supervisor, foreigner, 404),
        (supervisor, dispatcher, 204),
    ]

    for asking, other, status in expected:
        answer = await revoke_member(client, asking, other.actor.member_id)
        assert answer.status_code == status


async def test_a_member_of_every_outlet_is_out_of_reach_of_one_outlet(
    client: AsyncClient, database: Database, an_organisation: Organisation, supervisor: Person
) -> None:
    member_id = an_organisation.technician.actor.member_id
    async with database.transaction() as db:
        await db.execute(update(members).where(members.c.id == member_id).values(outlet_ids=[]))

    assert (await revoke_member(client, supervisor, member_id)).status_code == 404


def test_nobody_answers_for_a_member_who_works_for_more_outlets_than_they() -> None:
    here, there = uuid4(), uuid4()
    actor = Actor(uuid4(), uuid4(), uuid4(), Role.SUPERVISOR, (here,), "zh")

    assert answers_for(actor, Role.TECHNICIAN, (here,))
    assert not answers_for(actor, Role.TECHNICIAN, (here, there))
    assert not answers_for(actor, Role.TECHNICIAN, ())
    assert not answers_for(actor, Role.ADMIN, (here,))


async def a_person(database: Database, organisation: Organisation, role: Role, login: str) -> Person:
    async with database.transaction() as db:
        return await add_person(db, organisation.org_id, organisation.outlet_id, role, login, login)


async def ask_for_code(client: AsyncClient, asking: Person, member_id: UUID) -> Response:
    return await client.post("/v1/enrolment-codes", json={"member_id": str(member_id)}, headers=asking.headers)


async def new_code(client: AsyncClient, organisation: Organisation, member: Person | None = None) -> str:
    owner = member or organisation.technician
    answer = await ask_for_code(client, organisation.dispatcher, owner.actor.member_id)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


async def enrol(client: AsyncClient, code: str, device_id: UUID, **changed: str) -> Response:
    said = {"device_name": "HZ0107 的手机", "platform": "android", "app_version": "1.0.0"}
    given = {"organisation": "XL", "code": code, "device_id": str(device_id), **said}
    return await client.post("/v1/enrolments", json=given | changed)


async def refresh(client: AsyncClient, session: dict[str, Any]) -> Response:
    return await client.post("/v1/sessions/refresh", json={"refresh_token": session["refresh_token"]})


async def revoke_member(client: AsyncClient, asking: Person, member_id: UUID) -> Response:
    return await client.post(f"/v1/members/{member_id}/revocation", headers=asking.headers)


async def until_waiting_for_a_lock(database: Database, other: "asyncio.Task[Response]") -> None:
    """Return once the other request waits for what this transaction holds, or has gone past it."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with database.reader() as db:
        while not other.done() and not (await db.execute(waiting)).scalar():
            pass


async def listed(client: AsyncClient, asking: Person) -> set[UUID]:
    answer = await client.get("/v1/devices", headers=asking.headers)
    return {UUID(device["id"]) for device in answer.json()["items"]}


def pem(private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
