"""Criteria of an organisation's own: schemes, profiles, limits of patterns. Each is stored whole under its code."""

from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Row, Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.patterns import PatternLimits
from domain.people.actor import Actor
from domain.scoring.profile import ScoringProfile
from domain.scoring.scheme import Scheme
from service.http.errors import Refused
from service.store import locks
from service.store.tables import criteria

Body = TypeVar("Body", Scheme, ScoringProfile, PatternLimits)

_KINDS: dict[type[Struct], str] = {Scheme: "scheme", ScoringProfile: "profile", PatternLimits: "pattern_limits"}


class Kept(Struct, Generic[Body], frozen=True, kw_only=True):
    """Criteria with their version, and who set them when."""

    version: int
    changed_by: UUID
    changed_at: datetime
    item: Body


async def find(db: AsyncConnection, org_id: UUID, kind: type[Body], code: str) -> Kept[Body] | None:
    """The criteria of this code, if the organisation keeps such."""
    row = (await db.execute(_of_kind(org_id, kind).where(criteria.c.code == code))).one_or_none()
    return None if row is None else _kept(row, kind)


async def every(db: AsyncConnection, org_id: UUID, kind: type[Body], limit: int) -> list[Kept[Body]]:
    """Those of one kind in the order of their codes; there are few."""
    rows = await db.execute(_of_kind(org_id, kind).order_by(criteria.c.code).limit(limit))
    return [_kept(row, kind) for row in rows]


async def put(db: AsyncConnection, actor: Actor, item: Body, expected_version: int) -> Kept[Body]:
    """The criteria as stored from now on; version 0 is that of one which does not exist yet."""
    await locks.lock(db, actor.org_id, [("criteria", item.code)])
    kind = type(item)
    stored = await find(db, actor.org_id, kind, item.code)
    if stored is not None and stored.item == item:
        return stored
    actual = 0 if stored is None else stored.version
    if actual != expected_version:
        raise Refused("version_changed", current=stored, expected=expected_version, actual=actual)
    values = {"body": msgspec.to_builtins(item), "version": actual + 1, "changed_by": actor.member_id}
    statement = insert(criteria).values(org_id=actor.org_id, kind=_KINDS[kind], code=item.code, **values)
    replaced = {**values, "changed_at": func.clock_timestamp()}
    statement = statement.on_conflict_do_update(index_elements=["org_id", "kind", "code"], set_=replaced)
    row = (await db.execute(statement.returning(*_COLUMNS))).one()
    return _kept(row, kind)


_COLUMNS = (
    criteria.c.version,
    criteria.c.changed_by,
    criteria.c.changed_at,
    criteria.c.body,
)


def _of_kind(org_id: UUID, kind: type[Struct]) -> Select[Any]:
    here = criteria.c.org_id == org_id
    return select(*_COLUMNS).where(here, criteria.c.kind == _KINDS[kind])


def _kept(row: Row[Any], kind: type[Body]) -> Kept[Body]:
    return Kept(
        version=row.version,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        item=msgspec.convert(row.body, kind),
    )
