"""Counting what measures say: every figure of a report by one statement, and its intervals by another."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import BigInteger, Select, Subquery, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import ReportQuery
from domain.kpis.result import Counts, Excluded
from domain.people.actor import Actor
from service.store.measures.tallies import COUNTED, TIMED, tallies

MOST_ROWS = 50_000
"""More are not looked at: who asks for so much is told before that it is too much (`MOST_FIGURES`)."""
Place = tuple[str, str | None, date | None]
"""A KPI, the group as text, and the first day of the span."""


async def count(
    db: AsyncConnection, actor: Actor, report: ReportQuery, kpis: Sequence[str], spread: Sequence[str], at: datetime
) -> list[Counts]:
    """The counts of these KPIs, of all where none is named, at this moment; and the intervals of those in `spread`."""
    timed = tallies(actor, report, spread, lists=TIMED) if spread else None
    return await count_rows(db, tallies(actor, report, kpis, lists=COUNTED), timed, at)


async def count_rows(db: AsyncConnection, rows: Subquery, timed: Subquery | None, at: datetime) -> list[Counts]:
    """The same of tallies at hand, or of tallies that were frozen; `timed` are those whose intervals are asked for."""
    found: dict[Place, Counts] = {}
    for row in await db.execute(_counted(rows, at).limit(MOST_ROWS)):
        kpi, group, starts_on, excluded, pending, numerator, denominator, items, low_graded = row
        place = (kpi, None if group is None else str(group), starts_on)
        known = found.get(place) or Counts(kpi=kpi, group=place[1], starts_on=starts_on)
        if pending:
            found[place] = replace(known, pending=known.pending + denominator)
        elif excluded is not None:
            left_out = Excluded(reason=excluded, count=denominator)
            found[place] = replace(known, excluded=(*known.excluded, left_out))
        else:
            sums = {"numerator": numerator, "denominator": denominator, "items": items, "low_graded": low_graded}
            found[place] = replace(known, **sums)
    counted = list(found.values())
    return counted if timed is None else await with_spread(db, counted, timed, at)


async def with_spread(db: AsyncConnection, counted: Sequence[Counts], timed: Subquery, at: datetime) -> list[Counts]:
    """The same counts with the median and the 90th percentile of these intervals."""
    found = {(each.kpi, each.group, each.starts_on): each for each in counted}
    for row in await db.execute(_spread(timed, at)):
        place = (row[0], None if row[1] is None else str(row[1]), row[2])
        if place in found:
            found[place] = replace(found[place], median=row[3], p90=row[4])
    return list(found.values())


def _counted(rows: Subquery, at: datetime) -> Select[Any]:
    pending = (rows.c.decided_at > at).label("pending")
    by = (rows.c.kpi, rows.c.grouped, rows.c.starts_on, rows.c.excluded, pending)
    summed = [cast(func.sum(rows.c[name]), BigInteger) for name in ("numerator", "denominator")]
    return select(*by, *summed, func.count(), func.count().filter(rows.c.low_graded)).group_by(*by)


def _spread(rows: Subquery, at: datetime) -> Select[Any]:
    """Median and 90th percentile: the smallest interval that half, or nine tenths, of what is counted do not exceed.

    A tally stands for as many things as its denominator says: many records of the door that came together (K29).
    """
    names = ("kpi", "grouped", "starts_on")
    by, things = [rows.c[name] for name in names], func.sum(rows.c.denominator)
    known = rows.c.seconds.is_not(None) & rows.c.excluded.is_(None) & (rows.c.decided_at <= at)
    every = things.over(partition_by=by).label("every")
    up_to = things.over(partition_by=by, order_by=rows.c.seconds).label("up_to")
    ranked = select(*by, rows.c.seconds, every, up_to).where(known).subquery("ranked").c
    shares = [func.min(ranked.seconds).filter(ranked.up_to * 10 >= ranked.every * tenths) for tenths in (5, 9)]
    grouped = [ranked[name] for name in names]
    return select(*grouped, *shares).group_by(*grouped)
