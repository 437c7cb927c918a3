"""Customers as they leave in an export: names, phones, addresses."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.query import ReportQuery
from domain.people.actor import Actor
from domain.people.consent import ConsentKind
from service.store.exports.rows import JOBS_AT_ONCE, counting
from service.store.privacy import consents
from service.store.scopes import customers_seen
from service.store.tables import customers, jobs, sites


async def some(
    db: AsyncConnection, actor: Actor, report: ReportQuery, needed: ConsentKind | None
) -> AsyncIterator[list[tuple[Any, ...]]]:
    """Those of the report's jobs, in the order of `columns.CONTACTS`; only who agreed to what is `needed`."""
    theirs = select(jobs.c.customer_id).where(jobs.c.org_id == actor.org_id, jobs.c.id.in_(counting(actor, report)))
    told = [customers.c[name] for name in ("id", "outlet_id", "name", "phone", "language")]
    query = select(*told, _addresses().label("addresses")).where(
        customers.c.org_id == actor.org_id,
        customers_seen(actor),
        customers.c.erased_at.is_(None),
        customers.c.id.in_(theirs),
    )
    if needed is not None:
        agreed = consents.agreed(consents.OF_CUSTOMER, customers.c.id, customers.c.org_id, needed)
        query = query.where(agreed)
    last: UUID | None = None
    while True:
        part = query if last is None else query.where(customers.c.id > last)
        found = [tuple(row) for row in await db.execute(part.order_by(customers.c.id).limit(JOBS_AT_ONCE))]
        if found:
            yield found
        if len(found) < JOBS_AT_ONCE:
            return
        last = found[-1][0]


def _addresses() -> ScalarSelect[str]:
    own = (sites.c.org_id == customers.c.org_id, sites.c.customer_id == customers.c.id)
    return select(func.string_agg(sites.c.address, "; ")).where(*own).scalar_subquery()
