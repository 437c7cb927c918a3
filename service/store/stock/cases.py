"""Cases about stock: a balance below zero, and one serial number fitted in two jobs. They follow what is stored."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec
from msgspec import Struct
from sqlalchemy import func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.cases.kinds import CaseKind, CaseState
from domain.job.cases import Severity
from domain.stock import Use
from service.store.cases import cases
from service.store.cases.cases import StoredCase
from service.store.stock import balances as stock_balances
from service.store.stock.balances import Place
from service.store.tables import stock_uses

JOBS_OF_ONE_SERIAL = 20

Changed = Mapping[UUID, tuple[Sequence[Use], Sequence[Use]]]
"""By job, its uses before and after."""


class StockShortage(Struct, frozen=True, kw_only=True):
    """More was used of a part than lay there; the visit is the last that used it. All repairs stand."""

    location_id: UUID
    part_code: str
    visit_id: UUID
    fact_id: UUID


class SerialFitted(Struct, frozen=True, kw_only=True):
    """One serial number in more than one job."""

    part_code: str
    serial_number: str
    visit_id: UUID
    fact_id: UUID
    other_job_ids: tuple[UUID, ...]


def places_of(used: Iterable[Use]) -> set[Place]:
    return {(use.location_id, use.part_code) for use in used if use.location_id is not None}


def serials_of(used: Iterable[Use]) -> set[tuple[str, str]]:
    return {(use.part_code, use.serial_number) for use in used if use.serial_number is not None}


async def settle(db: AsyncConnection, org_id: UUID, changed: Changed, at: datetime) -> None:
    """Open a case for what is below zero or fitted twice, and clear those that are neither any more."""
    touched = [use for was, now in changed.values() for use in (*was, *now)]
    short = await _shortages(db, org_id, places_of(touched), at)
    fitted = await _fitted(db, org_id, serials_of(touched))
    rows = [*short, *_repeats(fitted, at)]
    await cases.save(db, org_id, rows)
    about = {_shortage_id(place) for place in places_of(touched)}
    about |= {_serial_id(job_id, *serial) for job_id, used in changed.items() for serial in serials_of(used[0])}
    about |= {_serial_id(job_id, *serial) for serial, jobs in fitted.items() for job_id in jobs}
    await cases.clear(db, org_id, about - {row.id for row in rows})


async def settle_places(db: AsyncConnection, org_id: UUID, places: Collection[Place], at: datetime) -> None:
    """As `settle`, after a person moved stock: a case that is open or decided already stays as it is."""
    short = await _shortages(db, org_id, places, at)
    known = await cases.not_cleared(db, org_id, [row.id for row in short])
    await cases.save(db, org_id, [row for row in short if row.id not in known])
    await cases.clear(db, org_id, {_shortage_id(place) for place in places} - {row.id for row in short})


async def _shortages(db: AsyncConnection, org_id: UUID, places: Collection[Place], at: datetime) -> list[StoredCase]:
    """Of what is below zero, a case of the job that used the part last."""
    below = await stock_balances.below_zero(db, org_id, places)
    if not below:
        return []
    row = stock_uses.c
    place = (row.location_id, row.part_code)
    query = (
        select(*place, row.visit_id, row.fact_id, row.job_id, row.outlet_id)
        .ext(distinct_on(*place))
        .where(row.org_id == org_id, tuple_(*place).in_(list(below)))
        .order_by(*place, row.at.desc(), row.fact_id.desc())
    )
    return [_shortage(*found, at) for found in await db.execute(query)]


async def _fitted(
    db: AsyncConnection, org_id: UUID, serials: Collection[tuple[str, str]]
) -> dict[tuple[str, str], dict[UUID, tuple[UUID, UUID, UUID | None]]]:
    """By serial, the jobs it was fitted in, the first twenty: a word like "none" is nobody's serial number."""
    if not serials:
        return {}
    row = stock_uses.c
    number = func.row_number().over(partition_by=(row.part_code, row.serial_number), order_by=(row.at, row.fact_id))
    named = (row.part_code, row.serial_number, row.job_id, row.visit_id, row.fact_id, row.outlet_id)
    own = (row.org_id == org_id) & tuple_(row.part_code, row.serial_number).in_(list(serials))
    numbered = select(*named, number.label("number")).where(own).subquery()
    query = select(numbered).where(numbered.c.number <= JOBS_OF_ONE_SERIAL).order_by(numbered.c.number)
    found: dict[tuple[str, str], dict[UUID, tuple[UUID, UUID, UUID | None]]] = defaultdict(dict)
    for part_code, serial, job_id, visit_id, fact_id, outlet_id, _ in await db.execute(query):
        found[part_code, serial].setdefault(job_id, (visit_id, fact_id, outlet_id))
    return found


def _shortage(
    location_id: UUID, part_code: str, visit_id: UUID, fact_id: UUID, job_id: UUID, outlet_id: UUID | None, at: datetime
) -> StoredCase:
    said = StockShortage(location_id=location_id, part_code=part_code, visit_id=visit_id, fact_id=fact_id)
    case_id = _shortage_id((location_id, part_code))
    return _case(case_id, CaseKind.SHORTAGE, "stock_below_zero", outlet_id, job_id, at, said)


def _repeats(
    fitted: Mapping[tuple[str, str], Mapping[UUID, tuple[UUID, UUID, UUID | None]]], at: datetime
) -> Iterator[StoredCase]:
    for (part_code, serial), jobs in fitted.items():
        for job_id, (visit_id, fact_id, outlet_id) in jobs.items() if len(jobs) > 1 else ():
            said = SerialFitted(
                part_code=part_code,
                serial_number=serial,
                visit_id=visit_id,
                fact_id=fact_id,
                other_job_ids=tuple(other for other in jobs if other != job_id),
            )
            case_id = _serial_id(job_id, part_code, serial)
            yield _case(case_id, CaseKind.SERIAL, "serial_fitted_twice", outlet_id, job_id, at, said)


def _case(
    case_id: UUID, kind: CaseKind, code: str, outlet_id: UUID | None, job_id: UUID, at: datetime, said: Struct
) -> StoredCase:
    return StoredCase(
        id=case_id,
        kind=kind,
        code=code,
        outlet_id=outlet_id,
        job_id=job_id,
        severity=Severity.WARNING,
        state=CaseState.OPEN,
        opened_at=at,
        body=msgspec.json.encode(said),
    )


def _shortage_id(place: Place) -> UUID:
    return uuid5(place[0], f"shortage {place[1]}")


def _serial_id(job_id: UUID, part_code: str, serial: str) -> UUID:
    return uuid5(job_id, f"serial {part_code} {serial}")
