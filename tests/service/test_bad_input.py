"""Whatever bytes arrive at whatever operation, the answer is a problem with a 4xx and never a 500."""

import re
from typing import NamedTuple
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from msgspec.structs import fields

from domain.people.actor import Role, may
from service.database import Database
from service.http.endpoint import Operation
from service.http.errors import PROBLEMS
from service.routes import OPERATIONS
from tests.builders.organisations import Organisation, Person, add_person

WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
WITH_QUERY = [operation for operation in OPERATIONS if operation.query is not None]
WITH_PATH = [operation for operation in OPERATIONS if operation.path_parameters]
SIGNED_IN = [operation for operation in OPERATIONS if not operation.public]

BODIES = (
    b"",
    b" ",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"[[]]",
    b"{",
    b"{}}",
    b'{"":""}',
    b"\x00",
    b"\xff\xfe{\x00}\x00",
    b'{"\xc3\x28": 1}',
    b"[" * 100_000,
    b'{"a":' * 20_000,
    b'{"a": 1e999999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    rb'{"a": "\ud800"}',
    rb'{"a": "\u0000"}',
    "{“a”: 1}".encode(),
    b"<xml/>",
    b"a=1&b=2",
    b'{"a": 1, "a": 2}',
    b'{"__proto__": {}, "constructor": 1}',
    b"[]," * 300_000,
)
QUERIES: tuple[str, ...] = (
    "limit=-1",
    "limit=1e9",
    "limit=99999999999999999999999",
    "cursor=%00",
    "cursor=" + "x" * 600,
    "a[]=1",
)
QUERIES += ("cursor=%F0%28%8C%BC", "=", "&&&=&", "%", "cursor=é", "limit=1&limit=2", "cursor=bm90IG91cnM")
PATHS = (
    "1",
    "%00",
    "%FF",
    "null",
    "..%2F..",
    "00000000-0000-0000-0000-00000000000g",
    "x" * 2000,
    "'; DROP TABLE jobs; --",
)
TOKENS = (
    "",
    "Bearer",
    "Bearer ",
    "Bearer a.b.c",
    "Basic eDp5",
    "bearer " + "x" * 5000,
    "Bearer ..",
    "Bearer é",
    "DPoP x",
)


class Everybody(NamedTuple):
    """Members of one outlet, at the desk and at the door."""

    dispatcher: Person
    admin: Person
    technician: Person

    def at_desk(self, operation: Operation) -> Person:
        """One who would be answered, so that what is wrong is seen."""
        held = operation.right is None or may(self.dispatcher.actor, operation.right)
        return self.dispatcher if held else self.admin


@pytest.fixture
async def everybody(database: Database, an_organisation: Organisation) -> Everybody:
    async with database.transaction() as db:
        where = an_organisation.org_id, an_organisation.outlet_id
        admin = await add_person(db, *where, Role.ADMIN, "ADMIN", "管理员")
    return Everybody(an_organisation.dispatcher, admin, an_organisation.technician)


def name_of(operation: Operation) -> str:
    return operation.id


def address(operation: Operation, filling: str | None = None) -> str:
    return re.sub(r"\{\w+\}", lambda _: str(uuid4()) if filling is None else filling, operation.path)


def is_refused_properly(answer: Response, *, or_found: bool = False) -> bool:
    if or_found and answer.status_code < 400:
        return True
    known = answer.json()["code"] in PROBLEMS and answer.headers["content-type"] == "application/problem+json"
    return known and 400 <= answer.status_code < 500


def is_told_on_a_page(answer: Response) -> bool:
    """What a person's browser shows, and nobody keeps."""
    shown = answer.headers["content-type"], answer.headers.get("cache-control")
    return shown == ("text/html; charset=utf-8", "no-store") and 400 <= answer.status_code < 500


@pytest.mark.parametrize("operation", WITH_BODY, ids=name_of)
async def test_no_bytes_as_a_body_break_an_operation(
    operation: Operation, client: AsyncClient, everybody: Everybody
) -> None:
    for person in everybody:
        headers = {**person.headers, "content-type": "application/json", "if-match": '"1"'}
        for body in BODIES:
            answer = await client.request(operation.method, address(operation), content=body, headers=headers)

            # A push or pull from a newer app may carry fields that this release does not know.
            assert is_refused_properly(answer, or_found=operation.tag == "sync"), (body[:40], answer.text)


@pytest.mark.parametrize("operation", WITH_QUERY, ids=name_of)
async def test_no_query_breaks_an_operation(operation: Operation, client: AsyncClient, everybody: Everybody) -> None:
    for query in QUERIES:
        answer = await client.get(f"{address(operation)}?{query}", headers=everybody.at_desk(operation).headers)

        assert is_refused_properly(answer), (query, answer.text)


@pytest.mark.parametrize("operation", WITH_QUERY, ids=name_of)
async def test_a_filter_that_says_null_or_a_bare_number_for_a_moment_is_refused_not_dropped(
    operation: Operation, client: AsyncClient, everybody: Everybody
) -> None:
    kinds = {field.encode_name: str(field.type) for field in fields(operation.query)}
    spelt = [(name, "null") for name, kind in kinds.items() if "str" not in kind and "tuple" not in kind]
    spelt += [(name, "1700000000") for name, kind in kinds.items() if "datetime" in kind]
    needed = {field.encode_name: _a_time(field.type) for field in fields(operation.query) if field.required}
    for name, text in spelt:
        query = {**needed, name: text}
        answer = await client.get(address(operation), params=query, headers=everybody.at_desk(operation).headers)

        assert [error["pointer"] for error in answer.json().get("errors", ())] == [f"/{name}"], (query, answer.text)


@pytest.mark.parametrize("operation", WITH_PATH, ids=name_of)
async def test_no_path_breaks_an_operation(operation: Operation, client: AsyncClient, everybody: Everybody) -> None:
    headers = {**everybody.at_desk(operation).headers, "content-type": "application/json", "if-match": '"1"'}
    for filling in PATHS:
        path = address(operation, filling)
        answer = await client.request(
            operation.method, path, content=b"{}" if operation.body else None, headers=headers
        )

        told = not operation.listed and is_told_on_a_page(answer)
        assert told or is_refused_properly(answer, or_found=operation.public), (filling, answer.text)


@pytest.mark.parametrize("operation", SIGNED_IN, ids=name_of)
async def test_no_operation_answers_without_a_valid_token(operation: Operation, client: AsyncClient) -> None:
    for token in TOKENS:
        headers = {b"authorization": token.encode()} if token else {}
        answer = await client.request(operation.method, address(operation), headers=headers)

        assert answer.status_code == 401, (token, answer.text)
        assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
async def test_every_other_method_is_refused_with_those_that_work(operation: Operation, client: AsyncClient) -> None:
    allowed = {known.method for known in OPERATIONS if known.path == operation.path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
        answer = await client.request(method, address(operation))

        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert allowed <= set(answer.headers["allow"].split(", "))


def _a_time(kind: object) -> str:
    """Any that fits: a day, or a moment."""
    return "2025-07-01" if "datetime.date," in str(kind) else "2025-07-01T00:00:00Z"
