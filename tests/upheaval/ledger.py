"""What one phone sent and what it was told, in a file that is only appended to. The checker believes nothing else."""

from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

RECORDED = frozenset({"recorded", "recorded_with_findings"})


class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One send, or one answer: for each fact its outcome and the answer's bytes."""

    sent: dict[str, str] | None = None
    """The job of each fact."""
    status: int | None = None
    told: dict[str, tuple[str, str]] | None = None


class Ledger:
    """Written line by line; a line counts once it is in the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("ab", buffering=0)

    def sends(self, facts: list[dict[str, Any]]) -> None:
        self._append(Line(sent={each["id"]: each["job_id"] for each in facts}))

    def hears(self, status: int, told: dict[str, tuple[str, str]]) -> None:
        self._append(Line(status=status, told=told))

    def _append(self, line: Line) -> None:
        self._file.write(msgspec.json.encode(line) + b"\n")

    def close(self) -> None:
        self._file.close()


class Account(Struct, frozen=True):
    """A ledger read back."""

    jobs: dict[str, str]
    """The job of each fact that was sent."""
    sends: Counter[str]
    told: dict[str, list[tuple[str, str]]]

    @property
    def acknowledged(self) -> set[str]:
        return set(self.told)


def account(path: Path) -> Account:
    found = Account({}, Counter(), {})
    for raw in path.read_bytes().splitlines():
        line = msgspec.json.decode(raw, type=Line)
        found.jobs.update(line.sent or {})
        found.sends.update(list(line.sent or ()))
        for fact_id, said in (line.told or {}).items():
            found.told.setdefault(fact_id, []).append(said)
    return found
