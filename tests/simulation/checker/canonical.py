"""The digest of what a device holds, written from RFC 8785 and the protocol; the server has its own."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from tests.simulation.ledger import Json

_text = json.JSONEncoder(ensure_ascii=False).encode


def digest_of(documents: Mapping[str, Json]) -> str:
    """SHA-256 over the ids and digests of all documents, in the order of the ids."""
    whole = sha256()
    for document_id in sorted(documents, key=lambda each: UUID(each).bytes):
        whole.update(UUID(document_id).bytes)
        whole.update(bytes.fromhex(document_digest(documents[document_id])))
    return whole.hexdigest()


def document_digest(document: Json) -> str:
    """SHA-256 of the canonical form, in hex."""
    return _digest_of_text(json.dumps(document))


@lru_cache(maxsize=1000)
def _digest_of_text(text: str) -> str:
    """Many devices hold the same: what is spelt alike has one digest."""
    return sha256(canonical(json.loads(text)).encode()).hexdigest()


def canonical(value: Any) -> str:
    """Names sorted, no spaces, numbers as ECMAScript writes them."""
    match value:
        case dict():
            return "{" + ",".join(f"{_text(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
        case list():
            return "[" + ",".join(map(canonical, value)) + "]"
        case float():
            return _number(value)
        case _:
            return _text(value)


def _number(value: float) -> str:
    """Positions and the like: nothing so large or so small that it would need an exponent."""
    assert value == 0 or 1e-6 <= abs(value) < 1e21, "written with an exponent"
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
