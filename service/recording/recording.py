"""Recording facts: the only way in which a job changes, whether a phone pushes a day's work or a desk plans one visit.

Read each fact alone, lock the jobs in id order, answer repeats, merge, save everything in one transaction: a fixed
number of statements whatever the number of facts. Nothing else writes facts, jobs or their documents.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import JobOpened
from domain.fold import Folded, empty
from service.attempts import FORESTALLED, repeated
from service.database import Database
from service.recording import bases, own_plans, pieces, restored
from service.recording.batch import Batch
from service.recording.keeping import keep_aside, keep_changes, keep_refused_numbers, keep_trouble
from service.store.cases import quarantine
from service.store.jobs import facts, jobs, new_jobs
from service.store.jobs.documents import Document
from service.store.sync import past
from service.store.underway import underway
from sync import clock
from sync.candidates import Candidate
from sync.intake import Intake, Past, SetAside, set_aside, sort_out
from sync.merge import Merged, merge
from sync.protocol import Outcome
from sync.record import Record, Unreadable, read
from sync.trouble import trouble, uncounted
from sync.verdicts import Verdict


class Recorded(Struct, frozen=True):
    """What became of each fact, in the order given, and the jobs that changed."""

    outcomes: tuple[Outcome, ...]
    answers: tuple[bytes, ...]
    """Encoded `Answer`s as they are stored, since a repeat gets the same bytes."""
    states: dict[UUID, Folded]
    documents: dict[UUID, Document]


async def record_committed(database: Database, batch: Batch, raws: Sequence[bytes]) -> Recorded:
    """`record` in a transaction of its own, started over when another push with the same new fact id was first."""

    async def recorded() -> Recorded:
        async with database.transaction() as db:
            return await record(db, batch, raws)

    return await repeated(recorded, on=FORESTALLED)


async def record(db: AsyncConnection, batch: Batch, raws: Sequence[bytes]) -> Recorded:
    """Record facts. One that cannot be recorded never stops another; all that can be is committed together."""
    pushed, device_id = [read(raw, batch.schema) for raw in raws], batch.author.device_id
    records = [each for each in pushed if isinstance(each, Record)]
    outlet_ids, rows = await _lock(db, batch, records)
    await past.wait_for_turn(db, batch.org_id, [each.envelope.id for each in records if each.job_id not in rows])
    async with underway(past.said_before(db, batch.org_id, device_id, pushed)) as said:
        locked = jobs.loaded(rows)
    earlier = said.result()
    if batch.released:
        earlier = Past({}, {}, earlier.suspected)
    intake = sort_out(
        pushed,
        earlier,
        await quarantine.known_bytes(
            db, batch.org_id, device_id, {each.digest for each in pushed if isinstance(each, Unreadable)}
        ),
    )
    found = trouble(intake, earlier.by_seq)
    fresh = intake.fresh if found is None and not earlier.suspected else uncounted(intake.fresh)
    asked = await restored.not_asked_again(
        db, batch.org_id, locked, fresh if batch.aside is None else {}, brought_back=batch.brought_back
    )
    counted = await bases.in_todays_numbers(db, batch.org_id, locked, asked)
    candidates = await _candidates(db, batch, outlet_ids, locked, counted)
    merged = await _merge(db, batch, locked, await own_plans.completed(db, batch, locked, candidates))
    documents = await keep_changes(db, batch, locked, merged)
    verdicts = [verdict for result in merged.values() for verdict in result.verdicts]
    aside = set_aside(intake, verdicts, device_id, batch.exchange.server_at, batch.aside)
    await keep_aside(db, batch, locked, aside.values())
    await keep_trouble(db, batch, locked, found)
    await keep_refused_numbers(db, batch, verdicts, pushed)
    outcomes, answers = _answered(len(raws), intake, verdicts, aside)
    return Recorded(outcomes, answers, {job_id: merged[job_id].state for job_id in documents}, documents)


async def _lock(db: AsyncConnection, batch: Batch, records: Sequence[Record]) -> tuple[Collection[UUID], jobs.Rows]:
    """Those outlets that exist, of all in which the batch opens jobs; and the jobs, locked."""
    if not records:
        return (), {}
    opened = [(each.envelope.job_id, each.body.outlet_id) for each in records if isinstance(each.body, JobOpened)]
    outlet_ids = await new_jobs.existing_outlets(db, batch.org_id, {outlet_id for _, outlet_id in opened})
    in_outlets = {job_id: outlet_id for job_id, outlet_id in opened if outlet_id in outlet_ids}
    await new_jobs.add_placeholders(db, batch.org_id, in_outlets)
    return outlet_ids, await jobs.lock_rows(db, batch.org_id, {each.envelope.job_id for each in records})


async def _candidates(
    db: AsyncConnection,
    batch: Batch,
    outlet_ids: Collection[UUID],
    locked: Mapping[UUID, jobs.Locked],
    fresh: Mapping[int, Record],
) -> dict[UUID, list[Candidate]]:
    """The new facts by job, in the order of the device's counter, each with its corrected time."""
    known = {job_id: each.state.job.version for job_id, each in locked.items()}
    places = {(each.envelope.job_id, each.envelope.base_version) for each in fresh.values()}
    seen = await facts.recorded_at(
        db, batch.org_id, {place for place in places if 0 < place[1] < known.get(place[0], 0)}
    )
    elsewhere = await pieces.contradicted(db, batch, fresh)
    grouped: dict[UUID, list[Candidate]] = {}
    for index, each in fresh.items():
        job = locked.get(each.envelope.job_id)
        seen_at = seen.get((each.envelope.job_id, each.envelope.base_version)) or _newest(job, each)
        homeless = isinstance(each.body, JobOpened) and each.body.outlet_id not in outlet_ids
        candidate = _candidate(batch, index, each, seen_at, nowhere=job is None or homeless)
        known_of = replace(candidate, elsewhere=elsewhere.get(index))
        grouped.setdefault(each.envelope.job_id, []).append(known_of)
    return {job_id: sorted(group, key=_by_counter) for job_id, group in grouped.items()}


def _newest(job: jobs.Locked | None, record: Record) -> datetime | None:
    """When the job's newest fact was recorded, for an author who had seen all of them."""
    if job is None or not 0 < job.state.job.version <= record.envelope.base_version:
        return None
    return job.recorded_at


def _candidate(batch: Batch, index: int, record: Record, seen_at: datetime | None, *, nowhere: bool) -> Candidate:
    at, grade = clock.corrected(record.envelope, batch.exchange, seen_at)
    return Candidate(
        index=index,
        record=record,
        author=batch.author,
        recorded_at=batch.exchange.server_at,
        corrected_at=at,
        grade=grade,
        released=batch.released,
        strict=batch.strict or record.envelope.strict,
        nowhere=nowhere,
    )


def _by_counter(candidate: Candidate) -> tuple[int, int]:
    return candidate.record.envelope.seq or 0, candidate.index


async def _merge(
    db: AsyncConnection,
    batch: Batch,
    locked: Mapping[UUID, jobs.Locked],
    candidates: own_plans.Candidates,
) -> dict[UUID, Merged]:
    """Merge job by job; one statement loads the logs of all jobs that must be folded anew."""
    states = {job_id: locked[job_id].state if job_id in locked else empty(job_id) for job_id in candidates}
    tried = {job_id: merge(states[job_id], None, group) for job_id, group in candidates.items()}
    logs = await facts.logs(db, batch.org_id, [job_id for job_id, result in tried.items() if result is None])
    anew = {job_id: merge(states[job_id], log, candidates[job_id]) for job_id, log in logs.items()}
    return {job_id: result for job_id, result in {**tried, **anew}.items() if result is not None}


def _answered(
    count: int, intake: Intake, verdicts: Sequence[Verdict], aside: Mapping[int, SetAside]
) -> tuple[tuple[Outcome, ...], tuple[bytes, ...]]:
    """Outcome and stored answer for each fact, in the order in which they were sent."""
    encoded = {verdict.candidate.index: verdict.answer_bytes for verdict in verdicts}
    encoded.update({index: msgspec.json.encode(each.answer) for index, each in aside.items()})
    outcomes = {verdict.candidate.index: verdict.answer.outcome for verdict in verdicts}
    outcomes.update({index: each.answer.outcome for index, each in aside.items()})
    for index, answer_bytes in intake.repeats.items():
        outcomes[index], encoded[index] = Outcome.DUPLICATE, answer_bytes
    for index, first in intake.again.items():
        refused = outcomes[first] is Outcome.REFUSED
        outcomes[index], encoded[index] = Outcome.REFUSED if refused else Outcome.DUPLICATE, encoded[first]
    return tuple(outcomes[index] for index in range(count)), tuple(encoded[index] for index in range(count))
