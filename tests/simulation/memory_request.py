"""What the server in memory reads of a request."""

from uuid import UUID

import msgspec
from msgspec import Struct

from domain.facts.words import Instant


class HeldThing(Struct, frozen=True):
    """A fact that a phone offers, or a document that it holds."""

    id: UUID
    digest: str | None


class Request(Struct, frozen=True, kw_only=True):
    """Any request: each fact stays the bytes that it came in."""

    facts: list[msgspec.Raw] = []
    purged: list[UUID] = []
    purged_cursor: str | None = None
    made_on: UUID | None = None
    brought_back: bool = False
    cursor: str | None = None
    limit: int = 200
    held: list[HeldThing] = []
    digest: bool = False
    device_clock: Instant | None = None
    uptime_ms: int | None = None
    boot_id: str | None = None


def ids_in(raw: bytes) -> list[str]:
    """The ids that a fact names, of itself and of its job: what its push locks."""
    fields = msgspec.json.decode(raw)
    return [fields[name] for name in ("id", "job_id") if len(str(fields.get(name))) == 36]
