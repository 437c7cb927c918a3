"""Recording facts: the only way in which a job changes, whether a phone pushes a day's work or a desk plans one visit.

Read each fact alone, lock the jobs in id order, answer repeats, merge, keep everything in one transaction: a fixed
number of statements whatever the number of facts. Nothing else writes facts, jobs or their documents.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fold import Folded, empty
from service.attempts import FORESTALLED, repeated
from service.database import Database
from service.recording.batch import Batch
from service.recording.candidates import candidates_of
from service.recording.keeping import keep_aside, keep_changes, keep_refused_numbers, keep_trouble
from service.recording.own_plans import Candidates
from service.recording.taking_up import TakenUp, take_up
from service.store.cases import quarantine
from service.store.jobs import facts
from service.store.jobs.documents import Document
from sync.intake import Intake, Past, Pushed, SetAside, set_aside, sort_out
from sync.merge import Merged, merge
from sync.protocol import Outcome
from sync.record import Unreadable, read
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
    pushed = [read(raw, batch.schema) for raw in raws]
    taken = await take_up(db, batch, pushed)
    intake = await _sorted_out(db, batch, pushed, taken.past)
    sign = trouble(intake, taken.past.by_seq)
    fresh = uncounted(intake.fresh) if sign is not None or taken.past.suspected else intake.fresh
    merged = await _merged(db, batch, taken, await candidates_of(db, batch, taken, fresh))
    verdicts = [verdict for result in merged.values() for verdict in result.verdicts]
    aside = set_aside(intake, verdicts, batch.author.device_id, batch.exchange.server_at, batch.aside)
    documents = await keep_changes(db, batch, taken.jobs, merged)
    await keep_aside(db, batch, taken.jobs, aside.values())
    await keep_trouble(db, batch, taken.jobs, sign)
    await keep_refused_numbers(db, batch, verdicts, pushed)
    outcomes, answers = _answered(len(raws), intake, verdicts, aside)
    return Recorded(outcomes, answers, {job_id: merged[job_id].state for job_id in documents}, documents)


async def _sorted_out(db: AsyncConnection, batch: Batch, pushed: Sequence[Pushed], past: Past) -> Intake:
    """What is new, what was said before, and what is neither. One statement; none where everything can be read."""
    unreadable = {each.digest for each in pushed if isinstance(each, Unreadable)}
    return sort_out(pushed, past, await quarantine.known_bytes(db, batch.org_id, batch.author.device_id, unreadable))


async def _merged(db: AsyncConnection, batch: Batch, taken: TakenUp, candidates: Candidates) -> dict[UUID, Merged]:
    """Merge job by job; one statement loads the logs of all jobs that must be folded anew."""
    states = {job_id: taken.jobs[job_id].state if job_id in taken.jobs else empty(job_id) for job_id in candidates}
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
