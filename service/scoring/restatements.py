"""Telling other systems that a report was frozen, and that changed jobs restate figures of a frozen report."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar.china import CHINA_TIME
from domain.events import Event, EventData, EventKind
from domain.kpis.restating import CountedItem, restated
from domain.kpis.table import KPI_BY_ID
from domain.measures.course import REPEAT_DAYS
from domain.measures.measure import Measure, Tally
from service.store import locks
from service.store.measures import recounting
from service.store.measures.recounting import Request
from service.store.scoring import snapshots
from service.store.scoring.snapshots import FrozenQuestion, Stored
from service.store.webhooks import events

_REACHES_BACK = timedelta(days=REPEAT_DAYS + 2)
"""A request repeats no repair that was done longer ago, whatever the time zone of the site."""


class Change(Struct, frozen=True):
    """What one job counted, and what it counts now; the first measure is that of the job as a whole."""

    job_id: UUID
    was: Sequence[Measure]
    now: Sequence[Measure]


async def announce_frozen(db: AsyncConnection, org_id: UUID, stored: Stored) -> None:
    """Announce the frozen report, once this transaction commits."""
    about = _about(stored.id, stored.outlet_ids, stored.first_day, stored.last_day)
    await events.announce(db, org_id, [Event(kind=EventKind.SNAPSHOT_FROZEN, data=about)])


@asynccontextmanager
async def announcing(
    db: AsyncConnection, org_id: UUID, changes: Sequence[Change], frozen_until: date, at: datetime
) -> AsyncIterator[None]:
    """Announce which figures of frozen reports change by what the caller writes within this context: the new measures.

    Another job may count differently too, because one of these jobs repeats its repair or no longer does. Runs no
    statement when nothing changes up to `frozen_until`, the last day that any frozen report covers.
    """
    own = [each for each in changes if _first_changed_day(each, frozen_until) <= frozen_until]
    requests = [request for each in changes for request in _requests(each, frozen_until)]
    repaired = {measure.asset_id for each in own for measure in (*each.was, *each.now)}
    asset_ids = (repaired | {each.asset_id for each in requests}) - {None}
    # Of two pushes about one asset, the later one sees what the earlier one changed.
    await locks.lock(db, org_id, [("repeats", asset_id) for asset_id in asset_ids])
    job_ids = {each.job_id for each in own} | await recounting.repaired_before(db, org_id, requests)
    before = await recounting.counted(db, org_id, sorted(job_ids), at) if job_ids else []
    yield
    if job_ids:
        await _tell(db, org_id, before, await recounting.counted(db, org_id, sorted(job_ids), at), at)


async def _tell(
    db: AsyncConnection, org_id: UUID, before: Sequence[CountedItem], after: Sequence[CountedItem], at: datetime
) -> None:
    was, now = Counter(before), Counter(after)
    gone, come = list((was - now).elements()), list((now - was).elements())
    days = {item.day for item in (*gone, *come)}
    if not days:
        return
    today = at.astimezone(CHINA_TIME).date()
    frozen = await snapshots.about_days(db, org_id, min(days), max(days), today)
    told = [event for each in frozen for event in _restatements(each, gone, come)]
    await events.announce(db, org_id, told)


def _restatements(
    frozen: FrozenQuestion, gone: Collection[CountedItem], come: Collection[CountedItem]
) -> Iterator[Event]:
    report = frozen.report
    for kpi in restated(report, frozen.outlet_ids, gone, come):
        if kpi in KPI_BY_ID:
            about = _about(frozen.snapshot_id, frozen.outlet_ids, report.first_day, report.last_day, kpi)
            yield Event(kind=EventKind.KPI_RESTATED, data=about)


def _first_changed_day(change: Change, otherwise: date) -> date:
    was, now = Counter(_items(change.was)), Counter(_items(change.now))
    return min((day for day, *_ in (was - now) | (now - was)), default=otherwise + timedelta(days=1))


def _items(measures: Sequence[Measure]) -> Iterator[tuple[date, Tally, tuple[object, ...]]]:
    for each in measures:
        place = (each.visit_id, each.outlet_id, each.technician_id, each.product_code, each.fault_group)
        for tally, day in zip(each.tallies, each.days, strict=True):
            yield day, tally, (*place, each.work_type, each.priority)


def _requests(change: Change, frozen_until: date) -> Iterator[Request]:
    """As what the job was, and is now, another request for an asset; none where that is the same."""
    was, now = change.was[:1], change.now[:1]
    if [_stance(each) for each in was] == [_stance(each) for each in now]:
        return
    for each in (*was, *now):
        if each.asset_id is None or each.reported_at is None:
            continue
        if (each.reported_at - _REACHES_BACK).date() <= frozen_until:
            yield Request(change.job_id, each.asset_id, each.reported_at)


def _stance(measure: Measure) -> tuple[object, ...]:
    return measure.asset_id, measure.reported_at, measure.repeat_of, measure.fault_group


def _about(
    snapshot_id: UUID, outlet_ids: Sequence[UUID], first_day: date, last_day: date, kpi: str | None = None
) -> EventData:
    outlet_id = outlet_ids[0] if len(outlet_ids) == 1 else None
    return EventData(
        outlet_id=outlet_id, code=kpi, period_from=first_day, period_until=last_day, snapshot_id=snapshot_id
    )
