"""Members: who works here, as what, for which outlets. Nobody is deleted; who leaves is made inactive."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fields import Code
from domain.people.actor import Actor, Role
from domain.people.members import Member, MemberContent, NewMember
from domain.people.responsibility import may_appoint
from service.database import Database
from service.http.endpoint import Input, get, post, put
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.seed import examples
from service.sign_in.passwords import Password, hash_password
from service.store import filters
from service.store.people import accounts
from service.store.registry import registry
from service.store.registry.registers import MEMBERS, OUTLETS, authority_version


class MemberQuery(Paging, frozen=True, kw_only=True):
    """Which members to list."""

    outlet_id: UUID | None = None
    role: Role | None = None
    skill: Code | None = None
    active: bool | None = None


class NewPassword(Input, frozen=True, kw_only=True):
    """What the member will type."""

    password: Password


class MemberPage(Slice[Member], frozen=True, kw_only=True):
    """Part of the list of members, by login."""


@post(
    "/v1/members",
    right="manage_members",
    status=201,
    problems=("already_exists",),
    example=examples.NEW_MEMBER,
    response_example=examples.MEMBER,
)
async def create_member(actor: Actor, db: AsyncConnection, body: NewMember) -> Member:
    """Add a member.

    A supervisor appoints technicians and dispatchers of their own outlets. Sent again with the same `id` and
    content, it answers the member that is stored.
    """
    await _require_appointable(actor, db, body)
    return await registry.create(db, MEMBERS, actor, body)


@get("/v1/members", right="read_members", response_example=examples.page(MemberPage, examples.MEMBER))
async def list_members(actor: Actor, db: AsyncConnection, query: MemberQuery) -> MemberPage:
    """List the members of your outlets."""
    conditions = filters.of_members(query.outlet_id, query.role, query.skill, active=query.active)
    return await registry.page(db, MEMBERS, actor, query, MemberPage, conditions)


@get("/v1/members/{member_id}", right="read_members", problems=("not_found",), response_example=examples.MEMBER)
async def read_member(actor: Actor, db: AsyncConnection, member_id: UUID) -> Member:
    """Read one member."""
    return await registry.read(db, MEMBERS, actor, member_id)


@put(
    "/v1/members/{member_id}",
    right="manage_members",
    problems=("not_found", "already_exists", "state_conflict", "version_changed"),
    example=examples.content(MemberContent, examples.NEW_MEMBER),
    response_example=examples.MEMBER,
)
async def update_member(
    actor: Actor, db: AsyncConnection, member_id: UUID, body: MemberContent, expected_version: int
) -> Member:
    """Replace what is known about a member.

    Another role, other outlets or `active` false end every access of theirs at once. Nobody changes these of
    themselves, so that an organisation never locks itself out.
    """
    stored = await registry.read(db, MEMBERS, actor, member_id)
    _require_right_over(actor, stored)
    await _require_appointable(actor, db, body)
    if member_id == actor.member_id and _authority(stored) != _authority(body):
        raise Refused("state_conflict")
    authority = authority_version(body.role, body.outlet_ids, active=body.active)
    return await registry.change(db, MEMBERS, actor, member_id, expected_version, body, authority_version=authority)


@put("/v1/members/{member_id}/password", right="manage_members", status=204, problems=("not_found",))
async def set_password(actor: Actor, database: Database, member_id: UUID, body: NewPassword) -> None:
    """Give a member a password of your choice; every access of theirs ends, and they sign in with it."""
    password_hash = await hash_password(body.password)
    async with database.transaction() as db:
        _require_right_over(actor, await registry.read(db, MEMBERS, actor, member_id))
        await accounts.keep_password(db, actor.org_id, member_id, password_hash)
        await accounts.raise_authority(db, actor.org_id, member_id)


async def _require_appointable(actor: Actor, db: AsyncConnection, body: MemberContent) -> None:
    _require_right_over(actor, body)
    await registry.require(db, OUTLETS, actor, set(body.outlet_ids), "/outlet_ids")


def _require_right_over(actor: Actor, member: Member | MemberContent) -> None:
    if not may_appoint(actor, member.role, member.outlet_ids):
        raise Refused("not_permitted", role=actor.role.value)


def _authority(member: Member | MemberContent) -> tuple[Role, frozenset[UUID], bool]:
    return member.role, frozenset(member.outlet_ids), member.active
