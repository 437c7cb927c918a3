"""Taking up the jobs that a batch speaks about: locked until the transaction ends, with what was said before."""

from collections.abc import Collection, Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts.desk import JobOpened
from service.recording.batch import Batch
from service.store.jobs import jobs, new_jobs
from service.store.sync import past
from service.store.underway import underway
from sync.intake import Past, Pushed
from sync.record import Record


class TakenUp(Struct, frozen=True):
    """What a batch goes on from: nobody else changes it meanwhile."""

    jobs: dict[UUID, jobs.Locked]
    outlet_ids: Collection[UUID]
    """Those that exist, of all in which the batch opens jobs."""
    past: Past
    """Of what is released, what was said before does not count."""


async def take_up(db: AsyncConnection, batch: Batch, pushed: Sequence[Pushed]) -> TakenUp:
    """Lock the jobs in id order, and read what is on record under the ids and numbers of the batch."""
    records = [each for each in pushed if isinstance(each, Record)]
    outlet_ids, rows = await _lock(db, batch, records)
    await past.wait_for_turn(db, batch.org_id, [each.envelope.id for each in records if each.job_id not in rows])
    async with underway(past.said_before(db, batch.org_id, batch.author.device_id, pushed)) as said:
        locked = jobs.loaded(rows)
    earlier = said.result()
    return TakenUp(locked, outlet_ids, Past({}, {}, earlier.suspected) if batch.released else earlier)


async def _lock(db: AsyncConnection, batch: Batch, records: Sequence[Record]) -> tuple[Collection[UUID], jobs.Rows]:
    """Those outlets that exist, of all in which the batch opens jobs; and the jobs, locked."""
    if not records:
        return (), {}
    opened = [(each.envelope.job_id, each.body.outlet_id) for each in records if isinstance(each.body, JobOpened)]
    outlet_ids = await new_jobs.existing_outlets(db, batch.org_id, {outlet_id for _, outlet_id in opened})
    in_outlets = {job_id: outlet_id for job_id, outlet_id in opened if outlet_id in outlet_ids}
    await new_jobs.add_placeholders(db, batch.org_id, in_outlets)
    return outlet_ids, await jobs.lock_rows(db, batch.org_id, {each.envelope.job_id for each in records})
