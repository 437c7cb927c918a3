"""Shapes msgspec's JSON Schemas so that client generators get them right; each rule has a law in test_openapi."""

from collections.abc import Iterable
from typing import Any

import msgspec

from service.openapi.moments import moments

Schema = dict[str, Any]
REF = "#/components/schemas/"
INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}


def component_schemas(requests: Iterable[Any], responses: Iterable[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """The schema of each type (a reference when it has a name), and the named ones."""
    requests, responses = list(requests), list(responses)
    types = [*requests, *responses]
    schemas, components = msgspec.json.schema_components(types, ref_template=REF + "{name}")
    shaped = {name: _named(schema) for name, schema in sorted(components.items())}
    for name, fields in moments(types).items():
        for field in fields:
            shaped[name]["properties"][field]["format"] = "date-time"
    received, answered = (
        _reachable(schemas[: len(requests)], components),
        _reachable(schemas[len(requests) :], components),
    )
    for name in answered:
        _as_answer(shaped[name], only=name not in received)
    return {kind: shape(schema) for kind, schema in zip(types, schemas, strict=True)}, shaped


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
        elif key in {"anyOf", "oneOf"}:
            shaped.update(_choice([shape(part) for part in value]))
        else:
            shaped[key] = value
    return _number(shaped)


def referred(schema: Schema, components: dict[str, Schema]) -> Schema:
    """What the schema refers to, or itself."""
    return components[schema["$ref"].removeprefix(REF)] if "$ref" in schema else schema


def _as_answer(schema: Schema, *, only: bool) -> None:
    # A later release may add fields; a client must not refuse them.
    if schema.get("additionalProperties") is False:
        del schema["additionalProperties"]
    # The encoder writes every field, also one that holds its default.
    if only and "properties" in schema:
        schema["required"] = list(schema["properties"])
        for field in schema["properties"].values():
            field.pop("default", None)


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


def _reachable(schemas: Iterable[Schema], components: dict[str, Schema]) -> set[str]:
    found: set[str] = set()
    waiting = [name for schema in schemas for name in _references(schema)]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += _references(components[name])
    return found


def _references(schema: object) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix(REF)] if isinstance(schema.get("$ref"), str) else []
        return own + [name for value in schema.values() for name in _references(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in _references(value)]
    return []
