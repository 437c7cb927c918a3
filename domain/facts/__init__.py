"""Facts: what somebody recorded about one job. Made by a device, never edited, never deleted."""

import enum
from datetime import datetime
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


class Placement(Struct, frozen=True, kw_only=True):
    """Where in the log a fact stands, on which device, by which clocks, and looking at what it was said.

    `base_version` is how much of the log its author had pulled. Nobody can set `uptime_ms`, which counts since the
    start `boot_id`; anybody can set the wall clock.
    """

    log_number: int
    base_version: int
    device_id: UUID
    seq: int | None
    happened_at: datetime
    uptime_ms: int | None = None
    boot_id: str | None = None


class Fact(Placement, frozen=True, kw_only=True):
    """A fact as the log holds it: what its author said, and what the server added on recording.

    `push_start` is the log number of the first fact that came with it in one push, and so from one phone; its own where
    a person released it.
    """

    id: UUID
    job_id: UUID
    visit_id: UUID | None
    body: Struct
    author_id: UUID
    role: Role
    corrected_at: datetime
    grade: TimeGrade
    recorded_at: datetime
    push_start: int | None = None


def placement(fact: Fact) -> Placement:
    """What is to be remembered of a fact, to tell later whether another one's author knew it."""
    return Placement(
        log_number=fact.log_number,
        base_version=fact.base_version,
        device_id=fact.device_id,
        seq=fact.seq,
        happened_at=fact.happened_at,
        uptime_ms=fact.uptime_ms,
        boot_id=fact.boot_id,
    )


def saw(later: Fact, earlier: Placement) -> bool:
    """Whether the author of `later` can have known `earlier`: pulled it, or made it on the same device before."""
    if earlier.log_number <= later.base_version and earlier.log_number < later.log_number:
        return True
    return _counted_on(later, earlier) and (_came_with(later, earlier) or _nothing_went_back(later, earlier))


def _counted_on(later: Fact, earlier: Placement) -> bool:
    """Whether one device gave the two their numbers, in this order.

    A number alone shows no knowledge: a phone that was set back to a backup gives its numbers again, and the first
    fact to bear one may never have come. So the two must have come from one storage, in one push; or what it had
    pulled and its clock must not have gone back meanwhile.
    """
    if later.device_id != earlier.device_id or later.seq is None or earlier.seq is None:
        return False
    return earlier.seq < later.seq


def _came_with(later: Fact, earlier: Placement) -> bool:
    """Whether both were in one push, of which `earlier` came first: whatever its clock says, it is one phone."""
    return later.push_start is not None and later.push_start <= earlier.log_number < later.log_number


def _nothing_went_back(later: Fact, earlier: Placement) -> bool:
    return earlier.base_version <= later.base_version and _clock_rose(later, earlier)


def _clock_rose(later: Fact, earlier: Placement) -> bool:
    """Whether the device's clock agrees with its counter: the uptime within one start, else what the wall said.

    Two edits at one moment may be from two phones that bear one identity.
    """
    same_start = later.boot_id is not None and later.boot_id == earlier.boot_id
    if same_start and later.uptime_ms is not None and earlier.uptime_ms is not None:
        return earlier.uptime_ms < later.uptime_ms
    return earlier.happened_at < later.happened_at
