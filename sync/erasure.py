"""A fact's bytes without its exact position. The digest in its row stays that of the original bytes."""

from typing import Any

import msgspec

from domain.facts.kinds import KIND_BY_NAME
from domain.facts.words import Position

POSITION = "position"


def without_position(raw: bytes) -> tuple[bytes, Position | None]:
    """The record with null for the position of its body, and that position where it can be read.

    Everything else stays, also what this version does not know. Bytes without a position come back as they are.
    """
    record = msgspec.json.decode(raw)
    bodies = [body for name, body in record.items() if name in KIND_BY_NAME and isinstance(body, dict)]
    found = [body for body in bodies if body.get(POSITION) is not None]
    if not found:
        return raw, None
    told = [_read(body[POSITION]) for body in found]
    for body in found:
        body[POSITION] = None
    return msgspec.json.encode(record), told[0]


def _read(position: Any) -> Position | None:  # noqa: ANN401 (whatever JSON can say)
    try:
        return msgspec.convert(position, Position)
    except msgspec.ValidationError:
        return None
