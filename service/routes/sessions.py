"""Signing in, staying signed in, signing out."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import RIGHTS, Actor, may
from service.database import Database
from service.http.endpoint import Input, Output, delete, get, post
from service.http.errors import Refused
from service.seed.sample import DEMO_PASSWORD
from service.sign_in import passwords
from service.sign_in.guessing import pass_or_refuse
from service.sign_in.sessions import SignedIn, SignedInMember, end_session, open_session, renew, signed_in_member
from service.store.people import accounts, devices, organisations
from service.store.people.sign_in_attempts import forget_attempts

ShortText = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(Input, frozen=True, kw_only=True):
    """A member at a desk."""

    organisation: ShortText
    login: ShortText
    password: Annotated[str, Meta(min_length=1, max_length=1000)]
    device_name: ShortText


class Refresh(Input, frozen=True, kw_only=True):
    """The refresh token of the last answer."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=200)]


class Organisation(Output, frozen=True, kw_only=True):
    """Whose data this is."""

    id: UUID
    code: str
    name: str
    time_zone: str


class Me(Output, frozen=True, kw_only=True):
    """The member and device behind the access token, and what the member's role may do."""

    member: SignedInMember
    organisation: Organisation
    device_id: UUID
    rights: tuple[str, ...]


@post(
    "/v1/sessions",
    public=True,
    status=201,
    problems=("credentials_wrong", "too_many_attempts"),
    example=SignIn(organisation="anxin", login="dispatch.hz01", password=DEMO_PASSWORD, device_name="前台电脑"),
)
async def sign_in(database: Database, body: SignIn) -> SignedIn:
    """Sign in at a desk with a password.

    A login that does not exist and a wrong password get the same answer. After four wrong ones the next are refused
    unseen for a while, named by Retry-After; so is the right one. Phones are enrolled with a code instead.
    """
    at = datetime.now(UTC)
    org_id = await pass_or_refuse(database, body.organisation, body.login, at)
    async with database.reader() as db:
        account = org_id and await accounts.by_login(db, org_id, body.login)
    stored_hash = account.password_hash if account and account.active else None
    verdict = await passwords.verify(body.password, stored_hash)
    if not account or not verdict.right:
        raise Refused("credentials_wrong")
    async with database.transaction() as db:
        return await _open_at_desk(db, account.org_id, account.member_id, body, verdict, at)


@post(
    "/v1/sessions/refresh",
    public=True,
    problems=(
        "refresh_token_invalid",
        "refresh_token_expired",
        "refresh_token_revoked",
        "refresh_token_reused",
        "device_revoked",
    ),
    example=Refresh(refresh_token="onsite_refresh_…"),  # noqa: S106
)
async def refresh_session(database: Database, body: Refresh) -> SignedIn:
    """Exchange the refresh token for its successor and a new access token.

    When the answer is lost, send the same token again: it is answered with the same successor until that one is
    first used. Any other second use means that two hold the token; the device then has to sign in again.
    """
    async with database.transaction() as db:
        renewed = await renew(db, body.refresh_token, datetime.now(UTC))
    if isinstance(renewed, str):
        raise Refused(renewed)
    return renewed


@delete("/v1/sessions/current", status=204)
async def sign_out(actor: Actor, db: AsyncConnection) -> None:
    """Sign out on this device: its access and refresh tokens are void from now on."""
    await end_session(db, actor.org_id, actor.device_id)


@get("/v1/me")
async def read_me(actor: Actor, db: AsyncConnection) -> Me:
    """Read who is signed in here and what they may do. Hide what is not among `rights`."""
    account = await accounts.find(db, actor.org_id, actor.member_id)
    organisation = await organisations.find(db, actor.org_id)
    if account is None or organisation is None:
        raise Refused("token_revoked")
    return Me(
        member=signed_in_member(account),
        organisation=Organisation(
            id=organisation.org_id,
            code=organisation.code,
            name=organisation.name,
            time_zone=organisation.time_zone,
        ),
        device_id=actor.device_id,
        rights=tuple(sorted(right for right in RIGHTS if may(actor, right))),
    )


async def _open_at_desk(
    db: AsyncConnection, org_id: UUID, member_id: UUID, body: SignIn, verdict: passwords.Verdict, at: datetime
) -> SignedIn:
    account = await accounts.hold(db, org_id, member_id)
    if account is None or not account.active:
        raise Refused("credentials_wrong")
    await forget_attempts(db, org_id, body.login, at)
    if verdict.new_hash is not None:
        await accounts.keep_password(db, org_id, member_id, verdict.new_hash)
    device = await devices.add_desk(db, org_id, member_id, body.device_name, at)
    return await open_session(db, account, device, at)
