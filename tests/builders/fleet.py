"""What tests of sync do again and again: open jobs, push bytes as they are, look at what the database holds."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from httpx import AsyncClient, Response
from sqlalchemy import ColumnElement, Table, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Role
from service.database import Database
from service.recording.batch import Batch
from service.store.jobs import facts
from service.store.tables import customers, documents, members, metadata, sites
from sync.candidates import Author
from sync.clock import Exchange
from tests.builders.organisations import Organisation, Person, add_outlet, add_person
from tests.builders.phone import Phone, job_opened, visit_planned
from tests.folded import is_folded

PATIENCE_SECONDS = 15
"""Less than whoever waits for a lock is let wait."""
NOTE = {"text": "压缩机启动正常"}
CHECK_IN = {"uniform": {"code": "uniform", "result": "pass"}, "badge": {"code": "badge", "result": "pass"}}
DAY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("visit_accepted", {}),
    ("departed", {}),
    ("arrived", {}),
    ("checked_in", CHECK_IN),
    ("work_started", {}),
)


class Said(msgspec.Struct, frozen=True):
    """One outcome, with the answer in the very bytes that came over the wire."""

    index: int
    outcome: str
    answer: msgspec.Raw

    @property
    def code(self) -> str | None:
        """Why it was not recorded."""
        code: str | None = msgspec.json.decode(self.answer)["code"]
        return code


class _Answer(msgspec.Struct, frozen=True):
    outcomes: list[Said]


async def push_bytes(client: AsyncClient, person: Person, body: bytes) -> Response:
    """Push a body exactly as it stands."""
    headers = {**person.headers, "Content-Type": "application/json"}
    return await client.post("/v1/sync/push", content=body, headers=headers)


async def push_each(client: AsyncClient, person: Person, raws: Sequence[bytes]) -> list[Said]:
    """Push facts as bytes; what was said of each."""
    answer = await push_bytes(client, person, b'{"facts":[%b]}' % b",".join(raws))
    assert answer.status_code == 200, answer.text
    return said(answer)


def said(answer: Response) -> list[Said]:
    """The outcomes of a push, undecoded."""
    return msgspec.json.decode(answer.content, type=_Answer).outcomes


def fact(job_id: UUID, kind: str = "note_added", body: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One fact, by default a note that nobody can object to."""
    at = datetime.now(UTC).isoformat()
    said = NOTE if body is None else body
    return {"id": str(uuid4()), "job_id": str(job_id), "happened_at": at, kind: said, **more}


def encoded(record: dict[str, Any]) -> bytes:
    return msgspec.json.encode(record)


async def planned_job(
    desk: Phone, outlet_id: UUID, technician: Person, *, begins: int = 60, **opening: Any
) -> tuple[UUID, UUID]:
    """A job with a visit of this technician that `begins` so many minutes into the day; the ids of both."""
    job_id, visit_id = uuid4(), uuid4()
    plan = visit_planned(technician.actor.member_id, minute=begins)
    answer = await desk.push(
        desk.fact(job_id, "job_opened", job_opened(outlet_id, **opening)),
        desk.fact(job_id, "visit_planned", plan, visit_id=visit_id, minute=1),
    )
    assert outcomes(answer) == ["recorded", "recorded"]
    return job_id, visit_id


def both(client: AsyncClient, organisation: Organisation) -> tuple[Phone, Phone]:
    """The dispatcher's desk and the technician's phone."""
    return Phone(client, organisation.dispatcher), Phone(client, organisation.technician)


def day(phone: Phone, job_id: UUID, visit_id: UUID, start: int = 60) -> list[dict[str, Any]]:
    """A technician's facts up to the start of work."""
    return [
        phone.fact(job_id, kind, body, visit_id=visit_id, minute=start + minute)
        for minute, (kind, body) in enumerate(DAY)
    ]


def outcomes(answer: dict[str, Any]) -> list[str]:
    return [each["outcome"] for each in answer["outcomes"]]


def codes(answer: dict[str, Any]) -> list[str | None]:
    return [each["answer"]["code"] for each in answer["outcomes"]]


async def stored(database: Database, table: Table, *where: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Rows of a table."""
    async with database.reader() as db:
        return [dict(row) for row in (await db.execute(select(table).where(*where))).mappings()]


async def assert_folded(database: Database, org_id: UUID, *job_ids: UUID) -> None:
    """The stored document of each job is what its log folds to: nothing was lost, nothing counted twice."""
    async with database.reader() as db:
        logs = await facts.logs(db, org_id, job_ids)
    for job_id, log in logs.items():
        assert [each.log_number for each in log] == list(range(1, len(log) + 1))
        (document,) = await stored(database, documents, documents.c.org_id == org_id, documents.c.id == job_id)
        assert is_folded(document["body"], job_id, log)


async def a_site(database: Database, organisation: Organisation, name: str = "顾客甲") -> UUID:
    """A customer of the outlet with one site."""
    customer_id, site_id, org_id = uuid4(), uuid4(), organisation.org_id
    async with database.transaction() as db:
        customer = {"org_id": org_id, "id": customer_id, "outlet_id": organisation.outlet_id, "name": name}
        await db.execute(insert(customers).values(customer))
        place = {"address": "西湖区 1 号", "time_zone": "Asia/Shanghai"}
        await db.execute(insert(sites).values(org_id=org_id, id=site_id, customer_id=customer_id, **place))
    return site_id


async def a_person(database: Database, organisation: Organisation, role: Role, login: str, *outlet_ids: UUID) -> Person:
    """Another member of the organisation; of its first outlet unless told, of every outlet when admin."""
    async with database.transaction() as db:
        person = await add_person(db, organisation.org_id, organisation.outlet_id, role, login, login)
        if outlet_ids or role is Role.ADMIN:
            own = update(members).where(members.c.org_id == organisation.org_id, members.c.id == person.actor.member_id)
            await db.execute(own.values(outlet_ids=list(outlet_ids)))
    return person


async def an_outlet(database: Database, organisation: Organisation, code: str) -> UUID:
    """Another outlet of the organisation."""
    outlet_id = uuid4()
    async with database.transaction() as db:
        await add_outlet(db, organisation.org_id, outlet_id, code=code, name=code)
    return outlet_id


async def rows_of(database: Database, org_id: UUID) -> dict[str, list[str]]:
    """Every row of an organisation, with the transaction that wrote it."""
    found = {}
    for table in metadata.sorted_tables:
        query = f"SELECT xmin::text || ' ' || t::text FROM {table.name} t WHERE org_id = $1"  # noqa: S608
        found[table.name] = sorted(row[0] for row in await database.pull_pool.fetch(query, org_id))
    return found


def batch(person: Person) -> Batch:
    """What the push route hands over for this member."""
    actor = person.actor
    author = Author(member_id=actor.member_id, role=actor.role, device_id=actor.device_id, outlet_ids=actor.outlet_ids)
    exchange = Exchange(server_at=datetime.now(UTC), device_at=None, uptime_ms=None, boot_id=None)
    return Batch(org_id=actor.org_id, author=author, exchange=exchange)


@asynccontextmanager
async def open_transaction(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction on a connection of its own that has its id already, and ends as the test says."""
    async with database.engine.connect() as db:
        await db.begin()
        await db.execute(text("SELECT pg_current_xact_id()"))
        yield db


async def until_somebody_waits(database: Database) -> None:
    """Return once a statement waits for what another transaction holds."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await database.pull_pool.fetchval(waiting):
            pass
