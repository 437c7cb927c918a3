"""Puts a scenario into a database: people and places as rows, and everything that happened through the recording."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from datetime import date, datetime
from time import monotonic
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from service.database import Database
from service.recording.recording import record_committed
from service.seed.volume import neighbourhood
from service.seed.volume.crew import crew
from service.seed.volume.desk_facts import of_desk
from service.seed.volume.door_facts import of_door
from service.seed.volume.handing_over import ORG_ID, batches, counted, encoded_fact, handed_over, seen
from service.seed.volume.records import Scenario
from service.seed.volume.said import CALL_CENTRE, Said, job_id
from service.store.stock import vans as stock_vans
from service.store.tables import devices, jobs, organisations
from sync.protocol import Outcome
from sync.versions import encoded

RECORDED = frozenset({Outcome.RECORDED, Outcome.RECORDED_WITH_FINDINGS, Outcome.DUPLICATE})


class PlantingError(Exception):
    """Another half year is there, or the server did not take what somebody of this one said."""


class Planted(Struct, frozen=True, kw_only=True):
    """What is there now, and how long it took. `created` is false when all of it was there before."""

    created: bool
    jobs: int
    visits: int
    facts: int
    seconds: int
    first_day: date
    last_day: date

    def sentence(self) -> str:
        told = f"{self.jobs} jobs, {self.visits} visits and {self.facts} facts, {self.first_day} to {self.last_day}"
        return f"Recorded {told}, in {self.seconds} s." if self.created else f"Was there already: {told}."


Elsewhere = Callable[[str], Coroutine[Any, Any, None]]
"""Has the work of one outlet recorded by somebody else."""


async def plant(database: Database, scenario: Scenario, elsewhere: Elsewhere | None = None) -> Planted:
    """Record the scenario in the sample company; cut short, it goes on where it stood, and twice it changes nothing.

    All but the largest outlet may be left to others. Raises PlantingError where another scenario, or that of another
    release, is there: both tell of the same days.
    """
    await _require_none_other(database, scenario)
    said = _said(scenario)
    if await _is_whole(database, scenario, said):
        return _planted(scenario, len(said), None)
    begun = monotonic()
    await _settle(database, scenario)
    outlets = [code for code, _ in Counter(each.order.outlet for each in said).most_common()]
    here = outlets if elsewhere is None else outlets[:1]
    own = [_record(database, said, outlet) for outlet in here]
    others = [] if elsewhere is None else [elsewhere(outlet) for outlet in outlets[1:]]
    await _together([*own, *others])
    return _planted(scenario, len(said), round(monotonic() - begun))


async def record_outlet(database: Database, scenario: Scenario, outlet: str) -> None:
    """Record the work of one outlet; people and households are there already."""
    await _record(database, _said(scenario), outlet)


async def _together(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """All of it at once; where some of it fails, nothing of the rest goes on."""
    tasks = [asyncio.ensure_future(each) for each in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _said(scenario: Scenario) -> list[Said]:
    return [each for order in scenario.orders for each in (*of_desk(order), *of_door(order))]


def _planted(scenario: Scenario, facts: int, seconds: int | None) -> Planted:
    return Planted(
        created=seconds is not None,
        jobs=len(scenario.orders),
        visits=sum(len(order.visits) for order in scenario.orders),
        facts=facts,
        seconds=seconds or 0,
        first_day=scenario.first_day,
        last_day=scenario.last_day,
    )


async def _require_none_other(database: Database, scenario: Scenario) -> None:
    """The devices of a scenario bear its edition in their names."""
    query = select(devices.c.name).where(
        devices.c.org_id == ORG_ID, devices.c.id == neighbourhood.device_id(CALL_CENTRE)
    )
    async with database.reader() as db:
        known = (await db.execute(query)).scalar_one_or_none()
    if known not in (None, neighbourhood.device_name(scenario)):
        raise PlantingError(
            "Another half year is there already, of another release or seed. Start with an empty database."
        )


async def _is_whole(database: Database, scenario: Scenario, said: Sequence[Said]) -> bool:
    """Whether every job of the scenario is there with all that was said of it."""
    wanted = {job_id(order) for order in scenario.orders}
    query = select(func.count(), func.sum(jobs.c.version % encoded(1, 0))).where(
        jobs.c.org_id == ORG_ID, jobs.c.id.in_(wanted)
    )
    async with database.reader() as db:
        found = (await db.execute(query)).one()
    return (found[0], found[1] or 0) >= (len(wanted), len(said))


async def _settle(database: Database, scenario: Scenario) -> None:
    """The people, their devices, and the households, once; one statement for each table."""
    async with database.transaction() as db:
        for table, rows in neighbourhood.rows(ORG_ID, scenario):
            await db.execute(insert(table).on_conflict_do_nothing(), rows)
        await stock_vans.write(db, ORG_ID, [neighbourhood.member_id(each.login) for each in crew()])


async def _life(database: Database) -> int:
    async with database.reader() as db:
        query = select(organisations.c.lives).where(organisations.c.org_id == ORG_ID)
        return int((await db.execute(query)).scalar_one()[-1])


async def _record(database: Database, said: Sequence[Said], outlet: str) -> None:
    """One outlet's facts of all, batch by batch in the order in which they were handed over."""
    life, seqs = await _life(database), counted(said)
    known: dict[str, list[tuple[datetime, int]]] = {}
    for batch in batches([each for each in said if each.order.outlet == outlet], seqs):
        first = batch[0]
        raws = [encoded_fact(each, seqs[each.fact_id], encoded(life, seen(known, each))) for each in batch]
        recorded = await record_committed(database, handed_over(first), raws)
        if not RECORDED.issuperset(recorded.outcomes):
            lost = next(index for index, each in enumerate(recorded.outcomes) if each not in RECORDED)
            raise PlantingError(f"{raws[lost].decode()}: {recorded.answers[lost].decode()}")
        again = [raw for raw, each in zip(raws, batch, strict=True) if each.twice]
        if again:
            await record_committed(database, handed_over(first), again)
        for each in batch:
            log = known.setdefault(each.order.number, [])
            log.append((first.handed_over_at, len(log) + 1))
