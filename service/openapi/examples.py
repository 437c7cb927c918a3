"""Examples: the author's where given, else drawn from the schema with what fields of such a name hold."""

import msgspec
from msgspec import Struct

from service.openapi.directions import Schema
from service.openapi.sample_values import WHOLE_LISTS, WHOLE_RECORDS, kinds_of, sample_value
from service.openapi.schemas import name_of, referred

_BY_FORMAT = {
    "uuid": "01937d5a-8c00-7000-8000-000000000107",
    "date-time": "2026-03-02T02:05:00Z",
    "date": "2026-03-02",
    "time": "10:05:00",
    "decimal": "1.5",
}
_BY_PATTERN = {"^[0-9a-f]{64}$": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}


def given(example: Struct) -> object:
    """The author's example as JSON. Optional fields that hold nothing are left out rather than shown as null."""
    held = [(field, getattr(example, field.name)) for field in msgspec.structs.fields(example)]
    return {field.encode_name: _nested(item) for field, item in held if field.required or item is not None}


def drawn(schema: Schema, components: dict[str, Schema], owner: str = "", name: str = "") -> object:  # noqa: PLR0911 (one line per kind)
    """A value that satisfies the schema of this field of its owner; what may be a record or null is null."""
    kind = name_of(schema) if "$ref" in schema else owner
    if "$ref" in schema and kind in WHOLE_RECORDS:
        return WHOLE_RECORDS[kind]
    schema = referred(schema, components)
    if (told := sample_value(schema, owner, name)) is not msgspec.UNSET:
        return told
    if "anyOf" in schema:
        return None
    if chosen := schema.get("examples") or schema.get("enum"):
        return chosen[0]
    match kinds_of(schema)[0]:
        case "object":
            fields = schema.get("properties", {})
            return {each: drawn(fields[each], components, kind, each) for each in schema.get("required", ())}
        case "array":
            whole = WHOLE_LISTS.get(name_of(schema["items"]), []) if "$ref" in schema["items"] else []
            return whole or [drawn(schema["items"], components, owner, name)] * max(schema.get("minItems", 0), 1)
        case "integer" | "number":
            return max(schema.get("minimum", 0), min(1, schema.get("maximum", 1)))
        case "boolean":
            return True
        case "string":
            return _text(schema)
    return None


def _text(schema: Schema) -> str:
    if schema.get("pattern") in _BY_PATTERN:
        return _BY_PATTERN[schema["pattern"]]
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    return "text"[: schema.get("maxLength", 4)].ljust(schema.get("minLength", 0), "x")


def _nested(value: object) -> object:
    if isinstance(value, Struct):
        return given(value)
    if isinstance(value, msgspec.Raw):
        return msgspec.json.decode(value)
    if isinstance(value, list | tuple):
        return [_nested(item) for item in value]
    return msgspec.to_builtins(value)
