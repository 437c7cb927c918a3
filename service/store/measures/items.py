"""The visits and jobs behind a figure, a page at a time."""

from datetime import date, datetime
from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Subquery, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import FigurePart, ReportQuery
from domain.people.actor import Actor
from service.store.measures.tallies import tallies
from service.store.tables import jobs


class Key(NamedTuple):
    """The place of an item in the list: its measure is one of the job's, and `nth` one of the measure's tallies."""

    day: date
    job_id: UUID
    place: Annotated[int, Meta(ge=0, le=2**31 - 1)]
    nth: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class KpiItem(Struct, frozen=True, kw_only=True):
    """What one visit, or one job where `visit_id` is null, counts for the KPI, and on which day at the site.

    `decided_at` is when that was certain, or will be if nothing more happens. `seconds` is the interval behind it.
    """

    job_id: UUID
    job_number: str
    visit_id: UUID | None
    outlet_id: UUID
    technician_id: UUID | None
    day: date
    decided_at: datetime
    numerator: int
    denominator: int
    excluded: str | None
    low_graded: bool
    seconds: int | None


_OF_TALLY = ("job_id", "visit_id", "outlet_id", "technician_id", "day", "decided_at", "numerator", "denominator")
_OF_ITEM = (*_OF_TALLY, "excluded", "low_graded", "seconds")


async def page(
    db: AsyncConnection,
    actor: Actor,
    report: ReportQuery,
    part: FigurePart,
    at: datetime,
    after: Key | None,
    limit: int,
) -> list[tuple[KpiItem, Key]]:
    """The next items of the report's part, in the order of their days, each with the key that a page may go on from."""
    rows = tallies(actor, report, report.kpis)
    key = (rows.c.day, rows.c.job_id, rows.c.place, rows.c.nth)
    same = (jobs.c.org_id == actor.org_id) & (jobs.c.id == rows.c.job_id)
    columns = [rows.c[name] for name in _OF_ITEM]
    statement = (
        select(*columns, jobs.c.number, *key)
        .join_from(rows, jobs, same)
        .where(_is_in(rows, part, at))
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(tuple_(*key) > tuple_(*after))
    wide = len(_OF_ITEM)
    return [
        (KpiItem(**dict(zip(_OF_ITEM, row[:wide], strict=True)), job_number=row[wide]), Key(*row[wide + 1 :]))
        for row in await db.execute(statement)
    ]


def _is_in(rows: Subquery, part: FigurePart, at: datetime) -> ColumnElement[bool]:
    pending, excluded = rows.c.decided_at > at, rows.c.excluded.is_not(None)
    counted = ~pending & ~excluded
    return {
        FigurePart.PENDING: pending,
        FigurePart.EXCLUDED: excluded & ~pending,
        FigurePart.DENOMINATOR: counted & (rows.c.denominator > 0),
        FigurePart.NUMERATOR: counted & (rows.c.numerator > 0),
        FigurePart.MISSED: counted & (rows.c.denominator > rows.c.numerator),
    }[part]
