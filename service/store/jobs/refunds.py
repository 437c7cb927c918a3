"""Refunds that are due, across jobs: from columns that follow each job's document in its own transaction."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Date, and_, case, cast, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.refund_clocks import RefundState
from domain.people.actor import Actor
from service.http import paging
from service.http.paging import Paging, Slice
from service.store.scopes import jobs_seen
from service.store.tables import jobs, outlets


class RefundQuery(Paging, frozen=True, kw_only=True):
    """Which refunds to list; none is `in_time`, for what is paid is not due."""

    outlet_id: UUID | None = None
    customer_id: UUID | None = None
    state: RefundState | None = None
    due_until: Annotated[date, Meta(description="Whose five working days end on this day or before")] | None = None


class JobRefund(Struct, frozen=True, kw_only=True):
    """What one job owes back, with the last days of both clocks, both included (R08).

    `state`: `late` past the five working days, `breach` past the fifteen days of the law as well; today at the outlet
    decides. Where `calendar_known` is false, holidays not yet announced may move the days.
    """

    job_id: UUID
    job_number: str
    outlet_id: UUID
    customer_id: UUID | None
    amount_fen: int
    fell_due_at: datetime
    in_time_until: date
    lawful_until: date
    calendar_known: bool
    state: RefundState


class RefundPage(Slice[JobRefund], frozen=True, kw_only=True):
    """Part of the refunds that are due, the nearest deadline first."""


_OUTLET = (outlets.c.org_id == jobs.c.org_id) & (outlets.c.id == jobs.c.outlet_id)
_TODAY = cast(func.timezone(outlets.c.time_zone, func.now()), Date)
_STATE = case(
    (jobs.c.refund_lawful_until < _TODAY, RefundState.BREACH.value),
    (jobs.c.refund_in_time_until < _TODAY, RefundState.LATE.value),
    else_=RefundState.RUNNING.value,
)
_COLUMNS = (
    jobs.c.id.label("job_id"),
    jobs.c.number.label("job_number"),
    jobs.c.outlet_id,
    jobs.c.customer_id,
    jobs.c.refund_due_fen.label("amount_fen"),
    jobs.c.refund_fell_due_at.label("fell_due_at"),
    jobs.c.refund_in_time_until.label("in_time_until"),
    jobs.c.refund_lawful_until.label("lawful_until"),
    jobs.c.refund_calendar_known.label("calendar_known"),
    _STATE.label("state"),
)


async def page(db: AsyncConnection, actor: Actor, query: RefundQuery) -> RefundPage:
    """The next part of what is due in the jobs that the actor sees."""
    key = (jobs.c.refund_in_time_until, jobs.c.id)
    due = and_(jobs.c.org_id == actor.org_id, jobs.c.refund_in_time_until.is_not(None))
    statement = (
        select(*_COLUMNS)
        .join(outlets, _OUTLET)
        .where(due, jobs_seen(actor), *_conditions(query))
        .order_by(*key)
        .limit(query.limit + 1)
    )
    if (last := paging.key_after(query, "refunds", tuple[date, UUID])) is not None:
        statement = statement.where(tuple_(*key) > tuple_(*last))
    rows = await db.execute(statement)
    found = [msgspec.convert(row._mapping, JobRefund) for row in rows]  # noqa: SLF001 (the documented way to a mapping)
    items, cursor = paging.part(query, "refunds", found, lambda last: (last.in_time_until, last.job_id))
    return RefundPage(items=items, next_cursor=cursor, has_more=cursor is not None)


def _conditions(query: RefundQuery) -> Iterator[ColumnElement[bool]]:
    for name in ("outlet_id", "customer_id"):
        if (value := getattr(query, name)) is not None:
            yield jobs.c[name] == value
    if query.state is not None:
        yield _STATE.in_([query.state.value])
    if query.due_until is not None:
        yield jobs.c.refund_in_time_until <= query.due_until
