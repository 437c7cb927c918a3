"""What one job counts for each KPI, and the facts that decided it."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import Fact
from domain.facts.kinds import KIND_BY_BODY
from domain.fold import fold, taken_back
from domain.kpis.table import KPI_BY_ID
from domain.measures.closing import steps
from domain.measures.course import course_of
from domain.order import in_order
from domain.people.actor import Actor
from service.http.endpoint import Output
from service.store.jobs import facts
from service.store.measures import of_job

CHANGES = ("job_excluded", "job_reopened")
"""Facts that may change any figure."""


class JobTally(Struct, frozen=True, kw_only=True):
    """What the job, or one of its visits, counts for a KPI; `fact_ids` are what it was decided by, in their order."""

    kpi: str
    visit_id: UUID | None
    day: date
    decided_at: datetime
    pending: bool
    numerator: int
    denominator: int
    excluded: str | None
    low_graded: bool
    seconds: int | None
    fact_ids: tuple[UUID, ...]


class RepeatedBy(Struct, frozen=True, kw_only=True):
    """A later request for the same asset."""

    job_id: UUID
    reported_at: datetime


class JobMeasures(Output, frozen=True, kw_only=True):
    """All that one job adds to figures. `missing_steps` are the steps of the closed loop that are not done (K17)."""

    job_id: UUID
    at: datetime
    tallies: tuple[JobTally, ...]
    repeated_by: tuple[RepeatedBy, ...]
    missing_steps: tuple[str, ...]


async def measures_of(db: AsyncConnection, actor: Actor, job_id: UUID, at: datetime) -> JobMeasures:
    """What the job counts at this moment. The caller has made sure that the actor may see the job."""
    rows = await of_job.tallies_of(db, actor, job_id, list(KPI_BY_ID))
    log = in_order((await facts.logs(db, actor.org_id, [job_id]))[job_id])
    gone = taken_back(log)
    standing = [fact for fact in log if fact.id not in gone]
    return JobMeasures(
        job_id=job_id,
        at=at,
        tallies=tuple(_tally(row, standing, at) for row in rows),
        repeated_by=tuple(
            RepeatedBy(job_id=again, reported_at=when) for again, when in await of_job.repeated_by(db, actor, job_id)
        ),
        missing_steps=_missing_steps(job_id, log),
    )


def _tally(row: of_job.TallyRow, standing: Sequence[Fact], at: datetime) -> JobTally:
    kinds = (*KPI_BY_ID[row.kpi].facts, *CHANGES)
    return JobTally(
        kpi=row.kpi,
        visit_id=row.visit_id,
        day=row.day,
        decided_at=row.decided_at,
        pending=row.decided_at > at,
        numerator=row.numerator,
        denominator=row.denominator,
        excluded=row.excluded,
        low_graded=row.low_graded,
        seconds=row.seconds,
        fact_ids=tuple(fact.id for fact in standing if _speaks(fact, kinds, row.visit_id)),
    )


def _speaks(fact: Fact, kinds: Collection[str], visit_id: UUID | None) -> bool:
    """Whether the fact is of a kind that decides the KPI, about this visit or about the job as a whole."""
    return KIND_BY_BODY[type(fact.body)].name in kinds and visit_id in (None, fact.visit_id or visit_id)


def _missing_steps(job_id: UUID, log: Sequence[Fact]) -> tuple[str, ...]:
    state = fold(job_id, log)
    course = course_of(state.job, state.memory)
    if course.completed_at is None:
        return ()
    return tuple(name for name, at in steps(course).items() if at is None)
