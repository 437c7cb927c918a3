"""What a visit's records were like: how soon they came, how well their times are known. The fold keeps it.

Documents do not show it, and phones never see it; measures need it beside the document.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from domain.facts import Fact
from domain.facts.kinds import DOOR_KINDS, KIND_BY_BODY
from domain.job.document import LOW_GRADES
from domain.people.actor import Role

IN_TIME = timedelta(hours=24)
"""Within this time a record of the door has to arrive (K29)."""
SMALL_OFFSET = timedelta(minutes=5)
ZERO, SECOND = timedelta(), timedelta(seconds=1)
QUARTER_SECONDS = 900


class Received(Struct, frozen=True, array_like=True):
    """Records whose fate was certain in one quarter of an hour, the last of them at `decided_at`.

    How many, how many of them in time and on a good clock, and the longest delay. No day at any site begins within it.
    """

    decided_at: datetime
    count: int
    in_time: int
    reliable: int
    longest_seconds: int


class DoorRecords(Struct, frozen=True, array_like=True):
    """Of one visit. `low_graded` names the steps whose times are not well known."""

    received: tuple[Received, ...] = ()
    low_graded: tuple[str, ...] = ()


NO_RECORDS = DoorRecords()


def with_record(known: Mapping[UUID, DoorRecords], fact: Fact) -> Mapping[UUID, DoorRecords]:
    """The records of the job's visits after a fact; the same object where it says nothing of them."""
    kind = KIND_BY_BODY[type(fact.body)]
    if not kind.of_visit:
        return known
    visit_id = fact.visit_id or fact.id
    before = after = known.get(visit_id, NO_RECORDS)
    if kind.name in DOOR_KINDS and fact.role is Role.TECHNICIAN:
        after = _counted(after, fact)
    if fact.grade in LOW_GRADES and kind.name not in after.low_graded:
        after = replace(after, low_graded=(*after.low_graded, kind.name))
    return known if after is before else {**known, visit_id: after}


def _counted(records: DoorRecords, fact: Fact) -> DoorRecords:
    delay = fact.recorded_at - fact.corrected_at
    in_time, straight = delay <= IN_TIME, abs(fact.happened_at - fact.corrected_at) <= SMALL_OFFSET
    fresh = Received(
        decided_at=fact.recorded_at if in_time else fact.corrected_at + IN_TIME,
        count=1,
        in_time=int(in_time),
        reliable=int(straight and fact.grade not in LOW_GRADES),
        longest_seconds=delay // SECOND if delay > ZERO else 0,
    )
    return replace(records, received=_with_received(records.received, fresh))


def _with_received(known: tuple[Received, ...], fresh: Received) -> tuple[Received, ...]:
    """By quarter, each once. What comes nearly always belongs at the end."""
    quarter, place = _quarter(fresh), len(known)
    while place and (before := _quarter(known[place - 1])) >= quarter:
        place -= 1
        if before == quarter:
            return (*known[:place], _together(known[place], fresh), *known[place + 1 :])
    return (*known[:place], fresh, *known[place:])


def _quarter(received: Received) -> float:
    return received.decided_at.timestamp() // QUARTER_SECONDS


def _together(some: Received, more: Received) -> Received:
    return Received(
        decided_at=max(some.decided_at, more.decided_at),
        count=some.count + more.count,
        in_time=some.in_time + more.in_time,
        reliable=some.reliable + more.reliable,
        longest_seconds=max(some.longest_seconds, more.longest_seconds),
    )
