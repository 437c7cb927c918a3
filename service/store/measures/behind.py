"""The jobs behind a count."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Subquery, select
from sqlalchemy.ext.asyncio import AsyncConnection


class Behind(Struct, frozen=True):
    """One thing that was counted, of which job and visit, and on which day."""

    kpi: str
    job_id: UUID
    visit_id: UUID | None
    day: date


async def jobs_behind(db: AsyncConnection, rows: Subquery, at: datetime, limit: int) -> list[Behind]:
    """What was counted of these tallies, the first `limit` in the order of days; neither excluded nor pending."""
    counted = (rows.c.excluded.is_(None)) & (rows.c.decided_at <= at)
    order = (rows.c.day, rows.c.job_id, rows.c.kpi)
    query = select(rows.c.kpi, rows.c.job_id, rows.c.visit_id, rows.c.day).where(counted).order_by(*order).limit(limit)
    return [Behind(*row) for row in await db.execute(query)]
