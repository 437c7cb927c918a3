"""The data of the server in memory: what a transaction writes, and what becomes of it when it commits."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from uuid import UUID

from domain.facts import Fact
from domain.fold import Folded
from service.store.catalogue.bundles import KeptBundle
from sync.intake import Known

Scope = tuple[UUID, UUID]
"""Who may hold a document, and the document."""


@dataclass(frozen=True)
class Stored:
    """A job: its document and memory, its log, each fact as it was sent, and the document's bytes."""

    state: Folded
    log: tuple[Fact, ...] = ()
    records: tuple[bytes, ...] = ()
    lives: tuple[int, ...] = ()
    """In which life of the data each fact was recorded."""
    body: bytes = b""


@dataclass(frozen=True)
class Row:
    """One audience row, stamped with the transaction that wrote it last."""

    xid: int
    visible: bool
    reason: str | None


@dataclass(frozen=True)
class Held:
    """A fact in quarantine."""

    case_id: UUID
    fact_id: UUID | None
    author: UUID
    device: UUID
    reason: str
    record: bytes
    digest: bytes
    answer: bytes
    state: str = "held"


@dataclass
class Data:
    """Everything that a backup holds."""

    jobs: dict[UUID, Stored] = field(default_factory=dict)
    known: dict[UUID, tuple[Known, ...]] = field(default_factory=dict)
    audience: dict[Scope, Row] = field(default_factory=dict)
    held: dict[UUID, Held] = field(default_factory=dict)
    counted: dict[tuple[UUID, int], UUID] = field(default_factory=dict)
    """One fact for each number that a device gave."""
    confirmed: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    """Purges by device and document: the transaction that withdrew what the device said that it let go of."""

    catalogue: Mapping[str, KeptBundle] = field(default_factory=dict)
    lives: tuple[int, ...] = (0,)
    """The lives that led here, one more with each restore."""

    def copy(self) -> "Data":
        """The same, going its own way: every value in it is frozen."""
        return replace(self, **{name: copy(value) for name, value in vars(self).items()})


@dataclass
class Transaction:
    """What one push writes, seen by nobody before it commits."""

    xid: int
    jobs: dict[UUID, Stored] = field(default_factory=dict)
    known: dict[UUID, tuple[Known, ...]] = field(default_factory=dict)
    audience: dict[Scope, tuple[bool, str | None]] = field(default_factory=dict)
    held: dict[UUID, Held] = field(default_factory=dict)
    counted: dict[tuple[UUID, int], UUID] = field(default_factory=dict)
    touches: set[UUID] = field(default_factory=set)

    def commit(self, data: Data) -> None:
        """Everything becomes visible at once."""
        data.jobs.update(self.jobs)
        data.held.update(self.held)
        data.known.update(self.known)
        data.counted.update({key: each for key, each in self.counted.items() if key not in data.counted})
        for scope, (visible, reason) in self.audience.items():
            row = data.audience.get(scope)
            if visible or row is None or row.visible:
                data.audience[scope] = Row(self.xid, visible, reason)
