"""Grounds for an exchange as cases: an asset's third quality fault, and repairs that take too long (R26 to R28)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import Row, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA_TIME
from domain.calendar.holidays import HolidayCalendar
from domain.cases.kinds import CaseKind, CaseState
from domain.catalogue import Product
from domain.job.cases import Severity
from domain.job.document import Job
from domain.warranty.claim import PurchaseProof, terms_of
from domain.warranty.watch import StandingAlarm, bears_on_alarms, standing_alarms
from service.store.cases import derived
from service.store.cases.cases import StoredCase
from service.store.catalogue import calendars
from service.store.catalogue import items as catalogue
from service.store.jobs import asset_history
from service.store.sets import any_filtered, any_of
from service.store.tables import assets
from service.store.tables import cases as case_rows

SOON = frozenset({"repair_clock_warning"})
"""What warns before a limit is passed."""


class ExchangeGround(Struct, frozen=True, kw_only=True):
    """Why the customer of an asset may ask for an exchange, or soon may, and the jobs that it rests on."""

    asset_id: UUID
    rule: str
    job_ids: tuple[UUID, ...]
    parameters: dict[str, str]


async def follow(db: AsyncConnection, org_id: UUID, before: Sequence[Job], after: Sequence[Job], at: datetime) -> None:
    """Look again at the assets of jobs that changed in a way that matters.

    Nothing where none did, else as many statements whatever their number.
    """
    changed = [pair for pair in zip(before, after, strict=True) if bears_on_alarms(*pair)]
    asset_ids = {job.asset_id for pair in changed for job in pair if job.asset_id is not None}
    await settle(db, org_id, asset_ids, at, [new.id for _, new in changed])


async def settle(
    db: AsyncConnection, org_id: UUID, asset_ids: Collection[UUID], at: datetime, job_ids: Iterable[UUID] = ()
) -> None:
    """Open cases for assets that have a ground now, and clear those that no longer do; decisions stay."""
    if not asset_ids:
        return
    # Of two pushes about one asset, the later one sees what the earlier one recorded.
    locked = await _lock(db, org_id, asset_ids)
    jobs = await asset_history.jobs_of_assets(db, org_id, list(locked))
    products = await catalogue.named(db, org_id, Product, {row.product_code for row in locked.values()})
    holidays = await calendars.of_organisation(db, org_id)
    rows = [row for asset in locked.values() for row in _cases(asset, products, jobs.get(asset.id, []), holidays, at)]
    await derived.keep(db, org_id, rows)
    about = {*job_ids, *(job.id for of_asset in jobs.values() for job in of_asset)}
    await _clear(db, org_id, about, [row.id for row in rows])


async def _lock(db: AsyncConnection, org_id: UUID, asset_ids: Collection[UUID]) -> dict[UUID, Row[*tuple[Any, ...]]]:
    query = (
        select(assets.c.id, assets.c.product_code, assets.c.invoiced_on, assets.c.installed_on, assets.c.exchanged_on)
        .where(assets.c.org_id == org_id, assets.c.id == any_of("asset_ids"))
        .order_by(assets.c.id)
        .with_for_update(key_share=True)
    )
    return {row.id: row for row in await db.execute(query, {"asset_ids": list(asset_ids)})}


def _cases(
    asset: Row[*tuple[Any, ...]],
    products: Mapping[str, Product],
    jobs: Sequence[Job],
    holidays: HolidayCalendar,
    at: datetime,
) -> Iterator[StoredCase]:
    product, today = products.get(asset.product_code), at.astimezone(CHINA_TIME).date()
    if product is None:
        return
    purchase = PurchaseProof(
        exchanged_on=asset.exchanged_on, invoiced_on=asset.invoiced_on, other_proof_on=asset.installed_on
    )
    outlets = {job.id: job.outlet_id for job in jobs}
    for alarm in standing_alarms(asset.id, terms_of(product), purchase, jobs, holidays, today):
        yield _case(asset.id, alarm, outlets[alarm.job_id], at)


def _case(asset_id: UUID, alarm: StandingAlarm, outlet_id: UUID | None, at: datetime) -> StoredCase:
    said = ExchangeGround(
        asset_id=asset_id, rule=alarm.rule, job_ids=alarm.job_ids, parameters=dict(sorted(alarm.parameters.items()))
    )
    return StoredCase(
        id=alarm.id,
        kind=CaseKind.EXCHANGE,
        code=alarm.code,
        outlet_id=outlet_id,
        job_id=alarm.job_id,
        severity=Severity.WARNING if alarm.code in SOON else Severity.SERIOUS,
        state=CaseState.OPEN,
        opened_at=at,
        body=msgspec.json.encode(said),
    )


async def _clear(db: AsyncConnection, org_id: UUID, job_ids: Collection[UUID], still: Collection[UUID]) -> None:
    row = case_rows.c
    own = (
        row.org_id == org_id,
        row.kind == CaseKind.EXCHANGE,
        row.state == CaseState.OPEN,
        row.job_id == any_of("job_ids"),
    )
    gone = update(case_rows).where(*own, not_(row.id == any_filtered("still"))).values(state=CaseState.CLEARED)
    await db.execute(gone, {"job_ids": list(job_ids), "still": list(still)})
