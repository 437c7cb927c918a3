"""What customers and members agreed to, and for what data of people left (R13, R15)."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Instant
from domain.people.actor import Actor
from domain.people.consent import OF_CUSTOMERS, OF_MEMBERS, ConsentChannel, ConsentKind, Notice, standing
from service.http.endpoint import Input, Output, get, post
from service.http.errors import Violation, invalid_body, unknown_value
from service.http.paging import Paging, Slice
from service.store.people import member_photos
from service.store.privacy import accesses, consents
from service.store.privacy.accesses import Access
from service.store.privacy.consents import ConsentWord
from service.store.registry import registry
from service.store.registry.registers import CUSTOMERS, MEMBERS


class NewConsent(Input, frozen=True, kw_only=True):
    """A word to write down; with an `id` of the caller's own it may be sent again. `given: false` takes back."""

    id: UUID | None = None
    kind: ConsentKind
    given: bool
    said_at: Instant
    channel: ConsentChannel
    notice: Notice


class ConsentRecord(Output, frozen=True, kw_only=True):
    """Everything that somebody said, the newest first, and what they agree to now."""

    standing: tuple[ConsentKind, ...]
    items: tuple[ConsentWord, ...]


class AccessPage(Slice[Access], frozen=True, kw_only=True):
    """Accesses, the newest first."""


_EXAMPLE = NewConsent(
    kind=ConsentKind.MARKETING,
    given=True,
    said_at=datetime(2025, 7, 14, 2, 30, tzinfo=UTC),
    channel=ConsentChannel.IN_PERSON,
    notice="隐私告知 2025-06",
)


@post(
    "/v1/customers/{customer_id}/consents",
    right="edit_customers",
    status=201,
    problems=("not_found", "already_exists"),
    example=_EXAMPLE,
)
async def record_customer_consent(
    actor: Actor, db: AsyncConnection, customer_id: UUID, body: NewConsent
) -> ConsentWord:
    """Write down that a customer agreed to marketing or to being passed on, or took that back.

    What was said last stands. Nothing is assumed: without a word there is no consent.
    """
    await registry.read(db, CUSTOMERS, actor, customer_id)
    _require_sense(body, OF_CUSTOMERS)
    return await consents.add(db, actor, consents.OF_CUSTOMER, customer_id, body.id, body)


@get("/v1/customers/{customer_id}/consents", right="read_customers", problems=("not_found",))
async def read_customer_consents(actor: Actor, db: AsyncConnection, customer_id: UUID) -> ConsentRecord:
    """Read everything that a customer said about the use of their data, and what they agree to now."""
    await registry.read(db, CUSTOMERS, actor, customer_id)
    return _record(await consents.of(db, actor.org_id, consents.OF_CUSTOMER, customer_id))


@post(
    "/v1/members/{member_id}/consents",
    right="manage_members",
    status=201,
    problems=("not_found", "already_exists"),
    example=structs.replace(_EXAMPLE, kind=ConsentKind.POSITION, channel=ConsentChannel.PAPER),
)
async def record_member_consent(actor: Actor, db: AsyncConnection, member_id: UUID, body: NewConsent) -> ConsentWord:
    """Write down that a member agreed to positions at job events, or to their photo being shown, or took that back.

    With the last word against it the photo is removed.
    """
    await registry.read(db, MEMBERS, actor, member_id)
    _require_sense(body, OF_MEMBERS)
    word = await consents.add(db, actor, consents.OF_MEMBER, member_id, body.id, body)
    said = await consents.of(db, actor.org_id, consents.OF_MEMBER, member_id)
    if word.kind is ConsentKind.PHOTO and not word.given and ConsentKind.PHOTO not in _record(said).standing:
        await member_photos.remove(db, actor.org_id, member_id)
    return word


@get("/v1/members/{member_id}/consents", right="read_privacy", problems=("not_found",))
async def read_member_consents(actor: Actor, db: AsyncConnection, member_id: UUID) -> ConsentRecord:
    """Read everything that a member said about sensitive data of theirs, and what they agree to now."""
    await registry.read(db, MEMBERS, actor, member_id)
    return _record(await consents.of(db, actor.org_id, consents.OF_MEMBER, member_id))


@get("/v1/accesses", right="read_accesses")
async def list_accesses(actor: Actor, db: AsyncConnection, query: Paging) -> AccessPage:
    """List who had data of people leave by exports, and for which stated purpose."""
    items, next_cursor = await accesses.page(db, actor, query)
    return AccessPage(items=tuple(items), next_cursor=next_cursor, has_more=next_cursor is not None)


def _record(said: tuple[ConsentWord, ...]) -> ConsentRecord:
    agreed = standing((each.kind, each.given) for each in said)
    return ConsentRecord(standing=tuple(sorted(agreed)), items=said)


def _require_sense(body: NewConsent, kinds: frozenset[ConsentKind]) -> None:
    """Refuse what this person cannot agree to, and a word that will be said tomorrow: it would outlast every other."""
    wrong = [] if body.kind in kinds else [unknown_value("/kind", sorted(kinds))]
    if body.said_at > datetime.now(UTC):
        wrong.append(Violation("/said_at", "in_the_future"))
    if wrong:
        raise invalid_body(*wrong)
