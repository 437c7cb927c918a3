"""Photos and signatures whose time is over: their facts let go of them, and what nobody names is collected."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import LargeBinary, Uuid

from domain.calendar.china import CHINA_TIME
from domain.facts.shared import Purpose
from domain.job.statuses import JobStatus
from domain.retention import REVIEWED_AFTER, ErasedData, RetentionTerms, file_until
from service.store.privacy import erasures, promises
from service.store.privacy.erasures import Erased
from service.store.tables import evidence, jobs

OVER = frozenset({JobStatus.COMPLETED, JobStatus.CLOSED, JobStatus.CANCELLED, JobStatus.CANCELLED_WITH_WORK})
_KEY = (evidence.c.job_id, evidence.c.fact_id, evidence.c.digest)


async def review(db: AsyncConnection, org_id: UUID, at: datetime, terms: RetentionTerms, most: int) -> int:
    """Look at no more than so many that are due to be looked at: let go of some, and of others say when next; how many.

    While a job is not over its files are kept; whatever is recorded about it afterwards begins its time anew.
    """
    rows = await _due(db, org_id, at.date(), most)
    asset_ids = {row.asset_id for row in rows if row.asset_id is not None}
    promised = await promises.until(db, org_id, asset_ids, at.date())
    over = [row for row in rows if _is_over(row, promised.get(row.asset_id), at.date(), terms)]
    await _let_go(db, org_id, over, at, terms)
    again = [row for row in rows if row not in over]
    await db.execute(_set(review_on=at.date() + REVIEWED_AFTER), _named(org_id, again))
    return len(rows)


async def _due(db: AsyncConnection, org_id: UUID, today: date, most: int) -> Sequence[Row[*tuple[Any, ...]]]:
    job = (jobs.c.org_id == evidence.c.org_id) & (jobs.c.id == evidence.c.job_id)
    own = (evidence.c.org_id == org_id, evidence.c.review_on <= today, evidence.c.erased_at.is_(None))
    query = (
        select(*_KEY, evidence.c.purpose, evidence.c.named_at, jobs.c.asset_id, jobs.c.status, jobs.c.changed_at)
        .join(jobs, job)
        .where(*own)
        .order_by(evidence.c.review_on, evidence.c.job_id)
        .limit(most)
        .with_for_update(of=evidence, skip_locked=True)
    )
    return (await db.execute(query)).all()


def _is_over(row: Row[*tuple[Any, ...]], promised: date | None, today: date, terms: RetentionTerms) -> bool:
    last = file_until(Purpose(row.purpose), row.changed_at.astimezone(CHINA_TIME).date(), promised, terms)
    return JobStatus(row.status) in OVER and last < today


async def _let_go(
    db: AsyncConnection, org_id: UUID, rows: Sequence[Row[*tuple[Any, ...]]], at: datetime, terms: RetentionTerms
) -> None:
    await db.execute(_set(erased_at=at), _named(org_id, rows))
    gone = [
        Erased(
            data=ErasedData.SIGNATURE if row.purpose == Purpose.SIGNATURE else ErasedData.PHOTO,
            job_id=row.job_id,
            fact_id=row.fact_id,
            digest=row.digest,
            taken_at=row.named_at,
        )
        for row in rows
    ]
    await erasures.add(db, org_id, gone, terms)


def _set(**values: Any) -> Any:  # noqa: ANN401 (an UPDATE of columns of any kind)
    kinds = ((evidence.c.job_id, Uuid), (evidence.c.fact_id, Uuid), (evidence.c.digest, LargeBinary))
    named = select(*(func.unnest(bindparam(f"{column.name}s", type_=ARRAY(kind))) for column, kind in kinds))
    return update(evidence).where(evidence.c.org_id == bindparam("org"), tuple_(*_KEY).in_(named)).values(values)


def _named(org_id: UUID, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, Any]:
    columns = {f"{column.name}s": [getattr(row, column.name) for row in rows] for column in _KEY}
    return {"org": org_id, **columns}
