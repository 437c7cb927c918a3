"""The period of a question: which days and whose work; what cannot be meant is refused."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Priority, WorkType
from domain.fields import Code
from domain.kpis.query import Filters, ReportQuery
from domain.people.actor import Actor
from service.http.endpoint import Input
from service.http.errors import Refused, Violation
from service.http.paging import Paging
from service.store.registry import registry
from service.store.registry.registers import MEMBERS, OUTLETS

Day = Annotated[date, Meta(description="In site time, YYYY-MM-DD", examples=["2025-07-01"])]
MOST_DAYS = 3_660
"""Ten years."""


class PeriodQuery(Input, frozen=True, kw_only=True):
    """The days from `first_day` to `last_day`, both included, narrowed to what is named."""

    first_day: Day
    last_day: Day
    outlet_id: UUID | None = None
    technician_id: UUID | None = None
    product_code: Code | None = None
    fault_group: Code | None = None
    work_type: WorkType | None = None
    priority: Priority | None = None


class PeriodPageQuery(Paging, frozen=True, kw_only=True):
    """A part of what is counted in a period; as `PeriodQuery`."""

    first_day: Day
    last_day: Day
    outlet_id: UUID | None = None
    technician_id: UUID | None = None
    product_code: Code | None = None
    fault_group: Code | None = None
    work_type: WorkType | None = None
    priority: Priority | None = None

    @property
    def period(self) -> PeriodQuery:
        """What is counted, whichever part of it is asked for."""
        return PeriodQuery(**{name: getattr(self, name) for name in PeriodQuery.__struct_fields__})


def filters_of(query: PeriodQuery) -> Filters:
    """What the query narrows to."""
    return Filters(**{name: getattr(query, name) for name in Filters.__struct_fields__})


async def require_period(
    db: AsyncConnection, actor: Actor, query: PeriodQuery, problem: str = "invalid_query"
) -> ReportQuery:
    """The report that is asked for; an impossible period or an id that the actor does not know is refused."""
    found = [*_impossible(query), *await _unknown(db, actor, query)]
    if found:
        raise Refused(problem, errors=tuple(found))
    return ReportQuery(first_day=query.first_day, last_day=query.last_day, filters=filters_of(query))


def _impossible(query: PeriodQuery) -> list[Violation]:
    if query.last_day < query.first_day:
        return [Violation("/last_day", "ends_before_it_begins")]
    if query.last_day - query.first_day >= timedelta(days=MOST_DAYS):
        return [Violation("/last_day", "period_too_long", {"limit": str(MOST_DAYS)})]
    return []


async def _unknown(db: AsyncConnection, actor: Actor, query: PeriodQuery) -> list[Violation]:
    named = (("outlet_id", OUTLETS, query.outlet_id), ("technician_id", MEMBERS, query.technician_id))
    found: list[Violation] = []
    for name, register, record_id in named:
        if record_id is not None and not await registry.is_known(db, register, actor, record_id):
            found.append(Violation(f"/{name}", "unknown_reference"))
    return found
