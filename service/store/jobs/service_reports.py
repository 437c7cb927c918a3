"""Service reports: frozen once, typeset once, read often."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Row, Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.tables import service_reports
from service.store.work import task_results
from service.store.work.task_results import Paper
from service.store.work.tasks import TaskState


class ServiceReport(Struct, frozen=True, kw_only=True):
    """One report of a visit, frozen at `job_version`. `done`: its PDF can be read."""

    id: UUID
    job_id: UUID
    visit_id: UUID
    job_version: int
    language: str
    code: str
    made_by: UUID
    created_at: datetime
    state: TaskState
    steps_done: int | None
    steps_total: int | None


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
    job_version: int
    language: str
    code: str
    content: bytes
    made_by: UUID


_OWN = service_reports.c
_OF_THE_TASK = {"state", "steps_done", "steps_total"}
_PLAIN = [_OWN[name] for name in ServiceReport.__struct_fields__ if name not in _OF_THE_TASK]


async def freeze(db: AsyncConnection, org_id: UUID, draft: Draft) -> ServiceReport:
    """Store the report; answers the stored one if the visit was frozen before, unchanged and in this language."""
    row = {"org_id": org_id, "id": uuid4(), **structs.asdict(draft)}
    await db.execute(insert(service_reports).values(row).on_conflict_do_nothing())
    stored = await by_code(db, org_id, draft.job_id, draft.code)
    assert stored is not None
    return stored


async def begin(db: AsyncConnection, org_id: UUID, report: ServiceReport, task_id: UUID) -> ServiceReport:
    """Note which task sets it; answers the report as it stands now."""
    await task_results.begin(db, service_reports, org_id, report.id, task_id)
    found = await find(db, org_id, report.job_id, report.id)
    assert found is not None
    return found


async def find(db: AsyncConnection, org_id: UUID, job_id: UUID, report_id: UUID) -> ServiceReport | None:
    """One report of this job."""
    row = (await db.execute(_of_job(org_id, job_id).where(_OWN.id == report_id))).one_or_none()
    return None if row is None else _report(row)


async def by_code(db: AsyncConnection, org_id: UUID, job_id: UUID, code: str) -> ServiceReport | None:
    """The report of this job that bears the code."""
    row = (await db.execute(_of_job(org_id, job_id).where(_OWN.code == code))).one_or_none()
    return None if row is None else _report(row)


async def of_job(db: AsyncConnection, org_id: UUID, job_id: UUID) -> Sequence[ServiceReport]:
    """The job's reports, the newest first."""
    newest = _of_job(org_id, job_id).order_by(_OWN.created_at.desc(), _OWN.id).limit(200)
    return [_report(row) for row in await db.execute(newest)]


async def paper(db: AsyncConnection, org_id: UUID, job_id: UUID, report_id: UUID) -> Paper | None:
    """The PDF, or how far it is; None when the job has no such report."""
    own = (_OWN.org_id == org_id, _OWN.job_id == job_id, _OWN.id == report_id)
    return await task_results.paper(db, service_reports, *own)


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


def _of_job(org_id: UUID, job_id: UUID) -> Select[Any]:
    shown = task_results.followed(service_reports, *_PLAIN, is_made=_OWN.paper.is_not(None))
    return shown.where(_OWN.org_id == org_id, _OWN.job_id == job_id)


def _report(row: Row[Any]) -> ServiceReport:
    return msgspec.convert(row._mapping, ServiceReport)  # noqa: SLF001 (the documented way to a row's mapping)
