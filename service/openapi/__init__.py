"""The contract, built from the very declarations that serve the requests."""

import inspect
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from service.http.endpoint import Operation
from service.http.errors import Problem
from service.openapi import problems, webhooks
from service.openapi.operations import WITHOUT_SCHEMA, described
from service.openapi.schemas import Schemas, component_schemas, name_of
from service.store.webhooks.events import ToldEvent
from sync.wire import WIRE_FACT

__all__ = ["document", "document_bytes"]

VERSION = "0.1.0"
DESCRIPTION = """\
After-sales service at the customer's door, for a technician's phone and a dispatcher's desk. Whoever writes the phone's
app begins with docs/sync.md of the project, whoever wants a client with its openapi/README.md.

Every refusal is a problem document (RFC 9457). Decide by its `code` and `retryable`; `title` and `detail` are prose in
the language of `Accept-Language` (zh, en). Times are RFC 3339 in UTC, money is an integer of minor units (`*_fen`).
Answers always carry every field, null where there is no value; on input null means absent. Enumerations may gain
values and answers may gain fields: accept what you do not know. Integers fit 64 bits and may exceed 53."""


def document_bytes(operations: Sequence[Operation]) -> bytes:
    """The document, byte for byte as openapi/openapi.json and the address /v1/openapi.json hold it."""
    return msgspec.json.format(msgspec.json.encode(document(operations)), indent=2) + b"\n"


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """OpenAPI 3.1."""
    listed = [operation for operation in operations if operation.listed]
    schemas = _schemas(listed)
    paths: dict[str, Any] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = described(operation, schemas)
    components = problems.with_codes(schemas.components)
    # A query's or header's fields are written out as parameters; nobody refers to the whole.
    parameters = [kind for operation in listed for kind in (operation.query, operation.headers) if kind is not None]
    queries = {name_of(schemas.sent[kind]) for kind in parameters}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Onsite",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The service that this document comes from"}],
        "tags": [*_tags(listed), webhooks.TAG],
        "paths": paths,
        "webhooks": webhooks.described(schemas),
        "components": {
            "schemas": {name: schema for name, schema in sorted(components.items()) if name not in queries},
            "responses": problems.shared_responses(listed),
            "securitySchemes": {"access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _records(operation: Operation) -> tuple[Any, ...]:
    return operation.request, operation.query, operation.headers


def _schemas(listed: Sequence[Operation]) -> Schemas:
    received = [kind for operation in listed for kind in _records(operation) if kind is not None]
    received += [kind for operation in listed for kind in operation.path_parameters.values()]
    answered = [operation.response for operation in listed if operation.response not in WITHOUT_SCHEMA]
    return component_schemas([*received, WIRE_FACT], [*answered, Problem, ToldEvent])


def _tags(listed: Sequence[Operation]) -> list[dict[str, str]]:
    """In reading order, each told by the docstring of the module, or package of modules, that its operations are in."""
    modules = {operation.tag: operation.handler.__module__ for operation in reversed(listed)}
    names = dict.fromkeys(operation.tag for operation in listed)
    return [{"name": name, "description": inspect.cleandoc(_said(modules[name], name) or "")} for name in names]


def _said(module: str, tag: str) -> str | None:
    package = module.rpartition(".")[0]
    return sys.modules[package if package.endswith(f".{tag}") else module].__doc__
