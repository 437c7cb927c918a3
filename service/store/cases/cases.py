"""The list of all cases: findings, conflicts, double bookings, quarantined facts, suspected devices, stock."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Severity
from service.store.cases.case_events import with_decided_events, with_events
from service.store.cases.quarantine import Held
from service.store.sets import any_of, array_text, parameters, replace_set
from service.store.tables import cases


class StoredCase(Struct, frozen=True, kw_only=True):
    """One row of the list; `body` is the finding, conflict, collision, held fact or suspicion as JSON."""

    id: UUID
    kind: CaseKind
    code: str
    outlet_id: UUID | None
    job_id: UUID | None
    severity: Severity
    state: CaseState
    opened_at: datetime
    body: bytes
    field: str | None = None
    """Of a conflict, as it is asked for: `plan` of whichever visit, `access_note` without `detail:`."""
    technician_id: UUID | None = None
    """Of a double booking: whose hours are taken twice."""
    author_ids: tuple[UUID, ...] = ()
    """Of a conflict: who set the two values."""


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
    decide = update(cases).where(own).values(state=CaseState.DECIDED, **({} if body is None else {"body": body}))
    await db.execute(with_decided_events(decide), {"of_org": org_id, "case_ids": list(case_ids)})


async def not_cleared(db: AsyncConnection, org_id: UUID, case_ids: Collection[UUID]) -> set[UUID]:
    """Which of these are there and not cleared, whether open or decided. One statement; none for no cases."""
    if not case_ids:
        return set()
    own = (cases.c.org_id == org_id) & (cases.c.id == any_of("case_ids")) & (cases.c.state != CaseState.CLEARED)
    return set(await db.scalars(select(cases.c.id).where(own), {"case_ids": list(case_ids)}))


async def open_of_codes(db: AsyncConnection, org_id: UUID, *codes: str) -> list[StoredCase]:
    """The cases of these codes that wait for somebody."""
    own = (cases.c.org_id == org_id, cases.c.state == CaseState.OPEN, cases.c.code.in_(codes))
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
        own = (cases.c.org_id == org_id) & (cases.c.id == any_of("case_ids")) & (cases.c.state == CaseState.OPEN)
        await db.execute(update(cases).where(own).values(state=CaseState.CLEARED), {"case_ids": sorted(case_ids)})


def stored(row: Sequence[Any]) -> StoredCase:
    """The case in a row of `columns`."""
    told = dict(zip(StoredCase.__struct_fields__, row, strict=True))
    told |= {"kind": CaseKind(told["kind"]), "severity": Severity(told["severity"]), "state": CaseState(told["state"])}
    return StoredCase(**{**told, "author_ids": tuple(told["author_ids"])})


def columns() -> Select[Any]:
    """A query of the columns that `stored` reads."""
    return select(*(cases.c[name] for name in StoredCase.__struct_fields__))


def of_held(held: Held, outlet_id: UUID | None) -> StoredCase:
    """A quarantined fact. Its bytes are shown by the case's own route, never inside a list."""
    body = {"fact_id": held.fact_id, "author_id": held.author_id, "device_id": held.device_id, "reason": held.reason}
    return StoredCase(
        id=held.id,
        kind=CaseKind.QUARANTINE,
        code=held.reason,
        outlet_id=outlet_id,
        job_id=held.job_id,
        severity=Severity.SERIOUS,
        state=CaseState.OPEN,
        opened_at=held.recorded_at,
        body=msgspec.json.encode(body),
    )


def _values(case: StoredCase) -> tuple[object, ...]:
    *plain, author_ids = msgspec.structs.astuple(case)
    return (*plain, array_text(author_ids))


_COLUMNS = ("org_id", *StoredCase.__struct_fields__)
_SAVE = with_events(replace_set(cases, ("org_id", "id"), *_COLUMNS))
