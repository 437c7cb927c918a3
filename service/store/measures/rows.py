"""The measures of jobs, written in the transaction that changes the job, so that a late fact changes past figures."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from uuid import UUID

import msgspec
from msgspec.structs import astuple
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fold import Folded
from domain.job.document import Job
from domain.measures.derive import measures as measures_of
from domain.measures.measure import Measure
from service.store.sets import parameters, replace_set
from service.store.tables import measures

Values = tuple[object, ...]

_KEY = ("org_id", "job_id", "place")
_BELONGS = ("visit_id", "outlet_id", "technician_id", "product_code", "fault_group", "work_type", "priority")
_REPEATS = ("time_zone", "asset_id", "reported_at", "repeat_of", "completed_at", "watched_until")
_LISTS = ("kpis", "days", "decided_at", "numerators", "denominators", "excluded", "low_graded", "seconds")
_COLUMNS = (*_KEY, *_BELONGS, *_REPEATS, "first_day", "last_day", *_LISTS)
_belonging = attrgetter(*_BELONGS, *_REPEATS)
_SAVE = replace_set(measures, _KEY, *_COLUMNS)
_DROP = text(
    "DELETE FROM measures USING unnest(cast(:ids AS uuid[]), cast(:places AS integer[])) AS kept (job_id, places)"
    " WHERE measures.org_id = :org_id AND measures.job_id = kept.job_id AND measures.place >= kept.places"
)


def derived(states: Sequence[Folded]) -> dict[UUID, Sequence[Measure]]:
    """What these jobs count."""
    return {state.job.id: measures_of(state.job, state.memory) for state in states}


def prepared(org_id: UUID, after: Mapping[UUID, Sequence[Measure]]) -> list[Values]:
    """Rows for these measures."""
    return [_row(org_id, job_id, place, each) for job_id, found in after.items() for place, each in enumerate(found)]


async def follow(
    db: AsyncConnection,
    org_id: UUID,
    before: Sequence[Job],
    after: Mapping[UUID, Sequence[Measure]],
    rows: Sequence[Values],
) -> None:
    """Write prepared rows over the measures of these jobs: one statement, and one more where a visit is gone."""
    if rows:
        await db.execute(_SAVE, parameters(_COLUMNS, rows))
    fewer = {job.id: len(after[job.id]) for job in before if 0 < len(job.visits) >= len(after[job.id])}
    if fewer:
        kept = {"ids": list(fewer), "places": list(fewer.values())}
        await db.execute(_DROP, {**kept, "org_id": org_id})


def _row(org_id: UUID, job_id: UUID, place: int, measure: Measure) -> Values:
    return (
        *(org_id, job_id, place),
        *_belonging(measure),
        min(measure.days, default=None),
        max(measure.days, default=None),
        *_lists(measure),
    )


def _lists(measure: Measure) -> list[str]:
    """What its tallies say, side by side, each as the text of an array: words, days and numbers need no quotes."""
    if not measure.tallies:
        return ["{}"] * len(_LISTS)
    kpis, at, numerators, denominators, excluded, low_graded, seconds, until = zip(
        *map(astuple, measure.tallies), strict=True
    )
    decided_at = [later or sooner for sooner, later in zip(at, until, strict=True)]
    lists = (kpis, measure.days, decided_at, numerators, denominators, excluded, low_graded, seconds)
    spelt = msgspec.json.encode(lists).decode().replace('"', "")
    return ["{" + each + "}" for each in spelt[2:-2].split("],[")]
