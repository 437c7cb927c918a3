"""Members: who works here, as what, for which outlets. Nobody is deleted; who leaves is made inactive."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, case
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor, Role
from domain.fields import Code
from domain.people import Member, MemberContent, NewMember, may_appoint
from service.endpoint import get, post, put
from service.errors import Refused
from service.paging import Paging, Slice
from service.store import registry
from service.store.registers import MEMBERS, OUTLETS
from service.store.tables import members


class MemberQuery(Paging, frozen=True, kw_only=True):
    """Which members to list."""

    outlet_id: UUID | None = None
    role: Role | None = None
    skill: Code | None = None
    active: bool | None = None


class MemberPage(Slice[Member], frozen=True, kw_only=True):
    """Part of the list of members, by login."""


@post("/v1/members", right="manage_members", status=201, problems=("already_exists",))
async def create_member(actor: Actor, db: AsyncConnection, body: NewMember) -> Member:
    """Take somebody on.

    A supervisor appoints technicians and dispatchers of their own outlets. Sent again with the same `id` and
    content, it answers the member that is stored.
    """
    await _require_appointable(actor, db, body)
    return await registry.create(db, MEMBERS, actor, body)


@get("/v1/members", right="read_members")
async def list_members(actor: Actor, db: AsyncConnection, query: MemberQuery) -> MemberPage:
    """List the members of your outlets."""
    conditions: list[ColumnElement[bool]] = []
    if query.outlet_id is not None:
        conditions.append(members.c.outlet_ids.contains([query.outlet_id]))
    if query.role is not None:
        conditions.append(members.c.role == query.role.value)
    if query.skill is not None:
        conditions.append(members.c.skills.contains([query.skill]))
    if query.active is not None:
        conditions.append(members.c.active == query.active)
    return await registry.page(db, MEMBERS, actor, query, MemberPage, conditions)


@get("/v1/members/{member_id}", right="read_members", problems=("not_found",))
async def read_member(actor: Actor, db: AsyncConnection, member_id: UUID) -> Member:
    """Read one member."""
    return await registry.read(db, MEMBERS, actor, member_id)


@put(
    "/v1/members/{member_id}",
    right="manage_members",
    problems=("not_found", "already_exists", "state_conflict", "version_changed"),
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
    return await registry.change(
        db, MEMBERS, actor, member_id, expected_version, body, authority_version=_authority_version(body)
    )


async def _require_appointable(actor: Actor, db: AsyncConnection, body: MemberContent) -> None:
    _require_right_over(actor, body)
    await registry.require(db, OUTLETS, actor, set(body.outlet_ids), "/outlet_ids")


def _require_right_over(actor: Actor, member: Member | MemberContent) -> None:
    if not may_appoint(actor, member.role, member.outlet_ids):
        raise Refused("not_permitted", role=actor.role.value)


def _authority(member: Member | MemberContent) -> tuple[Role, frozenset[UUID], bool]:
    return member.role, frozenset(member.outlet_ids), member.active


def _authority_version(body: MemberContent) -> ColumnElement[int]:
    """Raised when what a token says about its member would no longer hold."""
    unchanged = and_(
        members.c.role == body.role.value,
        members.c.outlet_ids == list(body.outlet_ids),
        members.c.active == body.active,
    )
    return case((unchanged, members.c.authority_version), else_=members.c.authority_version + 1)
