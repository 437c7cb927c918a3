"""The list of all cases: findings, conflicts, double bookings, quarantined facts, suspected devices, stock."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Select, bindparam, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.findings import is_open, needs_person
from domain.job.cases import Blocks, Severity
from domain.job.document import Job
from service.store.cases.case_events import with_decided_events, with_events
from service.store.cases.quarantine import Held
from service.store.sets import any_filtered, any_of, array_text, parameters, replace_set
from service.store.tables import cases

FINDING, CONFLICT, BOOKING, QUARANTINE, DEVICE = "finding", "conflict", "booking", "quarantine", "device"
SHORTAGE, SERIAL, EVIDENCE, EXCHANGE, REFERENCE = "shortage", "serial", "evidence", "exchange", "reference"
PATTERN = "pattern"
OPEN, DECIDED, CLEARED = "open", "decided", "cleared"

_MINE = cases.c.org_id == bindparam("organisation")
_NOT_STILL = not_(cases.c.id == any_filtered("still"))
_CLEAR_OF_JOBS = (
    update(cases)
    .where(_MINE, cases.c.job_id == any_of("job_ids"), cases.c.kind.in_((FINDING, CONFLICT)), _NOT_STILL)
    .values(state=CLEARED)
)


class StoredCase(Struct, frozen=True, kw_only=True):
    """One row of the list; `body` is the finding, conflict, collision, held fact or suspicion as JSON."""

    id: UUID
    kind: str
    code: str
    outlet_id: UUID | None
    job_id: UUID | None
    severity: str
    state: str
    opened_at: datetime
    body: bytes
    field: str | None = None
    """Of a conflict, as it is asked for: `plan` of whichever visit, `access_note` without `detail:`."""
    technician_id: UUID | None = None
    """Of a double booking: whose hours are taken twice."""
    author_ids: tuple[UUID, ...] = ()
    """Of a conflict: who set the two values."""


async def save_of_jobs(db: AsyncConnection, org_id: UUID, before: Iterable[Job], after: Sequence[Job]) -> None:
    """Bring the list in line with the findings and conflicts of these jobs. Two statements, or none."""
    rows = [row for job in after for row in of_job(job)]
    if not rows and not any(_waits(job) for job in before):
        return
    await save(db, org_id, rows)
    still = [row.id for row in rows]
    await db.execute(_CLEAR_OF_JOBS, {"organisation": org_id, "job_ids": [job.id for job in after], "still": still})


async def save(db: AsyncConnection, org_id: UUID, rows: Sequence[StoredCase]) -> None:
    """Add or replace these rows; of two with one id, the last counts. One statement; none for no rows."""
    if rows:
        distinct = {row.id: row for row in rows}
        values = [(org_id, *_values(distinct[case_id])) for case_id in sorted(distinct)]
        await db.execute(_SAVE, {"of_org": org_id, **parameters(_COLUMNS, values)})


async def find(db: AsyncConnection, org_id: UUID, outlet_ids: Collection[UUID], case_id: UUID) -> StoredCase | None:
    """One case the actor's outlets may see."""
    query = columns().where(cases.c.org_id == org_id, cases.c.id == case_id)
    if outlet_ids:
        query = query.where(cases.c.outlet_id.in_(outlet_ids))
    row = (await db.execute(query)).one_or_none()
    return None if row is None else stored(row)


async def set_decided(db: AsyncConnection, org_id: UUID, case_ids: Collection[UUID], body: bytes | None = None) -> None:
    """Mark cases as decided that are not part of a job's document; `body`, where given, replaces the case's own."""
    own = (cases.c.org_id == org_id) & (cases.c.id == any_of("case_ids"))
    decide = update(cases).where(own).values(state=DECIDED, **({} if body is None else {"body": body}))
    await db.execute(with_decided_events(decide), {"of_org": org_id, "case_ids": list(case_ids)})


async def not_cleared(db: AsyncConnection, org_id: UUID, case_ids: Collection[UUID]) -> set[UUID]:
    """Which of these are there and not cleared, whether open or decided. One statement; none for no cases."""
    if not case_ids:
        return set()
    own = (cases.c.org_id == org_id) & (cases.c.id == any_of("case_ids")) & (cases.c.state != CLEARED)
    return set(await db.scalars(select(cases.c.id).where(own), {"case_ids": list(case_ids)}))


async def open_of_codes(db: AsyncConnection, org_id: UUID, *codes: str) -> list[StoredCase]:
    """The cases of these codes that wait for somebody."""
    own = (cases.c.org_id == org_id, cases.c.state == OPEN, cases.c.code.in_(codes))
    return [stored(row) for row in await db.execute(columns().where(*own))]


async def known(db: AsyncConnection, org_id: UUID, case_ids: Collection[UUID]) -> dict[UUID, StoredCase]:
    """Those of the cases that are there. One statement; none for no cases."""
    if not case_ids:
        return {}
    query = columns().where(cases.c.org_id == org_id, cases.c.id == any_of("case_ids"))
    found = [stored(row) for row in await db.execute(query, {"case_ids": list(case_ids)})]
    return {each.id: each for each in found}


async def clear(db: AsyncConnection, org_id: UUID, case_ids: Collection[UUID]) -> None:
    """Clear these cases: what they were about is no more. One statement; none for no cases."""
    if case_ids:
        own = (cases.c.org_id == org_id) & (cases.c.id == any_of("case_ids")) & (cases.c.state == OPEN)
        await db.execute(update(cases).where(own).values(state=CLEARED), {"case_ids": sorted(case_ids)})


def of_job(job: Job) -> Iterable[StoredCase]:
    """The rows that a job's document asks for: what blocks something, and every conflict."""
    for finding in job.findings:
        if finding.blocks is not Blocks.NOTHING:
            state = OPEN if needs_person(finding) else DECIDED
            yield _row(job, finding.id, FINDING, finding.code, finding.severity, state, finding.at, finding)
    for conflict in job.conflicts:
        state = OPEN if is_open(conflict) else CLEARED if conflict.decision is None else DECIDED
        at = max(conflict.chosen.at, conflict.other.at)
        row = _row(job, conflict.id, CONFLICT, conflict.rule, Severity.WARNING, state, at, conflict)
        authors = (conflict.chosen.author_id, conflict.other.author_id)
        yield replace(row, field=plain_field(conflict.field), author_ids=authors)


def stored(row: Sequence[Any]) -> StoredCase:
    """The case in a row of `columns`."""
    *plain, author_ids = row
    return StoredCase(**dict(zip(StoredCase.__struct_fields__, (*plain, tuple(author_ids)), strict=True)))


def columns() -> Select[Any]:
    """A query of the columns that `stored` reads."""
    return select(*(cases.c[name] for name in StoredCase.__struct_fields__))


def plain_field(name: str) -> str:
    """A field's name without prefix and visit id, such as `access_note` or `plan`."""
    return name.removeprefix("detail:").partition(":")[0]


def of_held(held: Held, outlet_id: UUID | None) -> StoredCase:
    """A quarantined fact. Its bytes are shown by the case's own route, never inside a list."""
    body = {"fact_id": held.fact_id, "author_id": held.author_id, "device_id": held.device_id, "reason": held.reason}
    return StoredCase(
        id=held.id,
        kind=QUARANTINE,
        code=held.reason,
        outlet_id=outlet_id,
        job_id=held.job_id,
        severity=Severity.SERIOUS.value,
        state=OPEN,
        opened_at=held.recorded_at,
        body=msgspec.json.encode(body),
    )


def _row(
    job: Job, case_id: UUID, kind: str, code: str, severity: Severity, state: str, at: datetime, body: Struct
) -> StoredCase:
    return StoredCase(
        id=case_id,
        kind=kind,
        code=code,
        outlet_id=job.outlet_id,
        job_id=job.id,
        severity=severity.value,
        state=state,
        opened_at=at,
        body=msgspec.json.encode(body),
    )


def _waits(job: Job) -> bool:
    return bool(job.conflicts) or any(finding.blocks is not Blocks.NOTHING for finding in job.findings)


def _values(case: StoredCase) -> tuple[object, ...]:
    *plain, author_ids = msgspec.structs.astuple(case)
    return (*plain, array_text(author_ids))


_COLUMNS = ("org_id", *StoredCase.__struct_fields__)
_SAVE = with_events(replace_set(cases, ("org_id", "id"), *_COLUMNS))
