"""What is put to the merge: facts that are not in the log yet, each with its author and its corrected time."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from domain.facts import TimeGrade
from domain.people.actor import Role
from sync.record import Record


class Author(Struct, frozen=True, kw_only=True):
    """Who recorded, on which device, and which outlets they may speak about (empty: every outlet)."""

    member_id: UUID
    role: Role
    device_id: UUID
    outlet_ids: tuple[UUID, ...]


class Candidate(Struct, frozen=True, kw_only=True):
    """A readable fact that is not in the log yet. `released`: a person let it out of quarantine."""

    index: int
    record: Record
    author: Author
    recorded_at: datetime
    corrected_at: datetime
    grade: TimeGrade
    released: bool = False
    strict: bool = False
    nowhere: bool = False
    """The job does not exist, or the outlet in which it would be opened does not."""
    completes: UUID | None = None
    """The server adds it to this fact of the same push, and only if that one is recorded."""
    elsewhere: str | None = None
    """What another job says against it, as a code: a strict fact is refused for it, any other opens a case."""
