"""Enrolling phones, and putting phones, desks and people out."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor, may
from domain.responsibility import answers_for
from service import enrolment_codes as codes
from service.database import Database
from service.endpoint import Input, Output, delete, get, post
from service.enrolment import enrol
from service.errors import Refused, Violation
from service.guessing import pass_or_refuse
from service.paging import Paging, Slice, cursor_after, key_after
from service.sessions import SignedIn
from service.store import device_register, devices, enrolment_codes, members, sessions
from service.store.device_register import Device
from service.store.devices import Phone
from service.store.members import Account

ShortText = Annotated[str, Meta(min_length=1, max_length=200)]


class NewEnrolmentCode(Input, frozen=True, kw_only=True):
    """Whose phone is to be enrolled."""

    member_id: UUID


class EnrolmentCode(Output, frozen=True, kw_only=True):
    """Show the code at once: nobody can read it again."""

    code: str
    member_id: UUID
    expires_at: datetime


class Enrolment(Input, frozen=True, kw_only=True):
    """A phone with the code that its owner was given. The phone makes `device_id` once and keeps it for good."""

    organisation: ShortText
    code: Annotated[str, Meta(min_length=1, max_length=40)]
    device_id: UUID
    device_name: ShortText
    platform: ShortText
    app_version: ShortText
    public_key: Annotated[str, Meta(max_length=2000)] | None = None
    """PEM of a P-256 or Ed25519 key that the phone's secure hardware holds."""


class DeviceQuery(Paging, frozen=True, kw_only=True):
    """Whose devices to list."""

    member_id: UUID | None = None


class DevicePage(Slice[Device], frozen=True, kw_only=True):
    """Devices in the order of their ids."""


@post(
    "/v1/enrolment-codes",
    right="enrol_devices",
    status=201,
    problems=("member_not_found",),
    example=NewEnrolmentCode(member_id=UUID("0198c0de-0000-7000-8000-000000000107")),
)
async def create_enrolment_code(actor: Actor, db: AsyncConnection, body: NewEnrolmentCode) -> EnrolmentCode:
    """Make a code that enrols one phone of a member within 15 minutes.

    A code that the member was given before and has not used is void from now on.
    """
    account = await _answered_for(db, actor, body.member_id)
    code, expires_at = codes.new_code(), datetime.now(UTC) + codes.VALID_FOR
    stored = codes.StoredCode(uuid4(), account.member_id, expires_at)
    digest = codes.digest(code.replace("-", ""))
    await enrolment_codes.add(db, actor.org_id, stored, digest, created_by=actor.member_id)
    return EnrolmentCode(code=code, member_id=account.member_id, expires_at=expires_at)


@post(
    "/v1/enrolments",
    public=True,
    status=201,
    problems=(
        "enrolment_code_wrong",
        "enrolment_code_expired",
        "enrolment_code_used",
        "device_of_another_member",
        "too_many_attempts",
    ),
    example=Enrolment(
        organisation="demo",
        code="K7QMX-4TR9H",
        device_id=UUID("0198c0de-0000-7000-8000-0000000d0107"),
        device_name="HZ0107 的手机",
        platform="android",
        app_version="1.0.0",
    ),
)
async def enrol_device(database: Database, body: Enrolment) -> SignedIn:
    """Sign a phone in with the code that its owner was given.

    When the answer is lost, send the same again: the code stays good for the same `device_id` until it expires. A
    phone that was put out is let in again by a new code and the same `device_id`, and keeps its unsent work.
    """
    at = datetime.now(UTC)
    phone = Phone(
        id=body.device_id,
        name=body.device_name,
        platform=body.platform,
        app_version=body.app_version,
        public_key=_readable_key(body.public_key),
    )
    signs = codes.as_typed(body.code)
    if signs is None:
        raise Refused("enrolment_code_wrong")
    org_id = await pass_or_refuse(database, body.organisation, codes.guess_key(signs), at)
    if org_id is None:
        raise Refused("enrolment_code_wrong")
    async with database.transaction() as db:
        return await enrol(db, org_id, signs, phone, at)


@get("/v1/devices")
async def list_devices(actor: Actor, db: AsyncConnection, query: DeviceQuery) -> DevicePage:
    """List your own devices; at a desk also those of your outlets' members."""
    key = key_after(query, "devices")
    found = await device_register.seen_by(
        db,
        actor,
        of_others=may(actor, "enrol_devices"),
        member_id=query.member_id,
        after=None if key is None else UUID(key),
        limit=query.limit + 1,
    )
    items, has_more = tuple(found[: query.limit]), len(found) > query.limit
    next_cursor = cursor_after(query, "devices", str(items[-1].id)) if has_more else None
    return DevicePage(items=items, next_cursor=next_cursor, has_more=has_more)


@delete("/v1/devices/{device_id}", status=204, problems=("device_not_found", "not_permitted"))
async def revoke_device(actor: Actor, db: AsyncConnection, device_id: UUID) -> None:
    """Put a device out: its tokens are void from the next request on. What was recorded on it stays.

    Anybody may put out a device of their own; those of others need the right `revoke_devices`.
    """
    owner = await device_register.owner_seen_by(db, actor, device_id, of_others=may(actor, "enrol_devices"))
    if owner is None:
        raise Refused("device_not_found")
    permitted = may(actor, "revoke_devices") and answers_for(actor, owner.role, owner.outlet_ids)
    if owner.member_id != actor.member_id and not permitted:
        raise Refused("not_permitted", role=actor.role.value)
    at = datetime.now(UTC)
    await devices.revoke(db, actor.org_id, device_id, at)
    await sessions.retire_tokens(db, actor.org_id, [device_id], at)


@post("/v1/members/{member_id}/revocation", right="manage_members", status=204, problems=("member_not_found",))
async def revoke_member(actor: Actor, db: AsyncConnection, member_id: UUID) -> None:
    """Sign a member out everywhere: every token and unused enrolment code of theirs is void at once.

    They may sign in and be enrolled again. To keep them out, deactivate the member as well.
    """
    account = await _answered_for(db, actor, member_id)
    # Codes, member, devices, tokens: the order in which enrolments and refreshes take them too.
    await enrolment_codes.void_unused(db, actor.org_id, account.member_id)
    await members.raise_authority(db, actor.org_id, account.member_id)
    held = await devices.lock_of_member(db, actor.org_id, account.member_id)
    await sessions.retire_tokens(db, actor.org_id, held, datetime.now(UTC))


async def _answered_for(db: AsyncConnection, actor: Actor, member_id: UUID) -> Account:
    account = await members.account_seen_by(db, actor, member_id)
    if account is None:
        raise Refused("member_not_found")
    if not answers_for(actor, account.role, account.outlet_ids):
        raise Refused("not_permitted", role=actor.role.value)
    return account


def _readable_key(pem: str | None) -> str | None:
    if pem is None:
        return None
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey) or (isinstance(key, EllipticCurvePublicKey) and key.curve.name == _CURVE):
        return pem
    raise Refused("invalid_body", errors=(Violation("/public_key", "bad_format"),), count=1)


_CURVE = SECP256R1.name
