"""Purges: what phones were told to delete, and which of them confirmed it.

A withdrawal is complete only when every phone that may have held the document has let go of it; until then it is
listed, so that somebody can go after a phone that lies in a drawer with a customer's address on it.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import asyncpg
from msgspec import Struct
from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.store.tables import audience, devices, documents, members, purges
from sync import cursor as cursors
from sync.cursor import Cursor

# Only what was withdrawn from this member counts, and only a withdrawal that the device can have heard of: a word that
# was long on its way says nothing about what was given to the device, and withdrawn again, meanwhile.
_ACKNOWLEDGE = """
INSERT INTO purges (org_id, device_id, document_id, withdrawn_at, purged_at)
SELECT a.org_id, $2, a.document_id, a.changed_at, $5
FROM organisations o JOIN audience a ON a.org_id = o.org_id
WHERE o.org_id = $1 AND o.epoch = $6 AND a.scope_id = $3 AND NOT a.visible AND a.document_id = ANY($4::uuid[])
  AND pg_visible_in_snapshot(a.xid, $7::text::pg_snapshot)
ON CONFLICT (org_id, device_id, document_id)
DO UPDATE SET withdrawn_at = excluded.withdrawn_at, purged_at = excluded.purged_at
WHERE purges.withdrawn_at <= excluded.withdrawn_at
"""


class Outstanding(Struct, frozen=True, kw_only=True):
    """A phone that has not confirmed a purge yet, whether or not it has been told of it."""

    device_id: UUID
    document_id: UUID
    kind: str
    reason: str
    withdrawn_at: datetime
    member_id: UUID
    member_name: str
    device_name: str
    last_seen_at: datetime | None


async def acknowledge(
    pool: "asyncpg.Pool[asyncpg.Record]", actor: Actor, document_ids: Collection[UUID], stood: Cursor, at: datetime
) -> None:
    """Note that the actor's device, where it stood, no longer held these documents.

    What was withdrawn later is not confirmed by it, nor is anything by a device that knew of nothing.
    """
    heard = cursors.heard(stood)
    if document_ids and heard is not None:
        who = (actor.org_id, actor.device_id, actor.member_id)
        await pool.execute(_ACKNOWLEDGE, *who, list(document_ids), at, stood.epoch, cursors.spelled(heard))


async def outstanding(
    db: AsyncConnection, actor: Actor, after: tuple[UUID, UUID] | None, limit: int
) -> list[Outstanding]:
    """A page of what is still to be purged in the actor's outlets, by device and document."""
    query = _outstanding().where(devices.c.org_id == actor.org_id)
    if actor.outlet_ids:
        query = query.where(members.c.outlet_ids.overlap(list(actor.outlet_ids)))
    if after is not None:
        query = query.where(tuple_(devices.c.id, audience.c.document_id) > after)
    rows = await db.execute(query.order_by(devices.c.id, audience.c.document_id).limit(limit))
    return [Outstanding(**row) for row in rows.mappings()]


def _outstanding() -> Select[tuple[object, ...]]:
    """Phones that were enrolled before the withdrawal and are not revoked, less those that have answered it."""
    owned = and_(members.c.org_id == devices.c.org_id, members.c.id == devices.c.member_id)
    lost = and_(audience.c.org_id == devices.c.org_id, audience.c.scope_id == devices.c.member_id, ~audience.c.visible)
    page = and_(documents.c.org_id == audience.c.org_id, documents.c.id == audience.c.document_id)
    answered = and_(
        purges.c.org_id == devices.c.org_id,
        purges.c.device_id == devices.c.id,
        purges.c.document_id == audience.c.document_id,
        purges.c.withdrawn_at == audience.c.changed_at,
    )
    return (
        select(
            devices.c.id.label("device_id"),
            audience.c.document_id,
            documents.c.kind,
            audience.c.reason,
            audience.c.changed_at.label("withdrawn_at"),
            devices.c.member_id,
            members.c.name.label("member_name"),
            devices.c.name.label("device_name"),
            devices.c.last_seen_at,
        )
        .select_from(devices)
        .join(members, owned)
        .join(audience, lost)
        .join(documents, page)
        .outerjoin(purges, answered)
        .where(
            devices.c.kind == "phone",
            devices.c.revoked_at.is_(None),
            devices.c.created_at < audience.c.changed_at,
            purges.c.purged_at.is_(None),
        )
    )
