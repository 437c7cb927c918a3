"""One number of a receipt, an invoice, a payment or a refund on two jobs: a case of each of them, refused to nobody.

Two jobs may well be paid at once, or be on one invoice; whether they are is for a person to say.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct, structs
from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Severity
from domain.job.document import Job
from domain.money_references import Reference, ReferenceKind, references
from service.store import locks
from service.store.cases import cases, derived
from service.store.cases.cases import StoredCase
from service.store.sets import any_of, insert_set, parameters
from service.store.tables import money_references

JOBS_OF_ONE_NUMBER = 20

_COLUMNS = ("org_id", "job_id", *Reference.__struct_fields__)
_INSERT = insert_set(money_references, *_COLUMNS)

Number = tuple[ReferenceKind, str]
Holders = Mapping[Number, Mapping[UUID, tuple[UUID, UUID | None]]]
"""By number, the jobs that name it, each with its fact and its outlet."""


class ReferenceRepeated(Struct, frozen=True, kw_only=True):
    """One number in more than one job."""

    kind: ReferenceKind
    number: str
    fact_id: UUID
    other_job_ids: tuple[UUID, ...]


async def follow(db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job], at: datetime) -> None:
    """Replace the numbers of jobs that name others now, and look at which of them are on two jobs.

    Nothing for jobs whose numbers stayed as they were, else as many statements whatever their number.
    """
    both = [(new.id, references(old), references(new)) for old, new in zip(before, after, strict=True)]
    changed = {job_id: (was, now) for job_id, was, now in both if was != now}
    if not changed:
        return
    touched = {_number(each) for was, now in changed.values() for each in (*was, *now)}
    await locks.lock(db, org_id, touched)
    row = money_references.c
    gone = delete(money_references).where(row.org_id == org_id, row.job_id == any_of("job_ids"))
    await db.execute(gone, {"job_ids": list(changed)})
    rows = [(org_id, job_id, *structs.astuple(each)) for job_id, (_, now) in changed.items() for each in now]
    if rows:
        await db.execute(_INSERT, parameters(_COLUMNS, rows))
    left = {_case_id(job_id, _number(each)) for job_id, (was, _) in changed.items() for each in was}
    await _settle(db, org_id, touched, left, at)


async def _settle(
    db: AsyncConnection, org_id: UUID, touched: Collection[Number], left: Collection[UUID], at: datetime
) -> None:
    holders = await _holders(db, org_id, touched)
    rows = list(_repeated(holders, at))
    await derived.keep(db, org_id, rows)
    about = {_case_id(job_id, number) for number, jobs in holders.items() for job_id in jobs}
    await cases.clear(db, org_id, {*left, *about} - {row.id for row in rows})


async def _holders(db: AsyncConnection, org_id: UUID, numbers: Collection[Number]) -> Holders:
    """The first twenty jobs of each number."""
    row = money_references.c
    place = func.row_number().over(partition_by=(row.kind, row.number), order_by=(row.at, row.fact_id))
    named = (row.kind, row.number, row.job_id, row.fact_id, row.outlet_id)
    own = (row.org_id == org_id) & tuple_(row.kind, row.number).in_([(kind.value, number) for kind, number in numbers])
    placed = select(*named, place.label("place")).where(own).subquery()
    query = select(placed).where(placed.c.place <= JOBS_OF_ONE_NUMBER).order_by(placed.c.place)
    found: dict[Number, dict[UUID, tuple[UUID, UUID | None]]] = defaultdict(dict)
    for kind, number, job_id, fact_id, outlet_id, _ in await db.execute(query):
        found[ReferenceKind(kind), number][job_id] = (fact_id, outlet_id)
    return found


def _repeated(holders: Holders, at: datetime) -> Iterator[StoredCase]:
    for (kind, number), jobs in holders.items():
        for job_id, (fact_id, outlet_id) in jobs.items() if len(jobs) > 1 else ():
            others = tuple(each for each in jobs if each != job_id)
            said = ReferenceRepeated(kind=kind, number=number, fact_id=fact_id, other_job_ids=others)
            yield StoredCase(
                id=_case_id(job_id, (kind, number)),
                kind=CaseKind.REFERENCE,
                code=f"{kind}_number_repeated",
                outlet_id=outlet_id,
                job_id=job_id,
                severity=Severity.WARNING,
                state=CaseState.OPEN,
                opened_at=at,
                body=msgspec.json.encode(said),
            )


def _number(reference: Reference) -> Number:
    return reference.kind, reference.number


def _case_id(job_id: UUID, number: Number) -> UUID:
    return uuid5(job_id, f"{number[0]} {number[1]}")
