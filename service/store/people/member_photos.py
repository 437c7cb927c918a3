"""Photos by which customers know who is at the door."""

from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.store.scopes import members_seen
from service.store.tables import member_photos, members

_OWN = member_photos.c


async def is_seen(db: AsyncConnection, actor: Actor, member_id: UUID) -> bool:
    """Whether there is such a member in the actor's scope."""
    own = (members.c.org_id == actor.org_id) & (members.c.id == member_id) & members_seen(actor)
    return await db.scalar(select(members.c.id).where(own)) is not None


async def keep(db: AsyncConnection, org_id: UUID, member_id: UUID, picture: bytes) -> None:
    """The member's photo, in place of an earlier one."""
    row = {"org_id": org_id, "member_id": member_id, "picture": picture}
    changed = {"picture": picture, "created_at": func.clock_timestamp()}
    statement = insert(member_photos).values(row)
    await db.execute(statement.on_conflict_do_update(index_elements=["org_id", "member_id"], set_=changed))


async def remove(db: AsyncConnection, org_id: UUID, member_id: UUID) -> None:
    """The photo is gone, if there was one."""
    await db.execute(delete(member_photos).where(_OWN.org_id == org_id, _OWN.member_id == member_id))


async def find(db: AsyncConnection, org_id: UUID, member_id: UUID) -> bytes | None:
    """The photo, or None."""
    query = select(_OWN.picture).where(_OWN.org_id == org_id, _OWN.member_id == member_id)
    found: bytes | None = (await db.execute(query)).scalar_one_or_none()
    return found


async def exists(db: AsyncConnection, org_id: UUID, member_id: UUID) -> bool:
    query = select(_OWN.member_id).where(_OWN.org_id == org_id, _OWN.member_id == member_id)
    return await db.scalar(query) is not None
