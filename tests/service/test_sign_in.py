"""Sign-in at a desk: passwords, guesses, refresh, and the end of a session."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from argon2 import PasswordHasher
from httpx import AsyncClient, Response
from msgspec import Struct
from sqlalchemy import select, update

from domain.people.actor import Role
from service.database import Database
from service.http.endpoint import Operation
from service.routes import OPERATIONS
from service.sign_in import passwords
from service.sign_in.sessions import SignedIn, open_session
from service.store.people import accounts, devices
from service.store.tables import members, refresh_tokens, sign_in_attempts
from tests.builders.organisations import Organisation, add_organisation, add_person
from tests.service.sessions import bearer, code_of, problem_of

PASSWORD = "correct horse battery staple"
SIGNED_IN = [operation for operation in OPERATIONS if not operation.public]


class Clerk(Struct, frozen=True):
    """A dispatcher with a password and a session."""

    member_id: UUID
    session: SignedIn

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.session.access_token}"}


@pytest.fixture
async def clerk(database: Database, an_organisation: Organisation) -> Clerk:
    return await add_clerk(database, an_organisation, PASSWORD)


async def test_the_right_password_opens_a_session(client: AsyncClient, clerk: Clerk) -> None:
    answer = await sign_in(client)

    session = answer.json()
    assert answer.status_code == 201
    assert session["member"]["login"] == "clerk"
    assert session["expires_in_seconds"] == 600
    me = await client.get("/v1/me", headers=bearer(session))
    assert me.json()["device_id"] == session["device_id"]
    assert "plan_visits" in me.json()["rights"]


@pytest.mark.parametrize(
    "wrong",
    [{"password": "wrong"}, {"login": "nobody"}, {"organisation": "nowhere"}, {"login": "HZ0107"}],
    ids=["password", "login", "organisation", "member without a password"],
)
async def test_whatever_is_wrong_the_answer_is_the_same(
    client: AsyncClient, clerk: Clerk, wrong: dict[str, str]
) -> None:
    reference = problem_of(await sign_in(client, password="something else"))

    answer = await sign_in(client, **wrong)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert problem_of(answer) == reference
    assert reference["code"] == "credentials_wrong"


async def test_a_deactivated_member_cannot_sign_in(client: AsyncClient, database: Database, clerk: Clerk) -> None:
    await change_member(database, clerk, active=False)

    assert code_of(await sign_in(client)) == "credentials_wrong"


@pytest.mark.parametrize("login", ["clerk", "nobody"])
@pytest.mark.parametrize("organisation", ["XL", "nowhere"])
async def test_a_fifth_wrong_guess_makes_everybody_wait(
    client: AsyncClient, clerk: Clerk, login: str, organisation: str
) -> None:
    for _ in range(5):
        assert code_of(await guess(client, login, organisation)) == "credentials_wrong"

    answer = await sign_in(client, login=login, organisation=organisation)

    assert (answer.status_code, code_of(answer)) == (429, "too_many_attempts")
    assert 1 <= int(answer.headers["retry-after"]) <= 15


async def test_guesses_at_the_same_instant_are_worth_no_more_than_guesses_in_a_row(
    client: AsyncClient, clerk: Clerk
) -> None:
    answers = await asyncio.gather(*(guess(client, "clerk", "XL") for _ in range(12)))

    looked_at = [answer for answer in answers if answer.status_code == 401]
    assert len(looked_at) == 5


async def test_after_the_wait_the_right_password_is_looked_at_again(
    client: AsyncClient, clerk: Clerk, clock: time_machine.Traveller
) -> None:
    for _ in range(5):
        await guess(client, "clerk", "XL")
    assert (await sign_in(client)).status_code == 429

    clock.shift(timedelta(seconds=16))

    assert (await sign_in(client)).status_code == 201


async def test_a_right_password_forgets_the_wrong_ones_before_it(
    client: AsyncClient, database: Database, clerk: Clerk
) -> None:
    for _ in range(4):
        await guess(client, "clerk", "XL")

    await sign_in(client)

    async with database.reader() as db:
        assert (await db.execute(select(sign_in_attempts))).all() == []


async def test_a_hash_of_older_parameters_is_renewed_at_sign_in(
    client: AsyncClient, database: Database, clerk: Clerk
) -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await change_member(database, clerk, password_hash=weaker)

    await sign_in(client)

    async with database.reader() as db:
        renewed = (await db.execute(select(members.c.password_hash).where(members.c.id == clerk.member_id))).scalar()
    assert renewed != weaker
    assert (await sign_in(client)).status_code == 201


async def test_a_refresh_gives_a_new_pair_that_works(client: AsyncClient, clerk: Clerk) -> None:
    renewed = (await refresh(client, clerk.session.refresh_token)).json()

    assert renewed["refresh_token"] != clerk.session.refresh_token
    assert (await client.get("/v1/me", headers=bearer(renewed))).status_code == 200


async def test_after_a_lost_reply_the_same_token_gives_the_same_successor(client: AsyncClient, clerk: Clerk) -> None:
    lost = (await refresh(client, clerk.session.refresh_token)).json()

    repeated = (await refresh(client, clerk.session.refresh_token)).json()

    assert repeated["refresh_token"] == lost["refresh_token"]
    assert (await refresh(client, repeated["refresh_token"])).status_code == 200


async def test_refreshes_at_the_same_instant_get_the_same_successor(client: AsyncClient, clerk: Clerk) -> None:
    answers = await asyncio.gather(*(refresh(client, clerk.session.refresh_token) for _ in range(8)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


async def test_a_token_whose_successor_was_used_ends_the_session_of_both_holders(
    client: AsyncClient, clerk: Clerk
) -> None:
    first = clerk.session.refresh_token
    second = (await refresh(client, first)).json()
    third = (await refresh(client, second["refresh_token"])).json()

    answer = await refresh(client, first)

    assert (answer.status_code, code_of(answer)) == (401, "refresh_token_reused")
    assert code_of(await refresh(client, third["refresh_token"])) == "refresh_token_revoked"
    assert code_of(await client.get("/v1/me", headers=bearer(third))) == "token_revoked"


async def test_a_reused_token_leaves_the_members_other_devices_alone(client: AsyncClient, clerk: Clerk) -> None:
    elsewhere = (await sign_in(client)).json()
    second = (await refresh(client, clerk.session.refresh_token)).json()
    await refresh(client, second["refresh_token"])

    await refresh(client, clerk.session.refresh_token)

    assert (await client.get("/v1/me", headers=bearer(elsewhere))).status_code == 200


async def test_the_database_holds_no_refresh_token(client: AsyncClient, database: Database, clerk: Clerk) -> None:
    successor = (await refresh(client, clerk.session.refresh_token)).json()["refresh_token"]

    async with database.reader() as db:
        rows = repr((await db.execute(select(refresh_tokens))).all())
    assert successor not in rows
    assert clerk.session.refresh_token not in rows


async def test_tokens_that_were_replaced_a_week_ago_are_forgotten(
    client: AsyncClient, database: Database, clerk: Clerk, clock: time_machine.Traveller
) -> None:
    token = clerk.session.refresh_token
    for _ in range(4):
        token = (await refresh(client, token)).json()["refresh_token"]

    clock.shift(timedelta(days=8))
    await refresh(client, token)

    async with database.reader() as db:
        kept = select(refresh_tokens).where(refresh_tokens.c.device_id == clerk.session.device_id)
        assert len((await db.execute(kept)).all()) == 3


async def test_a_refresh_token_expires_when_it_lies_idle(
    client: AsyncClient, clerk: Clerk, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=31))

    assert code_of(await refresh(client, clerk.session.refresh_token)) == "refresh_token_expired"


async def test_a_desk_signs_in_anew_after_ninety_days_however_busy(
    client: AsyncClient, clerk: Clerk, clock: time_machine.Traveller
) -> None:
    token = clerk.session.refresh_token
    for _ in range(3):
        clock.shift(timedelta(days=29))
        token = (await refresh(client, token)).json()["refresh_token"]

    clock.shift(timedelta(days=4))

    assert code_of(await refresh(client, token)) == "refresh_token_expired"


@pytest.mark.parametrize("token", ["x", "onsite_refresh_", "onsite_refresh_" + "A" * 64, "å" * 20, "\x7f", "A" * 200])
async def test_what_is_no_refresh_token_is_refused(client: AsyncClient, clerk: Clerk, token: str) -> None:
    answer = await refresh(client, token)

    assert (answer.status_code, code_of(answer)) == (401, "refresh_token_invalid")


async def test_an_access_token_is_no_refresh_token(client: AsyncClient, clerk: Clerk) -> None:
    answer = await refresh(client, clerk.session.access_token[:200])

    assert code_of(answer) == "refresh_token_invalid"


async def test_signing_out_ends_the_session_at_once(client: AsyncClient, clerk: Clerk) -> None:
    assert (await client.delete("/v1/sessions/current", headers=clerk.headers)).status_code == 204

    assert code_of(await client.get("/v1/me", headers=clerk.headers)) == "token_revoked"
    assert code_of(await refresh(client, clerk.session.refresh_token)) == "refresh_token_revoked"


async def test_a_changed_role_counts_from_the_next_request_on(
    client: AsyncClient, database: Database, clerk: Clerk
) -> None:
    await change_member(database, clerk, role=Role.TECHNICIAN.value)

    me = (await client.get("/v1/me", headers=clerk.headers)).json()

    assert me["member"]["role"] == "technician"
    assert "plan_visits" not in me["rights"]


async def test_a_deactivated_member_is_out_from_the_next_request_on(
    client: AsyncClient, database: Database, clerk: Clerk
) -> None:
    assert (await client.get("/v1/me", headers=clerk.headers)).status_code == 200

    await change_member(database, clerk, active=False)

    assert code_of(await client.get("/v1/me", headers=clerk.headers)) == "token_revoked"
    assert code_of(await refresh(client, clerk.session.refresh_token)) == "refresh_token_revoked"


@pytest.mark.parametrize("operation", SIGNED_IN, ids=lambda operation: operation.id)
async def test_no_operation_answers_without_a_token_unless_it_is_declared_public(
    client: AsyncClient, operation: Operation
) -> None:
    answer = await client.request(operation.method, operation.path)

    assert (answer.status_code, code_of(answer)) == (401, "token_missing")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("operation", SIGNED_IN, ids=lambda operation: operation.id)
async def test_no_operation_answers_a_device_that_was_put_out(
    client: AsyncClient, an_organisation: Organisation, operation: Operation
) -> None:
    technician = an_organisation.technician
    await client.delete(f"/v1/devices/{technician.actor.device_id}", headers=technician.headers)

    body: dict[str, Any] | None = None if operation.body is None else {}
    answer = await client.request(operation.method, operation.path, headers=technician.headers, json=body)

    assert (answer.status_code, code_of(answer)) == (401, "device_revoked")


def test_only_signing_in_and_the_customer_s_link_change_anything_without_a_token() -> None:
    public = {operation.path for operation in OPERATIONS if operation.public and operation.method != "GET"}

    by_link = {f"/c/{{token}}/{said}" for said in ("acknowledgement", "decline", "signature", "rating", "complaint")}
    assert public == {"/v1/sessions", "/v1/sessions/refresh", "/v1/enrolments", *by_link}


async def test_two_organisations_may_use_the_same_login(client: AsyncClient, database: Database, clerk: Clerk) -> None:
    other = await add_organisation(database, "other")
    clerk_of_the_other = await add_clerk(database, other, "another password")

    session = (await sign_in(client, organisation="other", password="another password")).json()

    assert session["member"]["id"] == str(clerk_of_the_other.member_id)
    assert code_of(await sign_in(client, organisation="other")) == "credentials_wrong"


async def add_clerk(database: Database, organisation: Organisation, password: str) -> Clerk:
    password_hash = await passwords.hash_password(password)
    async with database.transaction() as db:
        org_id, outlet_id = organisation.org_id, organisation.outlet_id
        person = await add_person(db, org_id, outlet_id, Role.DISPATCHER, "clerk", "西湖服务站 调度")
        member_id = person.actor.member_id
        await db.execute(update(members).where(members.c.id == member_id).values(password_hash=password_hash))
        account = await accounts.find(db, org_id, member_id)
        assert account is not None
        device = await devices.add_desk(db, org_id, member_id, "desk", datetime.now(UTC))
        return Clerk(member_id, await open_session(db, account, device, datetime.now(UTC)))


async def sign_in(client: AsyncClient, **changed: str) -> Response:
    given = {"organisation": "XL", "login": "clerk", "password": PASSWORD, "device_name": "前台电脑"}
    return await client.post("/v1/sessions", json=given | changed)


async def guess(client: AsyncClient, login: str, organisation: str) -> Response:
    return await sign_in(client, login=login, organisation=organisation, password="a guess")


async def refresh(client: AsyncClient, token: str) -> Response:
    return await client.post("/v1/sessions/refresh", json={"refresh_token": token})


async def change_member(database: Database, person: Clerk, **columns: object) -> None:
    async with database.transaction() as db:
        await db.execute(update(members).where(members.c.id == person.member_id).values(**columns))
