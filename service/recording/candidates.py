"""New facts made ready for the merge: bases in today's numbers, corrected times, and what only other rows can tell."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import JobOpened
from service.recording import bases, own_plans, pieces, restored
from service.recording.batch import Batch
from service.recording.taking_up import TakenUp
from service.store.jobs import facts
from sync import clock
from sync.candidates import Candidate
from sync.record import Record


async def candidates_of(
    db: AsyncConnection, batch: Batch, taken: TakenUp, fresh: Mapping[int, Record]
) -> own_plans.Candidates:
    """The new facts by job, in the order of the device's counter, technicians' own plans with what they are judged by.

    None of a batch that is set aside as a whole.
    """
    if batch.aside is not None:
        return {}
    asked = await restored.not_asked_again(db, batch.org_id, taken.jobs, fresh, brought_back=batch.brought_back)
    counted = await bases.in_todays_numbers(db, batch.org_id, taken.jobs, asked)
    seen_at = await _seen_at(db, batch, taken, counted)
    elsewhere = await pieces.contradicted(db, batch, counted)
    grouped: dict[UUID, list[Candidate]] = {}
    for index, each in counted.items():
        candidate = _candidate(batch, taken, index, each, seen_at.get(index), elsewhere.get(index))
        grouped.setdefault(each.envelope.job_id, []).append(candidate)
    in_order = {job_id: sorted(group, key=_by_counter) for job_id, group in grouped.items()}
    return await own_plans.completed(db, batch, taken.jobs, in_order)


async def _seen_at(
    db: AsyncConnection, batch: Batch, taken: TakenUp, fresh: Mapping[int, Record]
) -> dict[int, datetime]:
    """When the newest fact that the author of each had seen was recorded; nothing for who had seen none.

    One statement; none where each had seen all of the job.
    """
    found: dict[int, datetime] = {}
    before: dict[int, tuple[UUID, int]] = {}
    for index, each in fresh.items():
        job, base = taken.jobs.get(each.envelope.job_id), each.envelope.base_version
        if job is None or base == 0 or job.is_placeholder:
            continue
        if base < job.state.job.version:
            before[index] = each.envelope.job_id, base
        else:
            found[index] = job.recorded_at
    recorded_at = await facts.recorded_at(db, batch.org_id, set(before.values()))
    return found | {index: recorded_at[place] for index, place in before.items() if place in recorded_at}


def _candidate(
    batch: Batch, taken: TakenUp, index: int, record: Record, seen_at: datetime | None, elsewhere: str | None
) -> Candidate:
    at, grade = clock.corrected(record.envelope, batch.exchange, seen_at)
    homeless = isinstance(record.body, JobOpened) and record.body.outlet_id not in taken.outlet_ids
    return Candidate(
        index=index,
        record=record,
        author=batch.author,
        recorded_at=batch.exchange.server_at,
        corrected_at=at,
        grade=grade,
        released=batch.released,
        strict=batch.strict or record.envelope.strict,
        nowhere=homeless or record.envelope.job_id not in taken.jobs,
        elsewhere=elsewhere,
    )


def _by_counter(candidate: Candidate) -> tuple[int, int]:
    return candidate.record.envelope.seq or 0, candidate.index
