"""Facts: what somebody recorded about one job. Made by a device, never edited, never deleted."""

import enum
from datetime import datetime
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from domain.people.actor import Role


class TimeGrade(enum.StrEnum):
    """How well the corrected time is known; low-graded times are counted apart in KPIs (K29).

    `offset` was measured within a day of the fact; `assumed`: later, and taken to have been the same then.
    """

    SERVER = "server"
    MONOTONIC = "monotonic"
    OFFSET = "offset"
    ASSUMED = "assumed"
    UNMEASURED = "unmeasured"
    CLAMPED = "clamped"


class Fact(Struct, frozen=True, kw_only=True):
    """A fact as the log holds it: what its author said, and what the server added on recording."""

    id: UUID
    job_id: UUID
    visit_id: UUID | None
    body: Struct
    author_id: UUID
    role: Role
    device_id: UUID
    seq: int | None
    base_version: int
    log_number: int
    happened_at: datetime
    corrected_at: datetime
    grade: TimeGrade
    recorded_at: datetime


class Placed(Protocol):
    """Anything that remembers where in the log, and on which device, it was said."""

    @property
    def device_id(self) -> UUID:
        """The device that said it."""

    @property
    def seq(self) -> int | None:
        """The device's own counter."""

    @property
    def log_number(self) -> int:
        """Its place in the job's log."""


def saw(later: Fact, earlier: Placed) -> bool:
    """Whether the author of `later` can have known `earlier`: pulled it, or made it on the same device before."""
    if earlier.log_number <= later.base_version and earlier.log_number < later.log_number:
        return True
    if later.device_id != earlier.device_id or later.seq is None or earlier.seq is None:
        return False
    return earlier.seq < later.seq
