"""Base versions as numbers of today's log: what an author had seen may have been counted before a restore."""

from collections.abc import Mapping
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.jobs import facts
from service.store.jobs.jobs import Locked
from service.store.people import organisations
from sync import versions
from sync.record import Record


async def in_todays_numbers(
    db: AsyncConnection,
    org_id: UUID,
    locked: Mapping[UUID, Locked],
    fresh: Mapping[int, Record],
    *,
    brought_back: bool,
) -> dict[int, Record]:
    """The facts, each with its base as a number of facts. One statement; none where no base is of an earlier life.

    Facts that are brought back after a restore are no longer `strict`. A fact about a job that does not exist keeps its
    base: it goes into quarantine, and its base is converted when it is released.
    """
    known = {index: locked[each.envelope.job_id] for index, each in fresh.items() if each.envelope.job_id in locked}
    over = {_place(fresh[index]) for index, job in known.items() if versions.is_over(_version(fresh[index]), job.lives)}
    left = await facts.left_by(db, org_id, over)
    found = _brought_back(fresh) if brought_back else await _unless_lost(db, org_id, locked, fresh)
    for index, job in known.items():
        most = left.get(_place(fresh[index]), job.state.job.version) if left else job.state.job.version
        base = versions.seen(_version(fresh[index]), job.lives, most)
        if base != _version(fresh[index]):
            found[index] = replace(found[index], envelope=replace(found[index].envelope, base_version=base))
    return found


def _brought_back(fresh: Mapping[int, Record]) -> dict[int, Record]:
    return {index: replace(each, envelope=replace(each.envelope, strict=False)) for index, each in fresh.items()}


async def _unless_lost(
    db: AsyncConnection, org_id: UUID, locked: Mapping[UUID, Locked], fresh: Mapping[int, Record]
) -> dict[int, Record]:
    """The facts; `strict` no longer holds for one whose author had seen what a restore lost.

    A phone that was set back itself does not know that such a fact was acknowledged before. Jobs that do not exist are
    treated alike, so that nobody learns which jobs there are.
    """
    strict = {index: each for index, each in fresh.items() if each.envelope.strict}
    if not strict:
        return dict(fresh)
    lives = next((job.lives for job in locked.values()), None) or await organisations.lives(db, org_id)
    late = {index: each for index, each in strict.items() if versions.is_of_a_lost_log(_version(each), lives)}
    return {**fresh, **_brought_back(late)}


def _place(record: Record) -> tuple[UUID, int]:
    return record.envelope.job_id, versions.decoded(_version(record))[0]


def _version(record: Record) -> int:
    return record.envelope.base_version
