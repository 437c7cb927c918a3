"""Who listens is told when a report is frozen, and when late facts would have changed what it said."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.events import Event, EventData, EventKind
from domain.people.actor import Actor, Role
from service.desk.kpi_results import MATURITY_ZONE
from service.scoring.difference import ChangedFigure, SnapshotDifference, difference
from service.store.scoring import snapshots
from service.store.scoring.snapshots import Stored
from service.store.webhooks import events
from service.store.work import tasks
from service.work.turn import Kind, Turn

_NO_DEVICE = UUID(int=0)


class Restating(Struct, frozen=True):
    """The first day that late facts spoke of."""

    day: date


async def tell_frozen(db: AsyncConnection, org_id: UUID, stored: Stored) -> None:
    """Announce the frozen report with this transaction."""
    await events.announce(db, org_id, [Event(kind=EventKind.SNAPSHOT_FROZEN, data=_about(stored))])


async def ask(db: AsyncConnection, org_id: UUID, earliest_day: date | None, at: datetime) -> None:
    """Have frozen reports looked at again, if facts speak of days that one of them was about. Ask last."""
    if (
        earliest_day is not None
        and earliest_day < _today(at)
        and await snapshots.is_touched(db, org_id, earliest_day, _today(at))
    ):
        await tasks.ask(db, org_id, RESTATING.name, Restating(earliest_day), key=earliest_day.isoformat())


async def restate(turn: Turn, details: Restating) -> None:
    """Tell of each figure of a frozen report that late facts have changed, once for each value that it takes."""
    at = datetime.now(UTC)
    async with turn.database.reader() as db:
        touched = await snapshots.touched(db, turn.org_id, details.day, _today(at))
    for number, stored in enumerate(touched, 1):
        actor = Actor(turn.org_id, stored.frozen_by, _NO_DEVICE, Role.AUDITOR, stored.outlet_ids, "zh")
        async with turn.database.transaction() as db:
            told = restated(await difference(db, actor, stored, at))
            fresh = await snapshots.told(db, turn.org_id, stored.id, {kpi: _spelt(told[kpi]) for kpi in told}, at)
            happened = [Event(kind=EventKind.KPI_RESTATED, data=_about(stored, kpi)) for kpi in sorted(fresh)]
            await events.announce(db, turn.org_id, happened)
        await turn.progress(number, len(touched))


def restated(found: SnapshotDifference) -> dict[str, list[ChangedFigure]]:
    """The changed figures by KPI, of those that facts have changed; what merely matured was to be expected."""
    changed = {item.kpi for job in found.jobs for item in job.items}
    kpis = sorted({figure.kpi for figure in found.figures} & changed)
    return {kpi: [figure for figure in found.figures if figure.kpi == kpi] for kpi in kpis}


def _about(stored: Stored, kpi: str | None = None) -> EventData:
    outlet_id = stored.outlet_ids[0] if len(stored.outlet_ids) == 1 else None
    return EventData(
        outlet_id=outlet_id,
        code=kpi,
        period_from=stored.first_day,
        period_until=stored.last_day,
        snapshot_id=stored.id,
    )


def _spelt(changed: Iterable[ChangedFigure]) -> str:
    """What would be another thing to tell."""
    values = [
        (each.group, each.starts_on, each.now.numerator, each.now.denominator, each.now.excluded)
        for each in changed
        if each.now is not None
    ]
    return msgspec.json.encode(values).decode()


def _today(at: datetime) -> date:
    return at.astimezone(MATURITY_ZONE).date()


RESTATING = Kind(name="restate_snapshots", details=Restating, handle=restate, heavy=True)
