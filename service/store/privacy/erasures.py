"""What was erased, when and by which terms: added to and never changed, so that it can be audited."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Row, insert, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from domain.retention import ErasedData, RetentionTerms
from service.http import paging
from service.http.paging import Moment, Paging
from service.store.scopes import customers_seen, jobs_seen
from service.store.sets import any_of
from service.store.tables import customers, erasures, jobs

_OWN = erasures.c


class Erased(Struct, frozen=True, kw_only=True):
    """What is about to be erased. `taken_at` is when it was recorded."""

    data: ErasedData
    job_id: UUID | None = None
    fact_id: UUID | None = None
    taken_at: datetime
    digest: bytes | None = None
    customer_id: UUID | None = None
    distance_metres: int | None = None


class PositionErased(Struct, frozen=True, kw_only=True):
    """A fact's exact position is gone; `distance_metres`, where known, is how far from the address it was."""

    erased_at: datetime
    distance_metres: int | None


class Erasure(Struct, frozen=True, kw_only=True):
    """What was erased, and the terms by which it was.

    Of a position `distance_metres` is left: how far from the address it was, null where no one knows where that is.
    """

    id: UUID
    erased_at: datetime
    data: ErasedData
    job_id: UUID | None
    job_number: str | None
    fact_id: UUID | None
    digest: str | None
    customer_id: UUID | None
    taken_at: datetime
    distance_metres: int | None
    terms: RetentionTerms


async def add(db: AsyncConnection, org_id: UUID, erased: Iterable[Erased], terms: RetentionTerms) -> None:
    """Log these. One statement; none for nothing."""
    by = msgspec.to_builtins(terms)
    rows = [{"org_id": org_id, **{name: getattr(each, name) for name in _SAID}, "terms": by} for each in erased]
    if rows:
        await db.execute(insert(erasures), rows)


async def of_facts(
    db: AsyncConnection, org_id: UUID, job_ids: Collection[UUID], fact_ids: Collection[UUID]
) -> dict[UUID, PositionErased]:
    """Those of the jobs' facts whose position was erased. One statement; none for no facts."""
    if not fact_ids:
        return {}
    own = (_OWN.org_id == org_id, _OWN.job_id == any_of("job_ids"), _OWN.fact_id == any_of("fact_ids"))
    query = select(_OWN.fact_id, _OWN.erased_at, _OWN.distance_metres).where(
        *own, _OWN.data == ErasedData.POSITION.value
    )
    rows = await db.execute(query, {"job_ids": list(job_ids), "fact_ids": list(fact_ids)})
    return {row.fact_id: PositionErased(erased_at=row.erased_at, distance_metres=row.distance_metres) for row in rows}


async def page(
    db: AsyncConnection, actor: Actor, query: Paging, job_id: UUID | None
) -> tuple[tuple[Erasure, ...], str | None]:
    """The next part of the list, the newest first: what was about jobs and customers that the actor sees."""
    named = (_OWN.org_id == jobs.c.org_id) & (_OWN.job_id == jobs.c.id)
    said = (*(_OWN[name] for name in ("id", "erased_at", *_SAID, "terms")), jobs.c.number.label("job_number"))
    person = (_OWN.org_id == customers.c.org_id) & (_OWN.customer_id == customers.c.id)
    every = erasures.outerjoin(jobs, named).outerjoin(customers, person)
    seen = or_(jobs_seen(actor), customers_seen(actor))
    statement = select(*said).select_from(every).where(_OWN.org_id == actor.org_id, seen)
    if job_id is not None:
        statement = statement.where(_OWN.job_id == job_id)
    if (last := paging.key_after(query, "erasures", Moment)) is not None:
        statement = statement.where(tuple_(_OWN.erased_at, _OWN.id) < tuple_(*last))
    ordered = statement.order_by(_OWN.erased_at.desc(), _OWN.id.desc()).limit(query.limit + 1)
    found = [_erasure(row) for row in await db.execute(ordered)]
    return paging.part(query, "erasures", found, lambda last: (last.erased_at, last.id))


_SAID = Erased.__struct_fields__


def _erasure(row: Row[Any]) -> Erasure:
    told = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 (the documented way to a mapping)
    return msgspec.convert({**told, "digest": None if row.digest is None else row.digest.hex()}, Erasure)
