"""The cases that are part of a job's document: findings that block something, and conflicts."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import bindparam, not_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.findings import is_open, needs_person
from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Blocks, Conflict, Finding, Severity
from domain.job.document import Job
from service.store.cases import cases
from service.store.cases.cases import StoredCase
from service.store.sets import any_filtered, any_of
from service.store.tables import cases as case_rows

_row = case_rows.c
_FOLDED = _row.kind.in_((CaseKind.FINDING, CaseKind.CONFLICT))
_OF_JOBS = (_row.org_id == bindparam("organisation")) & (_row.job_id == any_of("job_ids")) & _FOLDED
_CLEAR = update(case_rows).where(_OF_JOBS, not_(_row.id == any_filtered("still"))).values(state=CaseState.CLEARED)


async def save(db: AsyncConnection, org_id: UUID, before: Iterable[Job], after: Sequence[Job]) -> None:
    """Bring the list in line with the findings and conflicts of these jobs. Two statements, or none."""
    rows = [row for job in after for row in _of_job(job)]
    if not rows and not any(_waits(job) for job in before):
        return
    await cases.save(db, org_id, rows)
    still = [row.id for row in rows]
    await db.execute(_CLEAR, {"organisation": org_id, "job_ids": [job.id for job in after], "still": still})


def _of_job(job: Job) -> Iterable[StoredCase]:
    """The rows that a job's document asks for: what blocks something, and every conflict."""
    yield from (_of_finding(job, each) for each in job.findings if each.blocks is not Blocks.NOTHING)
    yield from (_of_conflict(job, each) for each in job.conflicts)


def _of_finding(job: Job, finding: Finding) -> StoredCase:
    return StoredCase(
        id=finding.id,
        kind=CaseKind.FINDING,
        code=finding.code,
        outlet_id=job.outlet_id,
        job_id=job.id,
        severity=finding.severity,
        state=CaseState.OPEN if needs_person(finding) else CaseState.DECIDED,
        opened_at=finding.at,
        body=msgspec.json.encode(finding),
    )


def _of_conflict(job: Job, conflict: Conflict) -> StoredCase:
    return StoredCase(
        id=conflict.id,
        kind=CaseKind.CONFLICT,
        code=conflict.rule,
        outlet_id=job.outlet_id,
        job_id=job.id,
        severity=Severity.WARNING,
        state=_state_of(conflict),
        opened_at=max(conflict.chosen.at, conflict.other.at),
        body=msgspec.json.encode(conflict),
        field=_plain_field(conflict.field),
        author_ids=(conflict.chosen.author_id, conflict.other.author_id),
    )


def _state_of(conflict: Conflict) -> CaseState:
    if is_open(conflict):
        return CaseState.OPEN
    return CaseState.CLEARED if conflict.decision is None else CaseState.DECIDED


def _plain_field(name: str) -> str:
    """A field's name without prefix and visit id, such as `access_note` or `plan`."""
    return name.removeprefix("detail:").partition(":")[0]


def _waits(job: Job) -> bool:
    return bool(job.conflicts) or any(finding.blocks is not Blocks.NOTHING for finding in job.findings)
