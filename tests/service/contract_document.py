"""The contract as the code stands, and ways to walk through it."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from service.openapi import document
from service.routes import OPERATIONS

DOCUMENT = document(OPERATIONS)
SCHEMAS = DOCUMENT["components"]["schemas"]
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield f"{method} {path}", operation


def schemas(node: object = DOCUMENT, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in the document, with its place."""
    if isinstance(node, dict):
        if {"type", "$ref", "anyOf", "oneOf", "allOf", "enum"} & node.keys() and "/example" not in where:
            yield where, node
        for key, value in node.items():
            yield from schemas(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from schemas(value, f"{where}/{index}")


def kinds(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type")
    return set(kind) if isinstance(kind, list) else {kind} if isinstance(kind, str) else set()


def below(names: set[str]) -> set[str]:
    """Those components and all that they refer to, but not what a fact is made of: it is shown as it was sent."""
    found: set[str] = set()
    while names:
        found |= names
        text = "".join(msgspec.json.encode(SCHEMAS[name]).decode() for name in names - {"Fact"})
        names = set(re.findall(r"#/components/schemas/([\w.]+)", text)) - found
    return found


def answered() -> set[str]:
    text = "".join(msgspec.json.encode(operation["responses"]).decode() for _, operation in operations())
    return below(set(re.findall(r"#/components/schemas/([\w.]+)", text)) | {"Problem"})
