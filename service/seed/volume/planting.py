"""Puts a scenario into a database: people and places as rows, and everything that happened through the recording."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from time import monotonic
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from domain.people.actor import Role
from service.database import Database
from service.recording.batch import Batch
from service.recording.recording import record_committed
from service.seed.company import sample_id
from service.seed.volume import neighbourhood
from service.seed.volume.crew import crew
from service.seed.volume.desk_facts import of_desk
from service.seed.volume.door_facts import of_door
from service.seed.volume.records import Scenario
from service.seed.volume.said import CALL_CENTRE, Said, job_id
from service.store.stock import vans as stock_vans
from service.store.tables import devices, jobs, organisations
from sync.clock import Exchange
from sync.merge import Author
from sync.protocol import Outcome
from sync.versions import encoded

RECORDED = frozenset({Outcome.RECORDED, Outcome.RECORDED_WITH_FINDINGS, Outcome.DUPLICATE})
ORG_ID = sample_id("organisation", "anxin")


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


async def plant(database: Database, scenario: Scenario) -> Planted:
    """Record the scenario in the sample company; cut short, it goes on where it stood, and twice it changes nothing.

    Raises PlantingError where another scenario, or that of another release, is there: both tell of the same days.
    """
    await _require_none_other(database, scenario)
    said = [each for order in scenario.orders for each in (*of_desk(order), *of_door(order))]
    if await _is_whole(database, scenario, said):
        return _planted(scenario, len(said), None)
    begun = monotonic()
    await _settle(database, scenario)
    life = await _life(database)
    seqs = _counted(said)
    by_outlet: dict[str, list[Said]] = {}
    for each in said:
        by_outlet.setdefault(each.order.outlet, []).append(each)
    await asyncio.gather(*(_record(database, facts, seqs, life) for facts in by_outlet.values()))
    return _planted(scenario, len(said), round(monotonic() - begun))


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


def _counted(said: Sequence[Said]) -> dict[UUID, int]:
    """Every device's own counter."""
    counters: dict[str, int] = {}
    seqs: dict[UUID, int] = {}
    for each in sorted(said, key=lambda each: each.at):
        seqs[each.fact_id] = counters[each.login] = counters.get(each.login, 0) + 1
    return seqs


async def _record(database: Database, said: Sequence[Said], seqs: Mapping[UUID, int], life: int) -> None:
    """One outlet's facts, batch by batch in the order in which they were handed over."""
    known: dict[str, list[tuple[datetime, int]]] = {}
    for batch in _batches(said, seqs):
        first = batch[0]
        raws = [_encoded(each, seqs[each.fact_id], encoded(life, _seen(known, each))) for each in batch]
        recorded = await record_committed(database, _handed_over(first), raws)
        if not RECORDED.issuperset(recorded.outcomes):
            lost = next(index for index, each in enumerate(recorded.outcomes) if each not in RECORDED)
            raise PlantingError(f"{raws[lost].decode()}: {recorded.answers[lost].decode()}")
        again = [raw for raw, each in zip(raws, batch, strict=True) if each.twice]
        if again:
            await record_committed(database, _handed_over(first), again)
        for each in batch:
            log = known.setdefault(each.order.number, [])
            log.append((first.handed_over_at, len(log) + 1))


def _batches(said: Sequence[Said], seqs: Mapping[UUID, int]) -> Iterator[list[Said]]:
    def turn(each: Said) -> tuple[datetime, str, int]:
        return each.handed_over_at, each.login, each.clock_ahead_seconds

    ordered = sorted(said, key=lambda each: (*turn(each), seqs[each.fact_id]))
    return (list(group) for _, group in groupby(ordered, key=turn))


def _seen(known: Mapping[str, list[tuple[datetime, int]]], said: Said) -> int:
    """How much of the job's log had been recorded when this was said."""
    log = known.get(said.order.number, ())
    return max((number for at, number in log if at <= said.at), default=0)


def _encoded(said: Said, seq: int, base_version: int) -> bytes:
    happened_at = said.at + timedelta(seconds=said.clock_ahead_seconds)
    envelope = {
        "id": said.fact_id,
        "job_id": job_id(said.order),
        "visit_id": said.visit_id,
        "seq": seq,
        "happened_at": happened_at,
        "base_version": base_version,
    }
    told = {name: value for name, value in {**envelope, said.kind: _told(said.body)}.items() if value is not None}
    return msgspec.json.encode(told)


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _handed_over(said: Said) -> Batch:
    at = said.handed_over_at.astimezone(UTC)
    role, outlets = neighbourhood.role_of(said.login)
    author = Author(
        member_id=neighbourhood.member_id(said.login),
        role=Role(role),
        device_id=neighbourhood.device_id(said.login),
        outlet_ids=tuple(sample_id("outlet", code) for code in outlets),
    )
    clock = at + timedelta(seconds=said.clock_ahead_seconds)
    return Batch(
        org_id=ORG_ID, author=author, exchange=Exchange(server_at=at, device_at=clock, uptime_ms=None, boot_id=None)
    )
