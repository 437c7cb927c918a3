"""Repairs of documents: what a device held wrongly is put right, and kept as an incident.

A phone that lost or spoilt a document is no accident to be passed over: a storage that fails, or an app that writes
what it should not, shows here first.
"""

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Row, Select, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.http import paging
from service.http.paging import Moment, Paging
from service.store.sync import feed
from service.store.sync import feed_statement as at
from service.store.sync.feed import Ask, Changes
from service.store.sync.repair_statement import KEEP, REPAIR
from service.store.tables import devices, members, repairs
from sync import cursor as cursors
from sync.cursor import Cursor
from sync.protocol import Reset

REPAIRS_OF_ONE_DOCUMENT = 5
WITHIN = timedelta(hours=1)
DOCUMENTS_LISTED = 100


class Damage(enum.StrEnum):
    """What was wrong with a document on a device: another content, not there, or not to be there."""

    DIFFERING = "differing"
    MISSING = "missing"
    EXTRA = "extra"


Damages = dict[Damage, list[UUID]]


class Damaged(Struct, frozen=True, kw_only=True):
    """One document of a repair."""

    id: UUID
    damage: Damage


class DeviceRepair(Struct, frozen=True, kw_only=True):
    """A device that held something wrong; `count` documents in all, of which `documents` tells the first hundred."""

    id: UUID
    at: datetime
    device_id: UUID
    device_name: str
    platform: str | None
    app_version: str | None
    member_id: UUID
    member_name: str
    count: int
    documents: tuple[Damaged, ...]


async def compare(
    pool: "asyncpg.Pool[asyncpg.Record]", ask: Ask, held: Mapping[UUID, bytes | None]
) -> tuple[Changes, Damages] | None:
    """A page of what puts the device right, and which of it is damage; None when member or device do not exist.

    With a cursor, what changed since is sent too but is no damage. A digest of None equals none. The digest of all that
    the device then holds comes with the last page.
    """
    known = None if ask.known is None else replace(ask.known, pages=None)
    asked = replace(ask, known=known, digest=True)
    mine = [[each] for each in feed.parameters(asked)]
    rows = await pool.fetch(REPAIR, *mine, list(held), list(held.values()))
    if not rows:
        return None
    found, first = feed.changes_of(asked, rows), rows[0]
    told = len(found.jobs) + len(found.sites) + len(found.vans) + len(found.withdrawn)
    page = [row for row in rows if row[at.NUMBER] is not None and row[at.NUMBER] <= told]
    seen = known.seen if known is not None and first[at.GOES_ON] else None
    return replace(found, reset=None, cursor=_cursor(ask, found, first)), _damages(page, held, seen)


async def keep(pool: "asyncpg.Pool[asyncpg.Record]", ask: Ask, damages: Damages, now: datetime) -> int | None:
    """Keep the incident; or, when one of these documents was repaired too often just now, answer how long to wait."""
    by_kind = [damages[damage] for damage in Damage]
    who = (ask.org_id, ask.member_id, ask.device_id)
    seconds: int | None = await pool.fetchval(KEEP, *who, now, *by_kind, WITHIN, REPAIRS_OF_ONE_DOCUMENT)
    return seconds


async def page(db: AsyncConnection, actor: Actor, query: Paging) -> tuple[tuple[DeviceRepair, ...], str | None]:
    """The next part of the list in the actor's outlets, newest first, and the cursor of what follows."""
    statement = _listed().where(repairs.c.org_id == actor.org_id)
    if actor.outlet_ids:
        statement = statement.where(members.c.outlet_ids.overlap(list(actor.outlet_ids)))
    if (last := paging.key_after(query, "repairs", Moment)) is not None:
        statement = statement.where(tuple_(repairs.c.at, repairs.c.id) < tuple_(*last))
    ordered = statement.order_by(repairs.c.at.desc(), repairs.c.id.desc()).limit(query.limit + 1)
    found = [_repair(row) for row in await db.execute(ordered)]
    return paging.part(query, "repairs", found, lambda last: (last.at, last.id))


def _damages(
    page: Sequence[asyncpg.Record], held: Mapping[UUID, bytes | None], seen: cursors.Snapshot | None
) -> Damages:
    damages: Damages = {damage: [] for damage in Damage}
    for row in page:
        if seen is None or cursors.has_seen(seen, int(row[at.XID])):
            damages[_damage(row, held)].append(row[at.DOCUMENT_ID])
    return damages


def _damage(row: asyncpg.Record, held: Mapping[UUID, bytes | None]) -> Damage:
    if row[at.REASON] is not None:
        return Damage.EXTRA
    return Damage.DIFFERING if row[at.DOCUMENT_ID] in held else Damage.MISSING


def _cursor(ask: Ask, found: Changes, first: asyncpg.Record) -> str:
    """The feed's own after the last page. With one for the pages before, a device that pulls instead starts anew.

    A device whose epoch is over stays in that, and one that named no cursor stays without, for the pull to say so: else
    it would never hear of a restore, and offer nothing of what was lost.
    """
    match found.reset:
        case Reset.FIRST:
            stands = cursors.NOWHERE
        case Reset.EPOCH if ask.known is not None:
            stands = Cursor(epoch=ask.known.epoch, scopes=b"", seen=None)
        case _ if found.more:
            stands = Cursor(epoch=first[at.EPOCH], scopes=b"", seen=None)
        case _:
            return found.cursor
    return cursors.write(stands, ask.key, ask.device_id)


def _listed() -> Select[tuple[object, ...]]:
    """In the order of `DeviceRepair` up to its documents; those by what was wrong, no more than are told."""
    by_kind = [repairs.c[damage.value] for damage in Damage]
    used = and_(devices.c.org_id == repairs.c.org_id, devices.c.id == repairs.c.device_id)
    owned = and_(members.c.org_id == repairs.c.org_id, members.c.id == repairs.c.member_id)
    return (
        select(
            repairs.c.id,
            repairs.c.at,
            repairs.c.device_id,
            devices.c.name,
            devices.c.platform,
            devices.c.app_version,
            repairs.c.member_id,
            members.c.name,
            sum((func.cardinality(ids) for ids in by_kind[1:]), start=func.cardinality(by_kind[0])),
            *(func.trim_array(ids, func.greatest(func.cardinality(ids) - DOCUMENTS_LISTED, 0)) for ids in by_kind),
        )
        .join_from(repairs, devices, used)
        .join(members, owned)
    )


def _repair(row: Row[*tuple[Any, ...]]) -> DeviceRepair:
    *said, differing, missing, extra = row
    by_kind = zip(Damage, (differing, missing, extra), strict=True)
    documents = [Damaged(id=each, damage=damage) for damage, ids in by_kind for each in ids]
    names = DeviceRepair.__struct_fields__[:-1]
    return DeviceRepair(**dict(zip(names, said, strict=True)), documents=tuple(documents[:DOCUMENTS_LISTED]))
