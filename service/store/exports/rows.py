"""What goes into exports, some jobs at a time: memory does not grow with the period."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import Filters, ReportQuery
from domain.kpis.table import KPIS
from domain.people.actor import Actor
from service.store.measures.tallies import seen_by, tallies
from service.store.privacy import erasures
from service.store.privacy.erasures import PositionErased
from service.store.tables import documents, facts, jobs, measures, members

JOBS_AT_ONCE = 500
PACKED_AT_ONCE = 100

_OF_TALLY = ("kpi", "day", "decided_at", "numerator", "denominator", "excluded")
_LOGGED = ("log_number", "id", "kind", "author_id", "author_role", "device_id", "recorded_at", "corrected_at")
LOGGED = (*_LOGGED, "time_grade", "digest", "chain", "record")


async def job_ids(db: AsyncConnection, actor: Actor, report: ReportQuery, at_once: int) -> AsyncIterator[list[UUID]]:
    """The jobs that count for anything in the report, in the order of their ids."""
    last: UUID | None = None
    while True:
        statement = counting(actor, report).limit(at_once)
        if last is not None:
            statement = statement.where(measures.c.job_id > last)
        found = list(await db.scalars(statement))
        if found:
            yield found
        if len(found) < at_once:
            return
        last = found[-1]


async def count_jobs(db: AsyncConnection, actor: Actor, report: ReportQuery) -> int:
    """How many `job_ids` will be."""
    return int(await db.scalar(select(func.count()).select_from(counting(actor, report).subquery())) or 0)


async def counted(
    db: AsyncConnection, actor: Actor, report: ReportQuery, chosen: Collection[UUID], at: datetime
) -> Sequence[Sequence[Any]]:
    """What these jobs and their visits count, one row for each KPI, in the order of `columns.MEASURES`."""
    rows = tallies(actor, report, [kpi.id for kpi in KPIS], only=measures.c.job_id.in_(chosen))
    own = and_(measures.c.org_id == actor.org_id, measures.c.job_id == rows.c.job_id, measures.c.place == rows.c.place)
    same = (jobs.c.org_id == actor.org_id) & (jobs.c.id == rows.c.job_id)
    person = (members.c.org_id == actor.org_id) & (members.c.id == rows.c.technician_id)
    statement = (
        select(
            rows.c.job_id,
            jobs.c.number,
            rows.c.visit_id,
            rows.c.outlet_id,
            members.c.login,
            *(measures.c[name] for name in ("product_code", "fault_group", "work_type", "priority")),
            *(rows.c[name] for name in _OF_TALLY),
            (rows.c.decided_at > at).label("pending"),
            rows.c.low_graded,
            rows.c.seconds,
        )
        .select_from(rows.join(measures, own).join(jobs, same).outerjoin(members, person))
        .order_by(rows.c.job_id, rows.c.place, rows.c.nth)
    )
    return [tuple(row) for row in await db.execute(statement)]


class PackedJob(Struct, frozen=True):
    """A job with its document and the head of its chain, its whole log, and which positions were erased."""

    job: Any
    log: list[Any]
    erased: Mapping[UUID, PositionErased]


async def packed(db: AsyncConnection, org_id: UUID, chosen: Collection[UUID]) -> list[PackedJob]:
    """These jobs with all that a pack tells of them, in the order of ids."""
    same = (documents.c.org_id == jobs.c.org_id) & (documents.c.id == jobs.c.id)
    query = (
        select(jobs.c.id, jobs.c.number, jobs.c.chain, documents.c.body, documents.c.digest)
        .join_from(jobs, documents, same)
        .where(jobs.c.org_id == org_id, jobs.c.id.in_(chosen))
        .order_by(jobs.c.id)
    )
    found = list(await db.execute(query))
    said = select(facts.c.job_id, *(facts.c[name] for name in LOGGED)).where(
        facts.c.org_id == org_id, facts.c.job_id.in_(chosen)
    )
    logs: dict[UUID, list[Any]] = {}
    for row in await db.execute(said.order_by(facts.c.job_id, facts.c.log_number)):
        logs.setdefault(row.job_id, []).append(row)
    erased = await erasures.of_facts(db, org_id, chosen, [row.id for log in logs.values() for row in log])
    return [PackedJob(job, logs.get(job.id, []), erased) for job in found]


def counting(actor: Actor, report: ReportQuery) -> Select[Any]:
    """The ids of the jobs that count for anything in the report, in their order."""
    touched = (measures.c.last_day >= report.first_day) & (measures.c.first_day <= report.last_day)
    wanted = [
        measures.c[name] == value
        for name in Filters.__struct_fields__
        if (value := getattr(report.filters, name)) is not None
    ]
    one = select(measures.c.job_id).where(seen_by(actor), touched, *wanted)
    return one.group_by(measures.c.job_id).order_by(measures.c.job_id)
