"""Enrolling phones: the desk makes a code, and the phone signs in with it."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID, uuid4

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.database import Database
from service.http.endpoint import Input, Output, post
from service.http.errors import Refused, Violation, invalid_body
from service.seed.company import sample_id
from service.sign_in import enrolment_codes as codes
from service.sign_in.enrolment import enrol
from service.sign_in.guessing import pass_or_refuse
from service.sign_in.reach import member_answered_for
from service.sign_in.sessions import SignedIn
from service.store.people import enrolment_codes
from service.store.people.devices import Phone

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
    """A phone with the code that its owner was given.

    It makes `device_id` once, anew when told `device_trouble` or when another member takes the phone over.
    `public_key`: PEM of a P-256 or Ed25519 key that its secure hardware holds, where it has one; kept, not asked for.
    """

    organisation: ShortText
    code: Annotated[str, Meta(min_length=1, max_length=40)]
    device_id: UUID
    device_name: ShortText
    platform: ShortText
    app_version: ShortText
    public_key: Annotated[str, Meta(max_length=2000)] | None = None


@post(
    "/v1/enrolment-codes",
    right="enrol_devices",
    status=201,
    problems=("member_not_found",),
    example=NewEnrolmentCode(member_id=sample_id("member", "HZ0107")),
)
async def create_enrolment_code(actor: Actor, db: AsyncConnection, body: NewEnrolmentCode) -> EnrolmentCode:
    """Make a code that enrols one phone of a member within 15 minutes.

    A code that the member was given before and has not used is void from now on.
    """
    account = await member_answered_for(db, actor, body.member_id)
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
        organisation="anxin",
        code="K7QMX-4TR9H",
        device_id=UUID("019f3517-9c00-7000-8000-0000000d0107"),
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


def _readable_key(pem: str | None) -> str | None:
    if pem is None:
        return None
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if isinstance(key, Ed25519PublicKey) or (isinstance(key, EllipticCurvePublicKey) and key.curve.name == _CURVE):
        return pem
    raise invalid_body(Violation("/public_key", "bad_format"))


_CURVE = SECP256R1.name
