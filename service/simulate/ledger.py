"""What everybody recorded and what they were told about it: the list that the final check goes by."""

import json
from datetime import datetime
from typing import Any

from msgspec import Struct

Json = dict[str, Any]
ENVELOPE = frozenset(
    {"id", "job_id", "visit_id", "seq", "happened_at", "uptime_ms", "boot_id", "base_version", "strict"}
)


class Entry(Struct, kw_only=True):
    """One fact: who recorded it, when in truth, and the server's first answer."""

    fact: Json
    by: str
    true_at: datetime
    outcome: str | None = None
    answer: Json | None = None
    at_desk: bool = False
    """Recorded by a call of the desk's, so that the server wrote the envelope."""

    @property
    def kind(self) -> str:
        """The one field that is no part of the envelope."""
        return next(name for name in self.fact if name not in ENVELOPE)

    @property
    def finding_codes(self) -> set[str]:
        """The rules that the server said it breaks."""
        return {note["code"] for note in (self.answer or {}).get("findings", ())}


class Ledger:
    """Every fact of the day, by id."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}

    def add(self, fact: Json, by: str, true_at: datetime, *, at_desk: bool = False) -> Entry:
        """Note a fact at the moment it is recorded, long before anybody may hear of it."""
        entry = Entry(fact=fact, by=by, true_at=true_at, at_desk=at_desk)
        self.entries[fact["id"]] = entry
        return entry

    def answered(self, fact: Json, outcome: str, answer: Json) -> None:
        """Note what the server said. A repeat carries the first answer, whose outcome counts."""
        entry = self.entries[fact["id"]]
        entry.outcome = answer["outcome"] if outcome == "duplicate" else outcome
        entry.answer = answer


def as_json(fact: Json) -> Json:
    """The fact as it reads once it has been written down."""
    read: Json = json.loads(json.dumps(fact))
    return read
