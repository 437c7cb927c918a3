"""Cases about files: bytes that did not come in time, and bytes that are not what they were."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Severity
from service.store.cases import cases
from service.store.cases.cases import StoredCase
from service.store.evidence.evidence import expected
from service.store.tables import attachment_jobs, evidence, jobs

OVERDUE, DAMAGED = "evidence_overdue", "evidence_damaged"
MOST_NAMED = 100


class MissingEvidence(Struct, frozen=True, kw_only=True):
    """The files of one job, by digest, and who said that they exist."""

    digests: tuple[str, ...]
    member_ids: tuple[UUID, ...]


async def settle_overdue(db: AsyncConnection, org_id: UUID, at: datetime) -> None:
    """Open a case for each job whose files are overdue, and clear those where nothing is any more."""
    rows = await _overdue(db, org_id, at)
    known = await cases.not_cleared(db, org_id, [row.id for row in rows])
    await cases.save(db, org_id, [row for row in rows if row.id not in known])
    still = {row.id for row in rows}
    await cases.clear(db, org_id, {case.id for case in await cases.open_of_codes(db, org_id, OVERDUE)} - still)


async def settle_job(db: AsyncConnection, org_id: UUID, job_id: UUID, digest: bytes) -> None:
    """After bytes came: they are damaged no more, and perhaps nothing of the job is missing."""
    missing = (evidence.c.org_id == org_id, evidence.c.job_id == job_id, *expected())
    done = await db.scalar(select(func.count()).where(*missing)) == 0
    await cases.clear(db, org_id, [damage_id(job_id, digest), *([overdue_id(job_id)] if done else [])])


async def open_damaged(db: AsyncConnection, org_id: UUID, digest: bytes, at: datetime) -> None:
    """A case for each job that the bytes were sent for; one that is known stays as it is."""
    own = (attachment_jobs.c.org_id == org_id, attachment_jobs.c.digest == digest)
    sent = (jobs.c.org_id == attachment_jobs.c.org_id) & (jobs.c.id == attachment_jobs.c.job_id)
    query = select(attachment_jobs.c.job_id, jobs.c.outlet_id, attachment_jobs.c.member_id).join(jobs, sent).where(*own)
    rows = [
        _case(damage_id(row.job_id, digest), DAMAGED, Severity.SERIOUS, row, at, ([digest], [row.member_id]))
        for row in await db.execute(query)
    ]
    known = await cases.not_cleared(db, org_id, [row.id for row in rows])
    await cases.save(db, org_id, [row for row in rows if row.id not in known])


async def clear_damaged(db: AsyncConnection, org_id: UUID, digests: Sequence[bytes]) -> None:
    """Bytes that were missing for a while are there again."""
    own = (attachment_jobs.c.org_id == org_id, attachment_jobs.c.digest.in_(digests))
    rows = await db.execute(select(attachment_jobs.c.job_id, attachment_jobs.c.digest).where(*own))
    await cases.clear(db, org_id, [damage_id(row.job_id, row.digest) for row in rows])


def overdue_id(job_id: UUID) -> UUID:
    return uuid5(job_id, "evidence overdue")


def damage_id(job_id: UUID, digest: bytes) -> UUID:
    return uuid5(job_id, f"evidence damaged {digest.hex()}")


async def _overdue(db: AsyncConnection, org_id: UUID, at: datetime) -> list[StoredCase]:
    own = evidence.c
    named = (func.array_agg(own.digest.distinct()), func.array_agg(own.member_id.distinct()))
    query = (
        select(own.job_id, jobs.c.outlet_id, *named)
        .join(jobs, (jobs.c.org_id == own.org_id) & (jobs.c.id == own.job_id))
        .where(own.org_id == org_id, own.due_at < at, *expected())
        .group_by(own.job_id, jobs.c.outlet_id)
    )
    return [
        _case(overdue_id(row.job_id), OVERDUE, Severity.WARNING, row, at, (row[2], row[3]))
        for row in await db.execute(query)
    ]


def _case(
    case_id: UUID,
    code: str,
    severity: Severity,
    job: Any,  # noqa: ANN401 (a row with job_id and outlet_id)
    at: datetime,
    missing: tuple[Sequence[bytes], Sequence[UUID]],
) -> StoredCase:
    digests, member_ids = missing
    said = MissingEvidence(
        digests=tuple(sorted(digest.hex() for digest in digests)[:MOST_NAMED]), member_ids=tuple(sorted(member_ids))
    )
    return StoredCase(
        id=case_id,
        kind=CaseKind.EVIDENCE,
        code=code,
        outlet_id=job.outlet_id,
        job_id=job.job_id,
        severity=severity,
        state=CaseState.OPEN,
        opened_at=at,
        body=msgspec.json.encode(said),
    )
