"""The cases that are part of a job's document: findings that block something, and conflicts."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import bindparam, not_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.findings import is_open, needs_person
from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Blocks, Conflict, Severity
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
    for finding in job.findings:
        if finding.blocks is not Blocks.NOTHING:
            state = CaseState.OPEN if needs_person(finding) else CaseState.DECIDED
            yield _case(job, finding.id, CaseKind.FINDING, finding.code, finding.severity, state, finding.at, finding)
    for conflict in job.conflicts:
        state, at = _state_of(conflict), max(conflict.chosen.at, conflict.other.at)
        stored = _case(job, conflict.id, CaseKind.CONFLICT, conflict.rule, Severity.WARNING, state, at, conflict)
        authors = (conflict.chosen.author_id, conflict.other.author_id)
        yield replace(stored, field=_plain_field(conflict.field), author_ids=authors)


def _state_of(conflict: Conflict) -> CaseState:
    if is_open(conflict):
        return CaseState.OPEN
    return CaseState.CLEARED if conflict.decision is None else CaseState.DECIDED


def _plain_field(name: str) -> str:
    """A field's name without prefix and visit id, such as `access_note` or `plan`."""
    return name.removeprefix("detail:").partition(":")[0]


def _case(
    job: Job, case_id: UUID, kind: CaseKind, code: str, severity: Severity, state: CaseState, at: datetime, body: Struct
) -> StoredCase:
    return StoredCase(
        id=case_id,
        kind=kind,
        code=code,
        outlet_id=job.outlet_id,
        job_id=job.id,
        severity=severity,
        state=state,
        opened_at=at,
        body=msgspec.json.encode(body),
    )


def _waits(job: Job) -> bool:
    return bool(job.conflicts) or any(finding.blocks is not Blocks.NOTHING for finding in job.findings)
