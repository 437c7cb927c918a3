"""Reading cases at the desk, and deciding those that live outside a job's document."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, cast, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind, CaseState
from domain.facts.words import Code, Instant
from domain.job.cases import Severity
from domain.people.actor import Actor
from service.http import paging
from service.http.paging import Moment, Paging
from service.store.cases.cases import StoredCase, columns, stored
from service.store.tables import cases, jobs, quarantine


class CaseQuery(Paging, frozen=True, kw_only=True):
    """Which cases to list."""

    kind: CaseKind | None = None
    code: Code | None = None
    severity: Severity | None = None
    state: CaseState | None = None
    job_id: UUID | None = None
    outlet_id: UUID | None = None


class ConflictQuery(Paging, frozen=True, kw_only=True):
    """Which conflicts to list."""

    job_id: UUID | None = None
    field: Annotated[Code, Meta(description="Such as `access_note`, `plan` or `repair`")] | None = None
    state: CaseState | None = None
    since: Annotated[Instant, Meta(description="Not before this moment")] | None = None
    author_id: Annotated[UUID, Meta(description="Who set one of the two values")] | None = None


class HeldDecision(Struct, frozen=True):
    """Who decided on a fact that was set aside, when, and why."""

    state: str
    by: UUID | None
    at: datetime | None
    reason: str | None


async def page(db: AsyncConnection, actor: Actor, query: CaseQuery) -> tuple[tuple[StoredCase, ...], str | None]:
    """The next part of the list, oldest first, and the cursor of what follows."""
    named = ("kind", "code", "severity", "state", "outlet_id")
    wanted = [cases.c[name] == value for name in named if (value := getattr(query, name)) is not None]
    if query.job_id is not None:
        wanted.append((cases.c.job_id == query.job_id) | _collides_with(actor.org_id, query.job_id))
    return await _page(db, actor, query, "cases", wanted)


async def conflicts(
    db: AsyncConnection, actor: Actor, query: ConflictQuery
) -> tuple[tuple[StoredCase, ...], str | None]:
    """As `page`, of conflicts by what they are about."""
    wanted = [cases.c.kind == CaseKind.CONFLICT.value]
    if query.job_id is not None:
        wanted.append(cases.c.job_id == query.job_id)
    if query.state is not None:
        wanted.append(cases.c.state == query.state.value)
    if query.since is not None:
        wanted.append(cases.c.opened_at >= query.since)
    if query.field is not None:
        wanted.append(cases.c.field == query.field.removeprefix("detail:"))
    if query.author_id is not None:
        wanted.append(cases.c.author_ids.contains([query.author_id]))
    return await _page(db, actor, query, "conflicts", wanted)


def _collides_with(org_id: UUID, job_id: UUID) -> ColumnElement[bool]:
    """A double booking stands under one of its jobs, and is about all of them."""
    named = select(func.unnest(jobs.c.technician_ids)).where(jobs.c.org_id == org_id, jobs.c.id == job_id)
    body = cast(func.convert_from(cases.c.body, "UTF8"), JSONB)
    # As an array, so that the index of technicians is asked.
    theirs = cases.c.technician_id == func.any(func.array(named.scalar_subquery()))
    return theirs & body.contains({"visits": [{"job_id": str(job_id)}]})


async def lock_state(db: AsyncConnection, org_id: UUID, case_id: UUID) -> str | None:
    """The case's state, which nobody else changes until the transaction ends."""
    query = select(cases.c.state).where(cases.c.org_id == org_id, cases.c.id == case_id).with_for_update()
    state: str | None = await db.scalar(query)
    return state


async def open_and_new(db: AsyncConnection, org_id: UUID) -> list[StoredCase]:
    """The open cases that this very transaction has written, oldest first."""
    written = text("cases.xmin = pg_current_xact_id()::xid")
    own = (cases.c.org_id == org_id) & (cases.c.state == CaseState.OPEN.value) & written
    query = columns().where(own).order_by(cases.c.opened_at, cases.c.id)
    return [stored(row) for row in await db.execute(query)]


async def held_decision(db: AsyncConnection, org_id: UUID, case_id: UUID) -> HeldDecision | None:
    """What was decided on a fact that was set aside."""
    columns = (quarantine.c.state, quarantine.c.decided_by, quarantine.c.decided_at, quarantine.c.decision_reason)
    query = select(*columns).where(quarantine.c.org_id == org_id, quarantine.c.id == case_id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else HeldDecision(*row)


async def _page(
    db: AsyncConnection, actor: Actor, query: Paging, name: str, wanted: Sequence[ColumnElement[bool]]
) -> tuple[tuple[StoredCase, ...], str | None]:
    statement = (
        columns()
        .where(cases.c.org_id == actor.org_id, *wanted)
        .order_by(cases.c.opened_at, cases.c.id)
        .limit(query.limit + 1)
    )
    if actor.outlet_ids:
        statement = statement.where(cases.c.outlet_id.in_(actor.outlet_ids))
    if (last := paging.key_after(query, name, Moment)) is not None:
        statement = statement.where(tuple_(cases.c.opened_at, cases.c.id) > tuple_(*last))
    found = [stored(row) for row in await db.execute(statement)]
    return paging.part(query, name, found, lambda last: (last.opened_at, last.id))
