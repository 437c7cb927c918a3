"""Shapes JSON Schemas so that client generators get them right; each rule has a law in test_openapi_schemas."""

import inspect
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from service.openapi.directions import REF, Schema, directed, renamed
from service.openapi.moments import moments

INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}

PUBLISHED = {
    "Case": "CaseRecord",
    "Part": "SparePart",
    "Result": "CheckResult",
    "Task": "BackgroundTask",
    "Unit": "UnitOfMeasure",
}
"""What clients call the types whose own name means something else in a language: Dart's `part`, Kotlin's `Unit`."""


class Schemas(Struct, frozen=True):
    """What each type is called inside a request and inside an answer (itself when it has no name), and the named."""

    sent: dict[Any, Schema]
    told: dict[Any, Schema]
    components: dict[str, Schema]


def component_schemas(requests: Iterable[Any], responses: Iterable[Any]) -> Schemas:
    """The schemas of what is sent and of what is answered."""
    requests, responses = list(requests), list(responses)
    types = [*requests, *responses]
    plain, named = msgspec.json.schema_components(types, ref_template=REF + "{name}")
    components = {name: _named(schema) for name, schema in sorted(named.items())}
    for name, fields in moments(types).items():
        for field in fields:
            components[name]["properties"][field]["format"] = "date-time"
    components = {PUBLISHED.get(name, name): renamed(schema, PUBLISHED) for name, schema in components.items()}
    schemas = [renamed(shape(schema), PUBLISHED) for schema in plain]
    sent, told = schemas[: len(requests)], schemas[len(requests) :]
    found = directed(components, sent, told)
    answers = (renamed(schema, found.views) for schema in told)
    return Schemas(dict(zip(requests, sent, strict=True)), dict(zip(responses, answers, strict=True)), found.components)


def shape(schema: Schema) -> Schema:
    """One schema, and all within it."""
    shaped: Schema = {}
    for key, value in schema.items():
        if key == "title" or (key == "default" and value is None):
            continue
        if key == "properties":
            shaped[key] = {name: shape(field) for name, field in value.items()}
        elif isinstance(value, dict) and key in {"items", "additionalProperties"}:
            shaped[key] = shape(value)
        elif key == "description":
            shaped[key] = inspect.cleandoc(value)
        elif key in {"anyOf", "oneOf"}:
            shaped.update(_choice([shape(part) for part in value]))
        else:
            shaped[key] = value
    return _number(shaped)


def name_of(reference: Schema) -> str:
    """The component that it refers to."""
    return str(reference["$ref"]).removeprefix(REF)


def referred(schema: Schema, components: dict[str, Schema]) -> Schema:
    """What the schema refers to, or itself."""
    return components[name_of(schema)] if "$ref" in schema else schema


def _named(schema: Schema) -> Schema:
    """A component belongs to every field that uses it, so no field's default may live there."""
    shaped = shape(schema)
    shaped.pop("default", None)
    if "enum" in shaped:
        shaped.setdefault("type", "string")
    return shaped


def _choice(parts: list[Schema]) -> Schema:
    """`type: [x, "null"]` for a nullable scalar, `anyOf` only where a reference may be null."""
    other = [part for part in parts if part != {"type": "null"}]
    if len(other) == len(parts) or len(other) != 1 or "$ref" in other[0]:
        return {"anyOf": parts}
    nullable = {**other[0], "type": [other[0].get("type", "string"), "null"]}
    if "enum" in nullable:
        nullable["enum"] = [*nullable["enum"], None]
    return nullable


def _number(schema: Schema) -> Schema:
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "integer" in kinds:
        return {**INT64, **schema, "format": "int64"}
    if "number" in kinds:
        return {**schema, "format": "double"}
    if "enum" in schema and "type" not in schema:
        return {"type": "string", **schema}
    return schema
