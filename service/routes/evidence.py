"""Files that facts name, and whether their bytes have come: a job can be done while its photos trail."""

from typing import Annotated, NamedTuple
from uuid import UUID

from msgspec import Meta
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.words import Instant
from domain.people.actor import Actor
from service.http import paging
from service.http.endpoint import Output, get
from service.http.errors import Refused
from service.http.paging import Paging, Slice
from service.store.evidence import evidence
from service.store.evidence.evidence import Evidence


class Owed(NamedTuple):
    """The key of the list: when the bytes are due, and the fact that names them by this digest."""

    due_at: Instant
    fact_id: UUID
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class PendingQuery(Paging, frozen=True, kw_only=True):
    """Of which outlet or job, and whether only what is overdue, or only what is not yet."""

    outlet_id: UUID | None = None
    job_id: UUID | None = None
    overdue: Annotated[bool, Meta(description="Whether the deadline has passed")] | None = None


class EvidencePage(Slice[Evidence], frozen=True, kw_only=True):
    """Files whose bytes are still to come, the earliest deadline first."""


class JobEvidence(Output, frozen=True, kw_only=True):
    """Every file that a job's facts name, but for facts taken back. `pending` counts those whose bytes are not here."""

    job_id: UUID
    pending: int
    items: tuple[Evidence, ...]


@get("/v1/evidence/pending", right="read_jobs")
async def list_pending_evidence(actor: Actor, db: AsyncConnection, query: PendingQuery) -> EvidencePage:
    """List the files that facts name and whose bytes are missing, with who owes them and until when.

    A phone sends what it finds here: a technician sees their own, also of jobs that are another's by now. At the desk
    it is those of your outlets. Bytes that were damaged here are asked for again in the same way.
    """
    after = paging.key_after(query, "evidence", Owed)
    found = await evidence.pending(db, actor, after, query.limit + 1, *_conditions(query))
    items, cursor = paging.part(query, "evidence", found, lambda last: (last.due_at, last.fact_id, last.digest))
    return EvidencePage(items=items, next_cursor=cursor, has_more=cursor is not None)


@get("/v1/jobs/{job_id}/evidence", right="read_jobs", problems=("not_found",))
async def list_job_evidence(actor: Actor, db: AsyncConnection, job_id: UUID) -> JobEvidence:
    """List the files of a job and how each stands. Not in the document: bytes arrive without changing any fact."""
    items = await evidence.of_job(db, actor, job_id)
    if items is None:
        raise Refused("not_found")
    pending = sum(1 for each in items if each.received_at is None)
    return JobEvidence(job_id=job_id, pending=pending, items=tuple(items))


def _conditions(query: PendingQuery) -> list[ColumnElement[bool]]:
    found = [] if query.outlet_id is None else [evidence.of_outlet(query.outlet_id)]
    found += [] if query.job_id is None else [evidence.of_one_job(query.job_id)]
    return found + ([] if query.overdue is None else [evidence.is_overdue(query.overdue)])
