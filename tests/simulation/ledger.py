"""What people typed and what their devices heard: the ledger that the checker reads beside the server's final state."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from openapi.vectors.runner.digests import fact_digest

Json = dict[str, Any]

RECORDED = ("recorded", "recorded_with_findings")


def number_of_facts(document: Json) -> int:
    """How many facts a document holds; above that its version says in which life of the data it was written."""
    return int(document.get("version", 0)) % 2**22


@dataclass
class Heard:
    """One answer about one fact, and in which life of the server's data it was given."""

    life: int
    outcome: str
    answer: Json


@dataclass
class Typed:
    """One fact as a person typed it, with what is true about it whatever the phone or the server may say."""

    fact: Json
    kind: str
    body: Json
    member: str
    role: str
    device: str
    order: int
    at: datetime
    life: int
    held_version: int
    showed: Any
    clock: object
    broken: bool = False
    numbers: dict[int, int] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    forgotten: bool = False
    unanswered_elsewhere: bool = False
    """Whether a phone that was set back, or a clone, has it as never answered, whatever was said of it."""
    knows_its_time: bool = True
    disowned: bool = False

    @property
    def id(self) -> str:
        return str(self.fact["id"])

    @property
    def job(self) -> str:
        return str(self.fact["job_id"])

    @property
    def visit(self) -> str:
        """The visit it speaks about; a fact that names none stands for its own."""
        return str(self.fact.get("visit_id") or self.fact["id"])

    @cached_property
    def digest(self) -> str:
        """Of its content, as an app that was written from the protocol computes it; not before it was answered."""
        return fact_digest(self.fact)

    @property
    def answer(self) -> Json | None:
        """What its author was answered last."""
        return self.heard[-1].answer if self.heard else None

    def hear(self, life: int, outcome: str, answer: Json) -> None:
        """Note what was said of it."""
        self.heard.append(Heard(life, outcome, answer))

    @property
    def is_kept(self) -> bool:
        """Whether the last answer says that the server has it, in the log or in quarantine."""
        return self.answer is not None and self.answer["outcome"] != "refused"

    @property
    def is_unreadable(self) -> bool:
        """Whether the last answer says that the server keeps it and cannot read it."""
        return self.answer is not None and self.answer["outcome"] == "unreadable"

    @property
    def is_recorded(self) -> bool:
        """Whether the last answer says that it is in the log."""
        return self.answer is not None and self.answer["outcome"] in RECORDED


@dataclass
class Ledger:
    """Everything that was typed, in the order in which it truly was, and every purge that a device confirmed."""

    typed: list[Typed] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    """Devices that held something else than the server said after a whole pull, though their storage spoilt nothing."""
    foretold_wrongly: list[str] = field(default_factory=list)
    """Previews that a push right after did not bear out."""

    def knew(self, later: Typed, earlier: Typed) -> bool:
        """Whether the author of `later` can have known `earlier`: typed it, or held a document that counts it."""
        own = later.member == earlier.member and earlier.order < later.order
        return own or self.had_pulled(later, earlier)

    def had_pulled(self, later: Typed, earlier: Typed) -> bool:
        """Whether the document in front of the author of `later` counted `earlier`."""
        if later.job != earlier.job or later is earlier:
            return False
        number = earlier.numbers.get(later.life)
        return number is not None and number <= later.held_version

    def counted_twice(self, device: str) -> bool:
        """Whether the device, restored or cloned, gave one of its numbers to two facts: its counter tells no order."""
        numbers = [typed.fact["seq"] for typed in self.typed if typed.device == device]
        return len(numbers) != len(set(numbers))

    def note_places(self, life: int, numbers: dict[str, int]) -> None:
        """Where in the log each fact stands in this life of the data."""
        for typed in self.typed:
            if typed.id in numbers:
                typed.numbers[life] = numbers[typed.id]
