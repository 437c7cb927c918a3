"""One declared operation as OpenAPI."""

import inspect
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from service.http.endpoint import Download, HeadersOnly, Operation
from service.http.streaming import Events
from service.openapi import examples, problems
from service.openapi.directions import Schema
from service.openapi.sample_values import sample_value
from service.openapi.schemas import Schemas, referred

_ETAG = {"ETag": {"description": "The version, quoted; for If-Match and If-None-Match", "schema": {"type": "string"}}}
_MADE_AT = {
    "Location": {"description": "Where its state is read; `/file` below is the file", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before looking there", "schema": {"type": "string"}},
}
_TAG = {"type": "string", "examples": ['"7"']}
_BYTES = {"schema": {"type": "string", "format": "binary"}, "example": "the bytes"}
PARAMETER_WORDS: dict[str, str] = msgspec.json.decode(Path(__file__).with_name("parameter_words.json").read_bytes())
"""What narrows a list or a figure, by its name, which means the same everywhere."""
WITHOUT_SCHEMA = (type(None), Events, HeadersOnly, Download)
"""Answers that no schema of the contract tells."""
_EVENTS = {"text/event-stream": {"schema": {"type": "string"}, "example": "event: changed\ndata: {}\n\n"}}


def described(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """The operation object; summary and description are the handler's docstring."""
    summary, _, description = inspect.cleandoc(operation.handler.__doc__ or "").partition("\n")
    found: dict[str, Any] = {"operationId": operation.id, "tags": [operation.tag], "summary": summary.rstrip(".")}
    if text := "\n\n".join(part for part in (description.strip(), _own_codes(operation)) if part):
        found["description"] = text
    found["security"] = [{}] if operation.public else [{"access_token": []}]
    if parameters := _parameters(operation, schemas):
        found["parameters"] = parameters
    if operation.request is not None:
        content = _content(schemas.sent[operation.request], operation.example, schemas)
        found["requestBody"] = {"required": True, "content": content}
    return {**found, "responses": {**_success(operation, schemas), **problems.references(operation)}}


def _own_codes(operation: Operation) -> str:
    codes = ", ".join(f"`{code}`" for code in operation.problems)
    return f"Problem codes of its own: {codes}." if codes else ""


def _parameters(operation: Operation, schemas: Schemas) -> list[dict[str, Any]]:
    found = [
        _parameter("path", name, {**_code_shown(operation, name), **schemas.sent[kind]})
        for name, kind in operation.path_parameters.items()
    ]
    if operation.query is not None:
        record = referred(schemas.sent[operation.query], schemas.components)
        required = record.get("required", ())
        for name, schema in record["properties"].items():
            found.append(_parameter("query", name, schema, required=name in required))
    if operation.headers is not None:
        record = referred(schemas.sent[operation.headers], schemas.components)
        required = record.get("required", ())
        for name, schema in record["properties"].items():
            found.append(_parameter("header", name, schema, required=name in required))
    if operation.version is not None:
        said = {**_TAG, "description": "The ETag of what the change was made from"}
        found.append(_parameter("header", "If-Match", said, required=operation.needs_version))
    elif operation.method == "GET" and _has_version(operation, schemas):
        said = {**_TAG, "description": "An ETag read before; 304 when it is still the current one"}
        found.append(_parameter("header", "If-None-Match", said, required=False))
    return found


def _parameter(place: str, name: str, schema: Schema, *, required: bool = True) -> dict[str, Any]:
    plain = {key: value for key, value in schema.items() if key not in {"description", "example"}}
    if isinstance(kinds := plain.get("type"), list):
        # A parameter that is absent is left out; no request can carry null in its address.
        plain["type"] = kinds[0]
    said = schema.get("description") or (PARAMETER_WORDS[name] if place == "query" else f"Which {_noun(name)}")
    found = {"name": name, "in": place, "required": required, "description": said, "schema": plain}
    shown = schema.get("example", sample_value(plain, "", name))
    # What may be left out is left out when the page is tried.
    return {**found, "example": shown} if required and shown is not msgspec.UNSET else found


def _code_shown(operation: Operation, name: str) -> Schema:
    """The code in the address is that of what is written or read there."""
    shown = operation.example or operation.response_example
    code = getattr(getattr(shown, "item", shown), name, None) if name == "code" else None
    return {} if code is None else {"example": code}


def _noun(name: str) -> str:
    return name.removesuffix("_id").replace("_", " ")


def _success(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    if operation.response is type(None):
        return {"204": {"description": "Done; nothing to tell"}}
    if operation.response is HeadersOnly:
        told = {name: _header(said) for name, said in operation.answer_headers.items()}
        return {str(operation.status): {"description": "Done; all there is to tell is in the headers", "headers": told}}
    if operation.response is Download:
        content = dict.fromkeys(operation.media_types, _BYTES)
        return {"200": {"description": "The bytes", "content": content, "headers": _ETAG}}
    if operation.response is Events:
        return {"200": {"description": "Events, until the stream ends", "content": _EVENTS}}
    schema = schemas.told[operation.response]
    content = _content(schema, operation.response_example, schemas)
    answer = {"description": referred(schema, schemas.components).get("description", "Done"), "content": content}
    if operation.made_at is not None:
        answer["headers"] = _MADE_AT
    if not _has_version(operation, schemas):
        return {str(operation.status): answer}
    found = {str(operation.status): {**answer, "headers": _ETAG}}
    if operation.method == "GET":
        found["304"] = {"description": "Unchanged since the ETag in If-None-Match", "headers": _ETAG}
    return found


def _has_version(operation: Operation, schemas: Schemas) -> bool:
    if operation.response in WITHOUT_SCHEMA:
        return False
    return "version" in referred(schemas.told[operation.response], schemas.components)["properties"]


def _header(said: str) -> dict[str, Any]:
    return {"description": said, "schema": {"type": "string"}}


def _content(schema: Schema, example: Struct | None, schemas: Schemas) -> dict[str, Any]:
    shown = examples.drawn(schema, schemas.components) if example is None else examples.given(example)
    return {"application/json": {"schema": schema, "example": shown}}
