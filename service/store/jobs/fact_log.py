"""Reading the log: page by page for one job, or fact by fact by id."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Raw, Struct
from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import TimeGrade
from domain.people.actor import Actor, Role
from service.http import paging
from service.http.paging import Number, Paging, Slice
from service.store.cases.quarantine import RELEASED
from service.store.privacy import erasures
from service.store.privacy.erasures import PositionErased
from service.store.sets import any_of
from service.store.tables import facts, quarantine
from sync.record import Record, read
from sync.wire import AsSent

_ENTRY = (
    "log_number",
    "id",
    "visit_id",
    "kind",
    "author_id",
    "author_role",
    "device_id",
    "seq",
    "base_version",
    "schema",
)
_TIMES = ("happened_at", "recorded_at", "corrected_at", "time_grade")


class LogEntry(Struct, frozen=True, kw_only=True):
    """One fact of a job's log: what its author said, and what the server added.

    `base_version` is how many facts of this log its author had seen; `record` holds the version that they named.
    `digest` is that of the content; `chain` binds it to all that came before. `released_by` decided that a fact
    which had been set aside enters the log in its author's name. `position_erased`: `record` is as it was sent but for
    its position, whose time is over; `digest` is that of the whole.
    """

    log_number: int
    id: UUID
    visit_id: UUID | None
    kind: str
    author_id: UUID
    author_role: Role
    device_id: UUID
    seq: int | None
    base_version: int
    schema: int
    happened_at: datetime
    recorded_at: datetime
    corrected_at: datetime
    time_grade: TimeGrade
    digest: str
    chain: str
    released_by: UUID | None
    position_erased: PositionErased | None
    record: AsSent


class LogPage(Slice[LogEntry], frozen=True, kw_only=True):
    """Part of a job's log, in the order of recording."""


class LoggedFact(Struct, frozen=True):
    """A fact as the log holds it, with the answer that its author was given."""

    job_id: UUID
    author_id: UUID
    record: Record
    answer: bytes


async def page(db: AsyncConnection, actor: Actor, job_id: UUID, query: Paging) -> LogPage:
    """The next part of the log. Whether the actor may see the job is for the caller to have asked."""
    held = (quarantine.c.org_id == facts.c.org_id) & (quarantine.c.fact_id == facts.c.id)
    same = held & (quarantine.c.digest == facts.c.digest) & (quarantine.c.state == RELEASED)
    columns = [facts.c[name] for name in (*_ENTRY, *_TIMES, "digest", "chain", "record")]
    statement = (
        select(*columns, quarantine.c.decided_by)
        .outerjoin(quarantine, same)
        .where(facts.c.org_id == actor.org_id, facts.c.job_id == job_id, facts.c.log_number > _after(query, job_id))
        .order_by(facts.c.log_number)
        .limit(query.limit + 1)
    )
    found = (await db.execute(statement)).all()
    rows, cursor = paging.part(query, _name(job_id), found, lambda last: Number(last.log_number))
    erased = await erasures.of_facts(db, actor.org_id, [job_id], [row.id for row in rows])
    items = tuple(_entry(row, erased.get(row.id)) for row in rows)
    return LogPage(items=items, next_cursor=cursor, has_more=cursor is not None)


async def find(db: AsyncConnection, org_id: UUID, fact_id: UUID) -> LoggedFact | None:
    """The fact of this id, if the log holds it."""
    query = select(facts.c.job_id, facts.c.author_id, facts.c.record, facts.c.schema, facts.c.outcome).where(
        facts.c.org_id == org_id, facts.c.id == fact_id
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return None
    record = read(row.record, row.schema)
    assert isinstance(record, Record), "a recorded fact was readable when it was recorded"
    return LoggedFact(row.job_id, row.author_id, record, row.outcome)


async def count_by_author(db: AsyncConnection, org_id: UUID, job_id: UUID, author_id: UUID) -> int:
    """How many facts of the job are by this author."""
    own = (facts.c.org_id == org_id, facts.c.job_id == job_id, facts.c.author_id == author_id)
    return int(await db.scalar(select(func.count()).where(*own)) or 0)


async def logged_ids(db: AsyncConnection, org_id: UUID, fact_ids: Collection[UUID]) -> set[UUID]:
    """Which of these ids the log holds already. One statement; none for no ids."""
    if not fact_ids:
        return set()
    own = (facts.c.org_id == org_id) & (facts.c.id == any_of("fact_ids"))
    return set(await db.scalars(select(facts.c.id).where(own), {"fact_ids": list(fact_ids)}))


async def is_held(db: AsyncConnection, org_id: UUID, fact_id: UUID) -> bool:
    """Whether something in quarantine has this id."""
    query = select(quarantine.c.id).where(quarantine.c.org_id == org_id, quarantine.c.fact_id == fact_id).limit(1)
    return await db.scalar(query) is not None


def _after(query: Paging, job_id: UUID) -> int:
    last = paging.key_after(query, _name(job_id), Number)
    return 0 if last is None else last.number


def _name(job_id: UUID) -> str:
    return f"facts of {job_id}"


def _entry(row: Row[*tuple[Any, ...]], erased: PositionErased | None) -> LogEntry:
    plain = {name: getattr(row, name) for name in (*_ENTRY, *_TIMES)}
    words = {"author_role": Role(row.author_role), "time_grade": TimeGrade(row.time_grade)}
    said_by = {"digest": row.digest.hex(), "chain": row.chain.hex(), "released_by": row.decided_by}
    return LogEntry(**{**plain, **words, **said_by, "position_erased": erased, "record": Raw(row.record)})
