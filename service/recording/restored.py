"""Facts that a restore lost: what is brought back was asked for once, and is not asked for again."""

from collections.abc import Mapping
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from service.store.jobs.jobs import Locked
from service.store.people import organisations
from sync import versions
from sync.record import Record


async def not_asked_again(
    db: AsyncConnection,
    org_id: UUID,
    locked: Mapping[UUID, Locked],
    fresh: Mapping[int, Record],
    *,
    brought_back: bool,
) -> dict[int, Record]:
    """The facts; those that are brought back after a restore are no longer `strict`."""
    return _brought_back(fresh) if brought_back else await _unless_lost(db, org_id, locked, fresh)


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
    late = {
        index: each for index, each in strict.items() if versions.is_of_a_lost_log(each.envelope.base_version, lives)
    }
    return {**fresh, **_brought_back(late)}


def _brought_back(fresh: Mapping[int, Record]) -> dict[int, Record]:
    return {index: replace(each, envelope=replace(each.envelope, strict=False)) for index, each in fresh.items()}
