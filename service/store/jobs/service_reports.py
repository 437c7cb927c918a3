"""Service reports: frozen once, typeset once, read often."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct, structs
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import service_reports


class ServiceReport(Struct, frozen=True, kw_only=True):
    """One report of a visit; `is_ready` once its PDF can be read."""

    id: UUID
    job_id: UUID
    visit_id: UUID
    version: int
    language: str
    code: str
    made_by: UUID
    created_at: datetime
    is_ready: bool


class Frozen(Struct, frozen=True):
    """What is to be set."""

    content: bytes
    language: str
    code: str
    created_at: datetime


class Draft(Struct, frozen=True, kw_only=True):
    """A report to be stored."""

    job_id: UUID
    visit_id: UUID
    version: int
    language: str
    code: str
    content: bytes
    made_by: UUID


_OWN = service_reports.c
_SHOWN = (
    *(_OWN[name] for name in ServiceReport.__struct_fields__ if name != "is_ready"),
    _OWN.paper.is_not(None).label("is_ready"),
)


async def freeze(db: AsyncConnection, org_id: UUID, draft: Draft) -> ServiceReport:
    """Store the report; answers the stored one if the visit was frozen before, unchanged and in this language."""
    row = {"org_id": org_id, "id": uuid4(), **structs.asdict(draft)}
    await db.execute(insert(service_reports).values(row).on_conflict_do_nothing())
    stored = await by_code(db, org_id, draft.job_id, draft.code)
    assert stored is not None
    return stored


async def by_code(db: AsyncConnection, org_id: UUID, job_id: UUID, code: str) -> ServiceReport | None:
    """The report of this job that bears the code."""
    query = select(*_SHOWN).where(_OWN.org_id == org_id, _OWN.job_id == job_id, _OWN.code == code)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else msgspec.convert(row._mapping, ServiceReport)  # noqa: SLF001 (a row's mapping)


async def of_job(db: AsyncConnection, org_id: UUID, job_id: UUID) -> Sequence[ServiceReport]:
    """The job's reports, the newest first."""
    query = select(*_SHOWN).where(_OWN.org_id == org_id, _OWN.job_id == job_id)
    rows = await db.execute(query.order_by(_OWN.created_at.desc(), _OWN.id).limit(200))
    return [msgspec.convert(row._mapping, ServiceReport) for row in rows]  # noqa: SLF001 (a row's mapping)


async def paper(db: AsyncConnection, org_id: UUID, job_id: UUID, report_id: UUID) -> tuple[bytes | None] | None:
    """The PDF in a tuple, None in it while it is not typeset yet; None when the job has no such report."""
    query = select(_OWN.paper).where(_OWN.org_id == org_id, _OWN.job_id == job_id, _OWN.id == report_id)
    row = (await db.execute(query)).one_or_none()
    return None if row is None else (row.paper,)


async def frozen(db: AsyncConnection, org_id: UUID, report_id: UUID) -> Frozen | None:
    """What is to be typeset; None when that is done already, or the report is gone."""
    query = select(_OWN.content, _OWN.language, _OWN.code, _OWN.created_at).where(
        _OWN.org_id == org_id, _OWN.id == report_id, _OWN.paper.is_(None)
    )
    row = (await db.execute(query)).one_or_none()
    return None if row is None else Frozen(*row)


async def keep_paper(db: AsyncConnection, org_id: UUID, report_id: UUID, paper: bytes) -> None:
    """Store the PDF for good."""
    own = (_OWN.org_id == org_id) & (_OWN.id == report_id) & _OWN.paper.is_(None)
    await db.execute(update(service_reports).where(own).values(paper=paper))
