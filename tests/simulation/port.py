"""What a history needs of a server, whichever it is: exchanges in bytes, and a look at what is left in the end."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Protocol

from tests.simulation.device import Person
from tests.simulation.ledger import Json


@dataclass(frozen=True)
class Reply:
    """Status and body as they came over the wire."""

    status: int
    body: bytes


@dataclass
class Final:
    """The server's state after everything came to rest, as plain JSON."""

    facts: dict[str, list[Json]] = field(default_factory=dict)
    """By job, in the order of the log: `{"log_number", "device_id", "author_id", "corrected_at", …, "record"}`."""
    documents: dict[str, Json] = field(default_factory=dict)
    cards: dict[str, Json] = field(default_factory=dict)
    """The documents about sites."""
    vans: dict[str, Json] = field(default_factory=dict)
    """The documents about what lies in vans."""
    stock: list[Json] = field(default_factory=list)
    """What people moved: `{"part_code", "quantity_thousandths", "from_location_id", "to_location_id"}`."""
    refolded: dict[str, list[Json]] = field(default_factory=dict)
    """The documents that the same facts give when they arrive in other orders that could have been."""
    quarantine: list[Json] = field(default_factory=list)
    """`{"case_id", "fact_id", "reason", "state", "record"}`."""
    cases: list[Json] = field(default_factory=list)
    """Open and decided cases of facts set aside, findings and conflicts: `{"id", "state", "text"}`."""
    purges: set[tuple[str, str]] = field(default_factory=set)
    """Device and document of each purge that waits to be confirmed."""


class ServerPort(Protocol):
    """The server under test."""

    life: int
    """Counts the lives of its data: one more after each restore of a backup."""

    share_that_compares: float
    """How many of the devices compare digests when everything has come to rest: nothing else takes them so long."""

    def now(self) -> datetime:
        """The server's clock."""

    async def enrol(self, person: Person) -> tuple[str, object]:
        """A new device of this person: its id, and the handle with which it speaks."""

    async def revoke(self, device_id: str) -> None:
        """The device may speak no more."""

    async def say(self, handle: object, path: str, body: bytes, *, fate: str | None = None) -> Reply | None:
        """One request. `fate` "slow" keeps its transaction open, "rolled_back" ends it: without a reply."""

    async def say_twice(self, handle: object, path: str, body: bytes) -> Reply | None:
        """The same request twice at one moment; the reply to one of them."""

    async def preview(self, handle: object, body: bytes) -> Reply | None:
        """What a push would do; None where the server knows of no previews."""

    async def held(self) -> list[str]:
        """The cases of facts that wait in quarantine."""

    async def decide(self, case_id: str, choice: str) -> None:
        """A person at a desk releases or discards a fact that was set aside."""

    async def move(self, person: Person, outlets: tuple[str, ...]) -> None:
        """A person may speak about these outlets from now on, and about no other."""

    async def correct_site(self, site_id: str, chance: Random) -> bool:
        """A person at a desk corrects what is known about a site; False where the server knows of no sites."""

    async def move_stock(self, technician_id: str, part_code: str, chance: Random) -> bool:
        """A person at a desk records what moved in a van; False where that cannot be, or the server has no books."""

    async def go_on(self, chance: Random) -> None:
        """Let one open transaction commit, if there are any."""

    async def settle(self) -> None:
        """Let everything end that is still open."""

    async def backup(self) -> object:
        """The data as it stands."""

    async def numbers(self) -> dict[str, int]:
        """The place in its job's log of each fact that is in one."""

    async def restore(self, backup: object) -> None:
        """The data as it stood, untold."""

    async def final(self) -> Final:
        """What is left."""
