"""The retention terms of an organisation: its own, or those that come with the product."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from domain.retention import RetentionTerms
from service.http.errors import Refused
from service.store.tables import organisations, retention_terms


class KeptTerms(Struct, frozen=True, kw_only=True):
    """The terms that hold; version 0 is that of the defaults, which nobody set."""

    version: int
    changed_by: UUID | None
    changed_at: datetime | None
    item: RetentionTerms


_COLUMNS = tuple(retention_terms.c[name] for name in ("version", "changed_by", "changed_at", "body"))


async def read(db: AsyncConnection, org_id: UUID) -> KeptTerms:
    row = (await db.execute(select(*_COLUMNS).where(retention_terms.c.org_id == org_id))).one_or_none()
    return KeptTerms(version=0, changed_by=None, changed_at=None, item=RetentionTerms()) if row is None else _kept(row)


async def put(db: AsyncConnection, actor: Actor, item: RetentionTerms, expected_version: int) -> KeptTerms:
    """The terms as they hold from now on. Putting what holds already changes nothing."""
    own = select(organisations.c.org_id).where(organisations.c.org_id == actor.org_id)
    await db.execute(own.with_for_update(key_share=True))
    stored = await read(db, actor.org_id)
    if stored.version and stored.item == item:
        return stored
    if stored.version != expected_version:
        raise Refused("version_changed", current=stored, expected=expected_version, actual=stored.version)
    values = {"body": msgspec.to_builtins(item), "version": stored.version + 1, "changed_by": actor.member_id}
    added = insert(retention_terms).values(org_id=actor.org_id, **values)
    replaced = added.on_conflict_do_update(
        index_elements=["org_id"], set_={**values, "changed_at": func.clock_timestamp()}
    )
    return _kept((await db.execute(replaced.returning(*_COLUMNS))).one())


def _kept(row: Row[Any]) -> KeptTerms:
    said = {"version": row.version, "changed_by": row.changed_by, "changed_at": row.changed_at}
    return KeptTerms(**said, item=msgspec.convert(row.body, RetentionTerms))
