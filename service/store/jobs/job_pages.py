"""Reading jobs at the desk: one document as it is stored, and the list by filters. No document is decoded."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Instant, Priority, WorkType
from domain.job.document import Job
from domain.job.statuses import JobStatus
from domain.people.actor import Actor
from service.http import paging
from service.http.errors import Refused
from service.http.paging import Moment, Paging, Slice
from service.store.scopes import jobs_seen
from service.store.tables import documents, jobs

_JOB = msgspec.json.Decoder(Job)


class JobQuery(Paging, frozen=True, kw_only=True):
    """Which jobs to list; `status` may be repeated. Times from are included, until are not."""

    outlet_id: UUID | None = None
    status: Annotated[tuple[JobStatus, ...], Meta(max_length=20)] = ()
    technician_id: UUID | None = None
    customer_id: UUID | None = None
    asset_id: UUID | None = None
    priority: Priority | None = None
    work_type: WorkType | None = None
    has_open_cases: bool | None = None
    opened_from: Instant | None = None
    opened_until: Instant | None = None
    planned_from: Instant | None = None
    planned_until: Instant | None = None
    number: Annotated[str, Meta(min_length=1, max_length=64, description="How the job's number begins")] | None = None


class JobLine(Struct, frozen=True, kw_only=True):
    """A job as lists show it. `planned_start` is that of the next visit that has not arrived."""

    id: UUID
    number: str
    outlet_id: UUID
    customer_id: UUID | None
    site_id: UUID | None
    asset_id: UUID | None
    work_type: WorkType
    priority: Priority
    status: JobStatus
    technician_ids: tuple[UUID, ...]
    planned_start: datetime | None
    opened_at: datetime
    changed_at: datetime
    open_cases: int
    version: int


class JobPage(Slice[JobLine], frozen=True, kw_only=True):
    """Part of the list of jobs, newest first."""


async def document(db: AsyncConnection, actor: Actor, job_id: UUID) -> tuple[bytes, int] | None:
    """The stored document of a job that the actor may see, as bytes, with its version."""
    query = (
        select(documents.c.body, documents.c.version)
        .join(jobs, (jobs.c.org_id == documents.c.org_id) & (jobs.c.id == documents.c.id))
        .where(jobs.c.org_id == actor.org_id, jobs.c.id == job_id, jobs_seen(actor))
    )
    row = (await db.execute(query)).one_or_none()
    return None if row is None else (row.body, row.version)


async def job(db: AsyncConnection, actor: Actor, job_id: UUID) -> Job:
    """The job, decoded, or `not_found`: for who has to judge it. To show it, `document` is enough."""
    stored = await document(db, actor, job_id)
    if stored is None:
        raise Refused("not_found")
    return _JOB.decode(stored[0])


async def named(db: AsyncConnection, org_id: UUID, job_id: UUID) -> Job:
    """The job of this id, for callers who have made sure already that it may be seen, as the customer's link does."""
    query = select(documents.c.body).where(documents.c.org_id == org_id, documents.c.id == job_id)
    return _JOB.decode((await db.execute(query)).scalar_one())


async def seen_of(db: AsyncConnection, actor: Actor, job_ids: Collection[UUID]) -> list[UUID]:
    """Those of the jobs that the actor may see, in the order of their ids."""
    query = select(jobs.c.id).where(jobs.c.org_id == actor.org_id, jobs.c.id.in_(job_ids), jobs_seen(actor))
    return list(await db.scalars(query.order_by(jobs.c.id)))


async def page(db: AsyncConnection, actor: Actor, query: JobQuery) -> JobPage:
    """The next part of the list of what the actor sees and the filters let through."""
    key = (jobs.c.opened_at, jobs.c.id)
    statement = (
        select(*(jobs.c[name] for name in JobLine.__struct_fields__))
        .where(jobs.c.org_id == actor.org_id, jobs_seen(actor), *_conditions(query))
        .order_by(jobs.c.opened_at.desc(), jobs.c.id.desc())
        .limit(query.limit + 1)
    )
    if (last := paging.key_after(query, "jobs", Moment)) is not None:
        statement = statement.where(tuple_(*key) < tuple_(*last))
    rows = await db.execute(statement)
    found = [msgspec.convert(row._mapping, JobLine) for row in rows]  # noqa: SLF001 (the documented way to a mapping)
    items, cursor = paging.part(query, "jobs", found, lambda last: (last.opened_at, last.id))
    return JobPage(items=items, next_cursor=cursor, has_more=cursor is not None)


def _conditions(query: JobQuery) -> Iterator[ColumnElement[bool]]:
    for name in ("outlet_id", "customer_id", "asset_id", "priority", "work_type"):
        if (value := getattr(query, name)) is not None:
            yield jobs.c[name] == value
    if query.status:
        yield jobs.c.status.in_(query.status)
    if query.technician_id is not None:
        yield jobs.c.technician_ids.contains([query.technician_id])
    if query.has_open_cases is not None:
        yield (jobs.c.open_cases > 0) == query.has_open_cases
    if query.number is not None:
        yield jobs.c.number.istartswith(query.number, autoescape=True)
    yield from _spans(query)


def _spans(query: JobQuery) -> Iterator[ColumnElement[bool]]:
    for column, since, until in (
        (jobs.c.opened_at, query.opened_from, query.opened_until),
        (jobs.c.planned_start, query.planned_from, query.planned_until),
    ):
        if since is not None:
            yield column >= since
        if until is not None:
            yield column < until
