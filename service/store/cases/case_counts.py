"""Counting the cases that were opened in a period, by sort."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import ColumnElement, any_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import ReportQuery
from domain.people.actor import Actor
from service.store.tables import cases, jobs, organisations


class CaseCount(Struct, frozen=True, kw_only=True):
    """Of findings by rule, of conflicts by field: how many were opened, and how many still wait."""

    code: str
    count: int
    open: int


async def top(db: AsyncConnection, actor: Actor, report: ReportQuery, kind: str, most: int) -> list[CaseCount]:
    """The most frequent first."""
    zone = await db.scalar(select(organisations.c.time_zone).where(organisations.c.org_id == actor.org_id))
    code = cases.c.field if kind == "conflict" else cases.c.code
    number = func.count()
    query = (
        select(code.label("code"), number.label("count"), number.filter(cases.c.state == "open").label("open"))
        .join_from(cases, jobs, (jobs.c.org_id == cases.c.org_id) & (jobs.c.id == cases.c.job_id))
        .where(cases.c.org_id == actor.org_id, cases.c.kind == kind, *_within(report, ZoneInfo(zone or "UTC")))
        .where(*_narrowed(actor, report), code.is_not(None))
        .group_by(code)
        .order_by(number.desc(), code)
        .limit(most)
    )
    return [CaseCount(code=row[0], count=row[1], open=row[2]) for row in await db.execute(query)]


def _within(report: ReportQuery, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    return [
        cases.c.opened_at >= _midnight(report.first_day, zone),
        cases.c.opened_at < _midnight(report.last_day + timedelta(days=1), zone),
    ]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _narrowed(actor: Actor, report: ReportQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if actor.outlet_ids:
        found.append(jobs.c.outlet_id.in_(actor.outlet_ids))
    if report.filters.outlet_id is not None:
        found.append(jobs.c.outlet_id == report.filters.outlet_id)
    if report.filters.technician_id is not None:
        found.append(any_(jobs.c.technician_ids) == report.filters.technician_id)
    if report.filters.work_type is not None:
        found.append(jobs.c.work_type == report.filters.work_type.value)
    if report.filters.priority is not None:
        found.append(jobs.c.priority == report.filters.priority.value)
    return found
