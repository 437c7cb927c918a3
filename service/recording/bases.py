"""Base versions as numbers of today's log: what an author had seen may have been counted before a restore."""

from collections.abc import Mapping
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.jobs import facts
from service.store.jobs.jobs import Locked
from sync import versions
from sync.record import Record


async def in_todays_numbers(
    db: AsyncConnection, org_id: UUID, locked: Mapping[UUID, Locked], fresh: Mapping[int, Record]
) -> dict[int, Record]:
    """The facts, each with its base as a number of facts. One statement; none where no base is of an earlier life.

    A fact about a job that does not exist keeps its base: it goes into quarantine, and its base is converted when it is
    released.
    """
    known = {index: locked[each.envelope.job_id] for index, each in fresh.items() if each.envelope.job_id in locked}
    over = {_place(fresh[index]) for index, job in known.items() if versions.is_over(_version(fresh[index]), job.lives)}
    left = await facts.left_by(db, org_id, over)
    found = dict(fresh)
    for index, job in known.items():
        most = left.get(_place(fresh[index]), job.state.job.version) if left else job.state.job.version
        base = versions.seen(_version(fresh[index]), job.lives, most)
        if base != _version(fresh[index]):
            found[index] = replace(fresh[index], envelope=replace(fresh[index].envelope, base_version=base))
    return found


def _place(record: Record) -> tuple[UUID, int]:
    return record.envelope.job_id, versions.decoded(_version(record))[0]


def _version(record: Record) -> int:
    return record.envelope.base_version
