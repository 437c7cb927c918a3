"""Saving jobs as they are folded now: row, document, and the stamp for whoever may hold it, in one statement."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import structs
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bookings import planned_start
from domain.cases.findings import open_cases
from domain.fold import Folded
from domain.job.money import RefundDue
from service.store.jobs.documents import SAVE_DOCUMENTS, Document, rows_of_documents
from service.store.sets import array_text, parameters, replace_set
from service.store.sync.audience import SAVE_AUDIENCE
from service.store.sync.feed import JOB
from service.store.tables import jobs
from sync.versions import encoded

_COLUMNS = (
    "org_id",
    "id",
    "number",
    "outlet_id",
    "customer_id",
    "site_id",
    "asset_id",
    "work_type",
    "priority",
    "status",
    "technician_ids",
    "planned_start",
    "opened_at",
    "changed_at",
    "open_cases",
    "refund_due_fen",
    "refund_fell_due_at",
    "refund_in_time_until",
    "refund_lawful_until",
    "refund_calendar_known",
    "version",
    "memory",
    "chain",
)
_NO_REFUND = (None,) * len(RefundDue.__struct_fields__)
_SAVE_JOBS = replace_set(jobs, ("org_id", "id"), *_COLUMNS)
_SAVE = SAVE_AUDIENCE.add_cte(_SAVE_JOBS.cte("saved_jobs"), SAVE_DOCUMENTS.cte("saved_documents"))


def shown(state: Folded, life: int) -> Folded:
    """The job with the version that apps see in this life."""
    return Folded(replace(state.job, version=encoded(life, state.job.version)), state.memory)


def prepared(
    org_id: UUID, states: Iterable[Folded], pages: Mapping[UUID, Document], chains: Mapping[UUID, bytes], at: datetime
) -> dict[str, Any]:
    """For `save`: these jobs as they are `shown`, recorded now, each with its document."""
    rows = [_row(org_id, state, chains[state.job.id], at) for state in states]
    # Jobs and documents have organisation, id and version in common, in the same order.
    return {**parameters(_COLUMNS, rows), **rows_of_documents(org_id, JOB, pages)}


async def save(db: AsyncConnection, pages: Mapping[str, Any], scopes: Mapping[str, Any]) -> None:
    """Store prepared jobs with their documents, and stamp them for their prepared `audience`. One statement."""
    await db.execute(_SAVE, {**pages, **scopes})


def _row(org_id: UUID, state: Folded, chain: bytes, recorded_at: datetime) -> tuple[object, ...]:
    job = state.job
    return (
        org_id,
        job.id,
        job.number,
        job.outlet_id,
        job.customer_id,
        job.site_id,
        job.asset_id,
        job.work_type.value,
        job.priority.value,
        job.status.value,
        array_text(dict.fromkeys(visit.technician_id for visit in job.visits)),
        planned_start(job),
        job.opened_at or recorded_at,
        recorded_at,
        open_cases(job),
        *(_NO_REFUND if job.refund is None else structs.astuple(job.refund)),
        job.version,
        msgspec.msgpack.encode(state.memory),
        chain,
    )
