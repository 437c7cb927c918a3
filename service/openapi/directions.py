"""What clients send may leave fields out; what they get never does. A type that goes both ways becomes two schemas.

The sent form keeps the type's name. The answered form is called `...View`: every field is required, none has a
default. Types that are the same both ways stay one schema.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

Schema = dict[str, Any]
REF = "#/components/schemas/"
AS_SENT = "Fact"
"""Answered as its author sent it, fields left out and all: the sent form serves both ways."""


class Directed(Struct, frozen=True):
    """The components, and under which name answers use each of those that have two forms."""

    components: dict[str, Schema]
    views: dict[str, str]


def directed(components: dict[str, Schema], sent: Iterable[Schema], told: Iterable[Schema]) -> Directed:
    """Give answers their own form of each component that requests and answers share but do not fill alike."""
    received = _reachable(sent, components)
    answered = _reachable(told, components, stop=AS_SENT) - {AS_SENT}
    whole = {name: _whole(components[name]) for name in answered}
    views = {name: f"{name}View" for name in _differing(components, whole, received & answered)}
    found = {name: components[name] for name in (received - answered) | views.keys()}
    found |= {views.get(name, name): renamed(schema, views) for name, schema in whole.items()}
    return Directed(dict(sorted(found.items())), views)


def renamed(schema: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 (JSON)
    """The same with other references."""
    if isinstance(schema, list):
        return [renamed(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: renamed(value, names) for key, value in schema.items()}
    if isinstance(name := schema.get("$ref"), str):
        found["$ref"] = REF + names.get(name.removeprefix(REF), name.removeprefix(REF))
    return found


def _whole(schema: Schema) -> Schema:
    # A later release may add fields; a client must not refuse them.
    found = {key: value for key, value in schema.items() if (key, value) != ("additionalProperties", False)}
    if "properties" in found:
        # The encoder writes every field, also one that holds its default.
        fields = found["properties"].items()
        found["properties"] = {
            name: {key: value for key, value in field.items() if key != "default"} for name, field in fields
        }
        found["required"] = list(found["properties"])
    return found


def _differing(components: dict[str, Schema], whole: dict[str, Schema], both: set[str]) -> set[str]:
    """Those that a request may leave fields out of, and those that refer to one of them."""
    own = {name for name in both if set(whole[name].get("required", ())) != set(components[name].get("required", ()))}
    return {name for name in both if _reachable([{"$ref": REF + name}], components) & own}


def _reachable(schemas: Iterable[Schema], components: dict[str, Schema], stop: str = "") -> set[str]:
    found: set[str] = set()
    waiting = [name for schema in schemas for name in _references(schema)]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += _references(components[name]) if name != stop else ()
    return found


def _references(schema: object) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"].removeprefix(REF)] if isinstance(schema.get("$ref"), str) else []
        return own + [name for value in schema.values() for name in _references(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in _references(value)]
    return []
