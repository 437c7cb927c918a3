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
    uptime_ms: int | None = None
    boot_id: str | None = None
    corrected_at: datetime
    grade: TimeGrade
    recorded_at: datetime


class Placed(Protocol):
    """Anything that remembers where in the log, on which device, and looking at what it was said."""

    @property
    def device_id(self) -> UUID:
        """The device that said it."""

    @property
    def seq(self) -> int | None:
        """The device's own counter."""

    @property
    def log_number(self) -> int:
        """Its place in the job's log."""

    @property
    def base_version(self) -> int:
        """How much of the log its author had pulled."""

    @property
    def happened_at(self) -> datetime:
        """The device's wall clock."""

    @property
    def uptime_ms(self) -> int | None:
        """The device's monotonic clock, where its app reads it."""

    @property
    def boot_id(self) -> str | None:
        """The start since which that clock counts."""


def saw(later: Fact, earlier: Placed) -> bool:
    """Whether the author of `later` can have known `earlier`: pulled it, or made it on the same device before."""
    if earlier.log_number <= later.base_version and earlier.log_number < later.log_number:
        return True
    return _counted_on(later, earlier) and earlier.base_version <= later.base_version and _clock_rose(later, earlier)


def _counted_on(later: Fact, earlier: Placed) -> bool:
    """Whether one device gave the two their numbers, in this order.

    A number alone shows no knowledge: a phone that was set back to a backup gives its numbers again, and the first
    fact to bear one may never have come. So what it had pulled and its clock must not have gone back meanwhile.
    """
    if later.device_id != earlier.device_id or later.seq is None or earlier.seq is None:
        return False
    return earlier.seq < later.seq


def _clock_rose(later: Fact, earlier: Placed) -> bool:
    """Whether the device's clock agrees with its counter; within one start the uptime tells, as nobody can set it."""
    same_start = later.boot_id is not None and later.boot_id == earlier.boot_id
    if same_start and later.uptime_ms is not None and earlier.uptime_ms is not None:
        return earlier.uptime_ms <= later.uptime_ms
    return earlier.happened_at <= later.happened_at
