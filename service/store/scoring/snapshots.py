"""Frozen reports: written once, with everything that was counted for them."""

from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Date, Select, Subquery, Text, cast, func, null, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import ReportQuery
from domain.people.actor import Actor
from service.http import paging
from service.http.paging import Moment, Paging
from service.store.tables import facts, snapshot_items, snapshots

ITEM: tuple[str, ...] = (
    *("kpi", "job_id", "place", "visit_id", "grouped", "starts_on", "day", "decided_at"),
    *("numerator", "denominator", "excluded", "low_graded", "seconds"),
)
"""What makes one thing that was counted what it is; any of it changed is a change."""

_DIGESTS = text(
    "SELECT kpi, sha256(convert_to(string_agg(jsonb_build_array(job_id, place, visit_id, grouped, starts_on, day,"
    " extract(epoch FROM decided_at), numerator, denominator, excluded, low_graded, seconds, facts)::text, chr(10)"
    " ORDER BY number), 'UTF8')), count(*) FROM snapshot_items"
    " WHERE org_id = :org_id AND snapshot_id = :snapshot_id GROUP BY kpi"
)


class Stored(Struct, frozen=True):
    """A frozen report as it lies in the database."""

    id: UUID
    frozen_at: datetime
    frozen_by: UUID
    first_day: date
    last_day: date
    outlet_ids: tuple[UUID, ...]
    body: bytes
    sha256: bytes


class FrozenQuestion(Struct, frozen=True):
    """What a frozen report answered, about which outlets; none: every outlet."""

    snapshot_id: UUID
    outlet_ids: tuple[UUID, ...]
    report: ReportQuery


async def keep(db: AsyncConnection, org_id: UUID, stored: Stored, question: ReportQuery) -> None:
    """Write what was reported; its items are there already. Nothing changes it afterwards."""
    values = {name: getattr(stored, name) for name in Stored.__struct_fields__}
    exact = {"outlet_ids": list(stored.outlet_ids), "question": msgspec.to_builtins(question)}
    await db.execute(insert(snapshots).values(org_id=org_id, **{**values, **exact}))


async def keep_items(db: AsyncConnection, org_id: UUID, snapshot_id: UUID, rows: Subquery) -> int:
    """Copy these tallies with how many facts each job had, in one statement: one moment. Answers how many."""
    log = select(func.max(facts.c.log_number)).where(facts.c.org_id == org_id, facts.c.job_id == rows.c.job_id)
    columns = item_columns(rows)
    fixed = (cast(org_id, snapshot_items.c.org_id.type), cast(snapshot_id, snapshot_items.c.snapshot_id.type))
    chosen = select(*fixed, func.row_number().over(), *columns, func.coalesce(log.scalar_subquery(), 0))
    names = ["org_id", "snapshot_id", "number", *ITEM, "facts"]
    return (await db.execute(insert(snapshot_items).from_select(names, chosen))).rowcount


def item_columns(rows: Subquery) -> list[ColumnElement[Any]]:
    """The columns of an item; groups of any kind as text, and the nulls of a report without them typed."""
    typed: dict[str, ColumnElement[Any]] = {
        "grouped": cast(rows.c.grouped, Text),
        "starts_on": cast(rows.c.starts_on, Date),
    }
    return [typed.get(name, rows.c[name]) for name in ITEM]


async def items_digest(db: AsyncConnection, org_id: UUID, snapshot_id: UUID) -> str:
    """SHA-256 over everything that was counted, KPI by KPI; the same as long as nobody touches it."""
    rows = await db.execute(_DIGESTS, {"org_id": org_id, "snapshot_id": snapshot_id})
    lines = sorted(f"{row[0]} {bytes(row[1]).hex()} {row[2]}" for row in rows)
    return sha256("\n".join(lines).encode()).hexdigest()


def frozen(org_id: UUID, snapshot_id: UUID, kpis: Sequence[str] = ()) -> Subquery:
    """The frozen tallies, in the shape of those of today."""
    mine = (snapshot_items.c.org_id == org_id) & (snapshot_items.c.snapshot_id == snapshot_id)
    chosen = select(*(snapshot_items.c[name] for name in (*ITEM, "facts"))).where(mine)
    return (chosen.where(snapshot_items.c.kpi.in_(kpis)) if kpis else chosen).subquery("frozen")


def ungrouped(org_id: UUID, snapshot_id: UUID) -> Subquery:
    """The frozen tallies as if nobody had asked for groups and spans."""
    rows = frozen(org_id, snapshot_id)
    plain = [rows.c[name] for name in ITEM if name not in {"grouped", "starts_on"}]
    return select(*plain, null().label("grouped"), null().label("starts_on")).subquery("ungrouped")


async def find(db: AsyncConnection, actor: Actor, snapshot_id: UUID) -> Stored | None:
    """The frozen report, if the actor may see all whose work it counts."""
    row = (await db.execute(_seen(actor).where(snapshots.c.id == snapshot_id))).one_or_none()
    return None if row is None else _stored(row)


async def is_taken(db: AsyncConnection, org_id: UUID, snapshot_id: UUID) -> bool:
    """Whether the id was used, by whomever."""
    known = select(snapshots.c.id).where(snapshots.c.org_id == org_id, snapshots.c.id == snapshot_id)
    return (await db.execute(known)).first() is not None


async def page(db: AsyncConnection, actor: Actor, query: Paging) -> tuple[tuple[Stored, ...], str | None]:
    """The next part of what the actor may see, newest first, and the cursor of what follows."""
    place = (snapshots.c.frozen_at, snapshots.c.id)
    statement = _seen(actor).order_by(*(column.desc() for column in place)).limit(query.limit + 1)
    if (last := paging.key_after(query, "snapshots", Moment)) is not None:
        statement = statement.where(tuple_(*place) < tuple_(*last))
    found = [_stored(row) for row in await db.execute(statement)]
    return paging.part(query, "snapshots", found, lambda last: (last.frozen_at, last.id))


async def about_days(
    db: AsyncConnection, org_id: UUID, first_day: date, last_day: date, until: date
) -> list[FrozenQuestion]:
    """The questions of the reports about any of these days whose periods were over on `until`."""
    over = (snapshots.c.last_day >= first_day) & (snapshots.c.last_day < until) & (snapshots.c.first_day <= last_day)
    columns = (snapshots.c.id, snapshots.c.outlet_ids, snapshots.c.question)
    query = select(*columns).where(snapshots.c.org_id == org_id, over).order_by(snapshots.c.frozen_at, snapshots.c.id)
    return [
        FrozenQuestion(row[0], tuple(row[1]), msgspec.convert(row[2], ReportQuery)) for row in await db.execute(query)
    ]


def _seen(actor: Actor) -> Select[Any]:
    """Whoever works for some outlets sees reports about no others."""
    mine = _columns().where(snapshots.c.org_id == actor.org_id)
    if not actor.outlet_ids:
        return mine
    own = snapshots.c.outlet_ids.contained_by(list(actor.outlet_ids))
    return mine.where(func.cardinality(snapshots.c.outlet_ids) > 0, own)


def _columns() -> Select[Any]:
    return select(*(snapshots.c[name] for name in Stored.__struct_fields__))


def _stored(row: Any) -> Stored:  # noqa: ANN401 - a row of `_columns`
    values = {name: getattr(row, name) for name in Stored.__struct_fields__}
    exact = {"outlet_ids": tuple(row.outlet_ids), "body": bytes(row.body), "sha256": bytes(row.sha256)}
    return Stored(**{**values, **exact})
