"""What one job and its visits count, and which jobs repeated it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import ReportQuery
from domain.measures.measure import Repeat
from domain.people.actor import Actor
from service.store.measures.tallies import tallies
from service.store.scopes import jobs_seen
from service.store.tables import jobs, measures

_COLUMNS = ("visit_id", "kpi", "day", "decided_at", "numerator", "denominator", "excluded", "low_graded", "seconds")
_EVER = ReportQuery(first_day=date.min, last_day=date.max)

TallyRow = Row[*tuple[Any, ...]]


async def tallies_of(db: AsyncConnection, actor: Actor, job_id: UUID, kpis: list[str]) -> list[TallyRow]:
    """Every tally of the job and its visits that the actor may see, in their order."""
    rows = tallies(actor, _EVER, kpis, only=measures.c.job_id == job_id)
    query = select(*(rows.c[name] for name in _COLUMNS)).order_by(rows.c.place, rows.c.kpi, rows.c.nth)
    return list(await db.execute(query))


async def repeated_by(db: AsyncConnection, actor: Actor, job_id: UUID) -> list[tuple[UUID, datetime]]:
    """The jobs that the actor sees of those for the asset within 30 days of this repair, whatever the fault."""
    own, again = measures.alias("own"), measures.alias("again")
    same = (again.c.org_id == own.c.org_id) & (again.c.asset_id == own.c.asset_id) & (again.c.job_id != own.c.job_id)
    later = (again.c.reported_at > own.c.completed_at) & (again.c.reported_at < own.c.watched_until)
    query = (
        select(again.c.job_id, again.c.reported_at)
        .join_from(own, again, same & later)
        .join(jobs, (jobs.c.org_id == again.c.org_id) & (jobs.c.id == again.c.job_id))
        .where(own.c.org_id == actor.org_id, own.c.job_id == job_id, own.c.place == 0, again.c.place == 0)
        .where(again.c.repeat_of != Repeat.NONE.value, jobs_seen(actor))
        .order_by(again.c.reported_at, again.c.job_id)
    )
    return [(row.job_id, row.reported_at) for row in await db.execute(query)]
