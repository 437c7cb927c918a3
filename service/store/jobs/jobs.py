"""Jobs: locking them, and loading what was folded last."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import BindParameter, Row, Select, Uuid, bindparam, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.fold import Folded, empty
from domain.job.document import Job
from domain.memory import Memory
from domain.people.actor import Actor
from service.store.jobs.new_jobs import NO_CHAIN
from service.store.scopes import jobs_seen
from service.store.sets import any_of
from service.store.tables import documents, jobs, organisations, snapshots, webhooks
from sync.versions import decoded

_JOB = msgspec.json.Decoder(Job)
_MEMORY = msgspec.msgpack.Decoder(Memory)


_ORGANISATION: BindParameter[UUID] = bindparam("org_id", type_=Uuid())
# Of periods that are over, in whatever zone this session counts its days.
_FROZEN_UNTIL = select(func.max(snapshots.c.last_day)).where(
    snapshots.c.org_id == _ORGANISATION, snapshots.c.last_day <= func.current_date() + 1
)
# What is the organisation's is asked once, not with each job.
_LOCKED = (
    select(
        jobs.c.id,
        jobs.c.memory,
        jobs.c.chain,
        jobs.c.changed_at,
        jobs.c.version,
        documents.c.version.label("document_version"),
        documents.c.body,
        select(organisations.c.lives).where(organisations.c.org_id == _ORGANISATION).scalar_subquery().label("lives"),
        exists().where(webhooks.c.org_id == _ORGANISATION).label("has_webhooks"),
        _FROZEN_UNTIL.scalar_subquery().label("frozen_until"),
    )
    .outerjoin(documents, (documents.c.org_id == jobs.c.org_id) & (documents.c.id == jobs.c.id))
    .where(jobs.c.org_id == _ORGANISATION)
    .order_by(jobs.c.id)
    .with_for_update(of=jobs)
)
_THESE_LOCKED = _LOCKED.where(jobs.c.id == any_of("ids"))


class Locked(Struct, frozen=True):
    """A job that this transaction may change, with what is needed to go on from it."""

    state: Folded
    version: int
    """As apps see it; in `state` it is the number of facts."""
    lives: tuple[int, ...]
    """Of the organisation's data; the last is the present one."""
    recorded_at: datetime
    chain: bytes
    has_webhooks: bool
    """Whether the organisation has any: without, nobody is told of events."""
    frozen_until: date | None
    """The last day that any frozen report covers."""

    @property
    def shown(self) -> Job:
        """The job as apps see it."""
        return replace(self.state.job, version=self.version)

    @property
    def is_placeholder(self) -> bool:
        """Whether nobody has opened the job yet: the row is there to be locked."""
        return self.chain == NO_CHAIN


Rows = Mapping[UUID, Row[*tuple[Any, ...]]]
"""Of jobs that are locked: all that there is to know of them, still encoded."""


async def lock(db: AsyncConnection, org_id: UUID, job_ids: Collection[UUID]) -> dict[UUID, Locked]:
    """Lock these jobs, in id order so that no two transactions wait for each other, and load them."""
    return loaded(await lock_rows(db, org_id, job_ids))


async def lock_rows(db: AsyncConnection, org_id: UUID, job_ids: Collection[UUID]) -> Rows:
    """As `lock`, and what it found is for `loaded`."""
    return await _lock(db, _THESE_LOCKED, org_id=org_id, ids=list(job_ids))


def loaded(rows: Rows) -> dict[UUID, Locked]:
    """The locked jobs, decoded."""
    return {job_id: _locked(row) for job_id, row in rows.items()}


async def lock_seen(db: AsyncConnection, actor: Actor, job_id: UUID) -> Locked | None:
    """Lock one job; None when there is none that the actor may see."""
    wanted = _LOCKED.where(jobs.c.id == job_id, jobs_seen(actor))
    return loaded(await _lock(db, wanted, org_id=actor.org_id)).get(job_id)


async def chain_head(db: AsyncConnection, org_id: UUID, job_id: UUID) -> bytes:
    """The last value of the job's chain, which stands for its whole log."""
    chain = select(jobs.c.chain).where(jobs.c.org_id == org_id, jobs.c.id == job_id)
    head: bytes = (await db.execute(chain)).scalar_one()
    return head


async def _lock(db: AsyncConnection, wanted: Select[Any], **values: object) -> Rows:
    """One statement, and one more when another transaction had to be waited for.

    After a wait PostgreSQL rereads the locked row, but not the document beside it: that would lack what the other
    transaction recorded.
    """
    found = {row.id: row for row in await db.execute(wanted, values)}
    behind = [job_id for job_id, row in found.items() if row.version != (row.document_version or 0)]
    if behind:
        found.update({row.id: row for row in await db.execute(wanted.where(jobs.c.id.in_(behind)), values)})
    return found


def _locked(row: Row[*tuple[Any, ...]]) -> Locked:
    state = empty(row.id) if row.body is None else _state(_JOB.decode(row.body), row.memory)
    return Locked(state, row.version, tuple(row.lives), row.changed_at, row.chain, row.has_webhooks, row.frozen_until)


def _state(shown: Job, memory: bytes) -> Folded:
    _, count = decoded(shown.version)
    return Folded(replace(shown, version=count), _MEMORY.decode(memory))
