"""Customers about whom the time of the last record is over: what names them goes, and their jobs tell of nobody."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA_TIME
from domain.retention import REVIEWED_AFTER, ErasedData, RetentionTerms, record_until
from service.store.jobs import site_cards
from service.store.privacy import erasures, promises
from service.store.privacy.erasures import Erased
from service.store.privacy.files import OVER
from service.store.sets import any_of
from service.store.tables import assets, customers, jobs, sites

NOBODY = "—"
_GONE = {"name": NOBODY, "phone": None, "note": None}
_SITE_GONE = {
    "address": NOBODY,
    **dict.fromkeys(("latitude", "longitude", "coordinate_system", "distance_km", "access_note")),
}


async def review(db: AsyncConnection, org_id: UUID, at: datetime, terms: RetentionTerms, most: int) -> int:
    """Look at no more than so many that are due to be looked at: erase some, and of others say when next; how many."""
    rows = await _due(db, org_id, at.date(), most)
    said = await _last_words(db, org_id, [row.id for row in rows])
    # Only where the longest term without a warranty is over does the warranty matter.
    old = [row for row in rows if _until(row, said, None, terms) < at.date()]
    promised = await _promised(db, org_id, [row.id for row in old], at.date())
    over = [row for row in old if _until(row, said, promised.get(row.id), terms) < at.date()]
    await _erase(db, org_id, [row.id for row in over], at)
    gone = [Erased(data=ErasedData.CUSTOMER, customer_id=row.id, taken_at=row.created_at) for row in over]
    await erasures.add(db, org_id, gone, terms)
    own = (customers.c.org_id == org_id, customers.c.id == any_of("ids"))
    again = update(customers).where(*own).values(review_on=at.date() + REVIEWED_AFTER)
    await db.execute(again, {"ids": [row.id for row in rows]})
    return len(rows)


async def _due(db: AsyncConnection, org_id: UUID, today: date, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    own = (customers.c.org_id == org_id, customers.c.review_on <= today, customers.c.erased_at.is_(None))
    query = select(customers.c.id, customers.c.created_at).where(*own).order_by(customers.c.review_on).limit(most)
    return (await db.execute(query.with_for_update(skip_locked=True))).all()


async def _last_words(db: AsyncConnection, org_id: UUID, customer_ids: Collection[UUID]) -> dict[UUID, date]:
    """When anything was last recorded about each customer's jobs; the end of days while one of them is not over."""
    own = (jobs.c.org_id == org_id, or_(jobs.c.customer_id == any_of("ids"), sites.c.customer_id == any_of("ids")))
    there = (sites.c.org_id == jobs.c.org_id) & (sites.c.id == jobs.c.site_id)
    whose = func.coalesce(jobs.c.customer_id, sites.c.customer_id).label("customer_id")
    finished = func.bool_and(jobs.c.status.in_([status.value for status in OVER])).label("finished")
    query = (
        select(whose, func.max(jobs.c.changed_at).label("last"), finished)
        .select_from(jobs.outerjoin(sites, there))
        .where(*own)
        .group_by(whose)
    )
    rows = await db.execute(query, {"ids": list(customer_ids)}) if customer_ids else ()
    return {row.customer_id: row.last.astimezone(CHINA_TIME).date() if row.finished else date.max for row in rows}


def _until(row: Row[*tuple[Any, ...]], said: dict[UUID, date], promised: date | None, terms: RetentionTerms) -> date:
    return record_until(said.get(row.id, row.created_at.astimezone(CHINA_TIME).date()), promised, terms)


async def _promised(db: AsyncConnection, org_id: UUID, customer_ids: Collection[UUID], today: date) -> dict[UUID, date]:
    """The last day of the longest promise for anything that each of them has; nothing where nobody knows."""
    there = (sites.c.org_id == assets.c.org_id) & (sites.c.id == assets.c.site_id)
    theirs = select(assets.c.id, sites.c.customer_id).join(sites, there)
    own = (assets.c.org_id == org_id, sites.c.customer_id == any_of("ids"))
    rows = (await db.execute(theirs.where(*own), {"ids": list(customer_ids)})).all() if customer_ids else []
    until = await promises.until(db, org_id, [row.id for row in rows], today)
    return _latest((row.customer_id, until.get(row.id)) for row in rows)


def _latest(promised: Iterable[tuple[UUID, date | None]]) -> dict[UUID, date]:
    found: dict[UUID, date] = {}
    for customer_id, day in promised:
        if day is not None:
            found[customer_id] = max(day, found.get(customer_id, day))
    return found


async def _erase(db: AsyncConnection, org_id: UUID, customer_ids: Collection[UUID], at: datetime) -> None:
    person = update(customers).where(customers.c.org_id == org_id, customers.c.id == any_of("ids"))
    place = update(sites).where(sites.c.org_id == org_id, sites.c.customer_id == any_of("ids"))
    ids = {"ids": list(customer_ids)}
    await db.execute(person.values(**_GONE, erased_at=at, version=customers.c.version + 1), ids)
    changed = await db.scalars(place.values(**_SITE_GONE, version=sites.c.version + 1).returning(sites.c.id), ids)
    # Their cards lie where phones pulled them from, although no phone may hold them any more.
    await site_cards.refresh(db, org_id, list(changed))
