"""One request through one operation: sign in, read, decode, act in a transaction, encode."""

from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any

import msgspec
import structlog
from litestar.types import ASGIApp
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.people.actor import Actor
from service import attempts
from service.database import Database
from service.http import decoding, failures, reading
from service.http.answers import API_POLICY, NOT_STORED, REVALIDATED, Answer, Headers
from service.http.endpoint import Download, EncodedJson, HeadersOnly, Media, Operation
from service.http.errors import Refused, problem_answer
from service.http.made_to_order import made_at
from service.http.reading import HttpRequest
from service.http.streaming import DownloadAnswer, Events, EventsAnswer
from service.sign_in import auth

_encode = msgspec.json.Encoder().encode
_log = structlog.get_logger("onsite")


async def serve(operation: Operation, request: HttpRequest) -> ASGIApp:
    """The operation's answer, or the problem that took its place. Nothing is raised."""
    try:
        values = await _values(operation, request)
        return _answer(await _act(operation, request, values), operation, request)
    except Exception as error:  # noqa: BLE001 (the one place where every failure becomes an answer)
        return refuse(request, error, operation.id)


def refuse(request: HttpRequest, error: Exception, operation_id: str) -> Answer:
    """The problem that `error` means to the one who asked; what nobody foresaw is logged."""
    refused, request_id = failures.refusal_of(error), reading.request_id(request)
    if refused.code == "internal_error":
        failures.log_bug(error, request_id=request_id, operation=operation_id)
    elif refused.code == "busy":
        told = {"error": type(error).__qualname__, "sqlstate": attempts.sqlstate(error)}
        _log.warning("busy", request_id=request_id, operation=operation_id, **told)
    return problem_answer(
        refused,
        language=reading.language(request),
        # A server may hand bytes that are no text on as lone surrogates, which JSON cannot carry.
        instance=request.scope["path"].encode(errors="replace").decode(),
        request_id=request_id,
    )


async def _values(operation: Operation, request: HttpRequest) -> dict[str, Any]:
    """What the handler's parameters are given, all but the connection."""
    takes = operation.takes
    values: dict[str, Any] = {}
    if operation.own_sign_in:
        values["claims"] = await auth.verified(request)
    elif not operation.public:
        actor = await _sign_in(operation, request)
        if "actor" in takes:
            values["actor"] = actor
    if "database" in takes:
        values["database"] = request.app.state.database
    if "request" in takes:
        values["request"] = request
    # Nobody's path, query or body is looked at before their token is.
    return values | await _read_values(operation, request)


async def _read_values(operation: Operation, request: HttpRequest) -> dict[str, Any]:
    """What the request itself holds, each by its type."""
    values: dict[str, Any] = {}
    if operation.path_parameters:
        values |= decoding.decode_path(request.scope["path_params"], operation.path_parameters)
    if operation.query is not None:
        values["query"] = decoding.decode_query(request.scope["query_string"], operation.query)
    if operation.headers is not None:
        values["headers"] = decoding.decode_headers(request.scope["headers"], operation.headers)
    if "expected_version" in operation.takes:
        values["expected_version"] = _expected_version(operation, request)
    if operation.body is not None:
        raw = await reading.read_body(request, operation.body_bytes)
        values["body"] = operation.decode(raw) if operation.decode else decoding.decode_body(raw, operation.body)
    return values


async def _sign_in(operation: Operation, request: HttpRequest) -> Actor:
    actor = await auth.authenticate(request)
    request.scope["state"]["actor"] = actor
    return actor if operation.right is None else auth.require(actor, operation.right)


def _expected_version(operation: Operation, request: HttpRequest) -> int | None:
    version = reading.expected_version(request)
    if version is None and operation.needs_version:
        raise Refused("version_required")
    return version


async def _act(operation: Operation, request: HttpRequest, values: dict[str, Any]) -> object:
    if "db" not in operation.takes:
        return await operation.handler(**values)
    return await attempts.repeated(partial(_act_once, operation, request, values))


async def _act_once(operation: Operation, request: HttpRequest, values: dict[str, Any]) -> object:
    async with _connection(operation, request.app.state.database) as db:
        return await operation.handler(**values, db=db)


def _connection(operation: Operation, database: Database) -> AbstractAsyncContextManager[AsyncConnection]:
    return database.reader() if operation.method == "GET" else database.transaction()


def _answer(result: object, operation: Operation, request: HttpRequest) -> ASGIApp:
    request_id = reading.request_id(request)
    if isinstance(result, Events | Media | HeadersOnly | Download):
        return _as_it_is(result, operation.status, request_id)
    if result is None:
        return Answer(204, b"", request_id)
    body = result.body if isinstance(result, EncodedJson) else _encode(result)
    if operation.made_at is not None:
        told = (*API_POLICY, *NOT_STORED, *made_at(operation.made_at, result))
        return Answer(operation.status, body, request_id, headers=told)
    version = getattr(result, "version", None)
    if version is None:
        return Answer(operation.status, body, request_id)
    tag = f'"{version}"'.encode()
    headers: Headers = (*API_POLICY, *REVALIDATED, (b"etag", tag))
    if operation.method == "GET" and _holds(reading.header(request, b"if-none-match"), tag):
        return Answer(304, b"", request_id, headers=headers)
    return Answer(operation.status, body, request_id, headers=headers)


def _as_it_is(result: Events | Media | HeadersOnly | Download, status: int, request_id: str) -> ASGIApp:
    match result:
        case Events():
            return EventsAnswer(result.words, request_id)
        case Media():
            kind = result.media_type.encode()
            return Answer(result.status or status, result.body, request_id, kind, result.headers)
        case HeadersOnly():
            return Answer(result.status or status, b"", request_id, headers=result.headers)
        case Download():
            return DownloadAnswer(result, request_id)


def _holds(if_none_match: bytes | None, tag: bytes) -> bool:
    if if_none_match is None:
        return False
    return any(choice.strip().removeprefix(b"W/") in {tag, b"*"} for choice in if_none_match.split(b","))
