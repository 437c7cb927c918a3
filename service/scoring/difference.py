"""Comparing a frozen report with today: which figures differ, because of which jobs and which late facts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpis.result import KpiResult
from domain.people.actor import Actor
from service.kpis.results import SPREAD, results_of, with_own_targets
from service.openapi import VERSION
from service.scoring import evidence_index, snapshot
from service.scoring.shipped import MEASURED
from service.scoring.snapshot import Snapshot
from service.store.measures import counting
from service.store.measures.tallies import tallies
from service.store.scoring import differing, snapshots
from service.store.scoring.differing import Differing, LateFact
from service.store.scoring.snapshots import Stored

MOST_JOBS, MOST_ROWS, MOST_FACTS = 200, 20_000, 10_000


class ItemState(Struct, frozen=True, kw_only=True):
    """How a thing counted: on which day, for how much, or why not; `pending` while its limit was still running."""

    day: date
    numerator: int
    denominator: int
    excluded: str | None
    pending: bool


class ChangedItem(Struct, frozen=True, kw_only=True):
    """What a job or a visit counted for one measure then, and today; empty where it counted nothing."""

    kpi: str
    visit_id: UUID | None
    was: tuple[ItemState, ...]
    now: tuple[ItemState, ...]


class ChangedJob(Struct, frozen=True, kw_only=True):
    """A job that counts differently, and the facts that did it: its own, or those of another repair of its asset."""

    job_id: UUID
    items: tuple[ChangedItem, ...]
    late_facts: tuple[LateFact, ...]


class ChangedFigure(Struct, frozen=True, kw_only=True):
    """A figure then and today; null where there was none. `matured`: so much was pending then and is decided now."""

    kpi: str
    group: str | None
    starts_on: date | None
    frozen: KpiResult | None
    now: KpiResult | None
    matured: int


class SnapshotDifference(Struct, frozen=True, kw_only=True):
    """A frozen report against today. `whole`: report and items are what was frozen, by their digests.

    Today's figures are by the frozen profile and scheme, so that nothing but facts and time tells the two apart, and
    the release where `code_version` differs. `more`: jobs beyond the first two hundred are left out.
    """

    snapshot_id: UUID
    frozen_at: datetime
    at: datetime
    whole: bool
    code_version_frozen: str
    code_version_now: str
    figures: tuple[ChangedFigure, ...]
    index_frozen_hundredths: int | None
    index_now_hundredths: int | None
    coverage_frozen_hundredths: int
    coverage_now_hundredths: int
    jobs: tuple[ChangedJob, ...]
    more: bool


async def difference(db: AsyncConnection, actor: Actor, stored: Stored, at: datetime) -> SnapshotDifference:
    """What the report would say at this moment, and why it says something else."""
    was = snapshot.read(stored)
    whose, report = snapshot.in_the_name_of(actor, was), snapshot.report_of(was)
    today, frozen = tallies(whose, report, sorted(MEASURED)), snapshots.frozen(actor.org_id, was.id)
    rows = await differing.differing(db, frozen, today, MOST_ROWS)
    matured = await differing.matured(db, frozen, today, was.frozen_at, at)
    own = snapshot.profile_of(was)
    counts = await counting.count(db, whose, report, sorted(MEASURED), SPREAD, at)
    now = await evidence_index.index_at(db, whose, report, was.scheme, own, at)
    digest = await snapshots.items_digest(db, actor.org_id, was.id)
    jobs = await _jobs(db, actor.org_id, was, rows, at)
    return SnapshotDifference(
        snapshot_id=was.id,
        frozen_at=was.frozen_at,
        at=at,
        whole=snapshot.is_whole(stored) and digest == was.items_sha256,
        code_version_frozen=was.code_version,
        code_version_now=VERSION,
        figures=changed_figures(was.results, with_own_targets(results_of(counts, report, at), own), matured),
        index_frozen_hundredths=was.index.index_hundredths,
        index_now_hundredths=now.index_hundredths,
        coverage_frozen_hundredths=was.index.coverage_hundredths,
        coverage_now_hundredths=now.coverage_hundredths,
        jobs=jobs[:MOST_JOBS],
        more=len(jobs) > MOST_JOBS or len(rows) == MOST_ROWS,
    )


def changed_figures(
    frozen: Iterable[KpiResult], now: Iterable[KpiResult], matured: Mapping[str, int]
) -> tuple[ChangedFigure, ...]:
    """The figures that are not the same: by what was counted, not by whether they may still change."""
    before, after = {_place(each): each for each in frozen}, {_place(each): each for each in now}
    places = sorted(before.keys() | after.keys(), key=lambda place: tuple(str(part or "") for part in place))
    return tuple(
        ChangedFigure(
            kpi=place[0],
            group=place[1],
            starts_on=place[2],
            frozen=before.get(place),
            now=after.get(place),
            matured=matured.get(place[0], 0),
        )
        for place in places
        if _counted(before.get(place)) != _counted(after.get(place))
    )


def _place(result: KpiResult) -> tuple[str, str | None, date | None]:
    return result.kpi, result.group, result.starts_on


def _counted(result: KpiResult | None) -> tuple[object, ...]:
    if result is None:
        return (0, 0, 0, (), None, None, 0)
    spread = (result.median_hundredths, result.p90_hundredths)
    excluded = tuple(sorted((each.reason, each.count) for each in result.excluded))
    return result.numerator, result.denominator, result.pending, excluded, *spread, result.low_graded_items


async def _jobs(
    db: AsyncConnection, org_id: UUID, was: Snapshot, rows: Sequence[Differing], at: datetime
) -> tuple[ChangedJob, ...]:
    """The jobs behind, each with its late facts; without any of its own, with those of other repairs of its asset."""
    job_ids = list(dict.fromkeys(row.job_id for row in rows))[: MOST_JOBS + 1]
    own = await differing.late_facts(db, org_id, was.id, was.frozen_at, job_ids, MOST_FACTS)
    silent = sorted(set(job_ids) - {fact.job_id for fact in own})
    others = await differing.of_the_same_asset(db, org_id, silent, MOST_FACTS) if silent else {}
    named = sorted({job_id for found in others.values() for job_id in found})
    theirs = await differing.late_facts(db, org_id, was.id, was.frozen_at, named, MOST_FACTS) if named else []
    return tuple(
        ChangedJob(
            job_id=job_id,
            items=_items([row for row in rows if row.job_id == job_id], was.frozen_at, at),
            late_facts=tuple(fact for fact in own if fact.job_id == job_id)
            or tuple(fact for fact in theirs if fact.job_id in others.get(job_id, ())),
        )
        for job_id in job_ids
    )


def _items(rows: Sequence[Differing], frozen_at: datetime, at: datetime) -> tuple[ChangedItem, ...]:
    places = dict.fromkeys((row.kpi, row.visit_id) for row in rows)
    return tuple(
        ChangedItem(
            kpi=kpi,
            visit_id=visit_id,
            was=_states([row for row in rows if row.was and (row.kpi, row.visit_id) == (kpi, visit_id)], frozen_at),
            now=_states([row for row in rows if not row.was and (row.kpi, row.visit_id) == (kpi, visit_id)], at),
        )
        for kpi, visit_id in places
    )


def _states(rows: Sequence[Differing], at: datetime) -> tuple[ItemState, ...]:
    return tuple(
        ItemState(
            day=row.day,
            numerator=row.numerator,
            denominator=row.denominator,
            excluded=row.excluded,
            pending=row.decided_at > at,
        )
        for row in rows
    )
