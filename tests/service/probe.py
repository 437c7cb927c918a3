"""Operations that exist for tests of the layer beneath all operations."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from httpx import Response
from litestar import Litestar
from msgspec import Meta
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service.app import create_app
from service.database import Database
from service.http.endpoint import EncodedJson, Input, Operation, Output, get, post, put
from service.settings import Settings

Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Name = Annotated[str, Meta(min_length=1, max_length=20)]
Moment = Annotated[datetime, Meta(tz=True)]


class Part(Input, frozen=True, kw_only=True):
    code: Name
    count: Count


class Order(Input, frozen=True, kw_only=True):
    name: Name
    at: Moment | None = None
    parts: Annotated[tuple[Part, ...], Meta(max_length=3)] = ()


class Search(Input, frozen=True, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=100)] = 10
    statuses: tuple[Name, ...] = ()
    since: Moment | None = None


class Sql(Input, frozen=True, kw_only=True):
    statement: str


class Seen(Output, frozen=True, kw_only=True):
    said: str
    version: int


attempts: list[int] = []


@post("/order", public=True)
async def give_order(body: Order) -> Seen:
    return Seen(said=body.name, version=len(body.parts))


@post("/small", public=True, body_bytes=1024)
async def give_small_order(body: Order) -> Seen:
    return Seen(said=body.name, version=1)


@get("/search", public=True)
async def search(query: Search) -> Seen:
    return Seen(said=f"{query.limit} {','.join(query.statuses)}", version=7)


@get("/things/{thing_id}", public=True)
async def read_thing(thing_id: UUID) -> Seen:
    return Seen(said=str(thing_id), version=7)


@put("/things/{thing_id}", public=True)
async def change_thing(thing_id: UUID, expected_version: int) -> Seen:
    return Seen(said=str(thing_id), version=expected_version + 1)


@post("/sql", public=True)
async def run_sql(db: AsyncConnection, body: Sql) -> Seen:
    attempts.append(1)
    await db.execute(text(body.statement))
    return Seen(said="done", version=1)


@post("/sql-then-fail", public=True)
async def run_sql_then_fail(db: AsyncConnection, body: Sql) -> Seen:
    await db.execute(text(body.statement))
    raise ValueError(body.statement)


@get("/plan", right="plan_visits")
async def read_plan(actor: Actor) -> Seen:
    return Seen(said=actor.role.value, version=1)


@get("/ready-made", public=True, response=Seen)
async def read_ready_made() -> EncodedJson:
    return EncodedJson(b'{"said":"' + b"x" * 2000 + b'","version":3}', version=3)


OPERATIONS: tuple[Operation, ...] = (
    give_order,
    give_small_order,
    search,
    read_thing,
    change_thing,
    run_sql,
    run_sql_then_fail,
    read_plan,
    read_ready_made,
)


def probe_app(database: Database, settings: Settings) -> Litestar:
    app = create_app(settings, "postgresql://", OPERATIONS)
    app.state.database = database
    return app


def problem(answer: Response) -> tuple[int, str]:
    """Status and code, of an answer that is a problem document."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return answer.status_code, answer.json()["code"]
