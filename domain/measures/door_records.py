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
SECOND = timedelta(seconds=1)


class DoorRecords(Struct, frozen=True, array_like=True):
    """Of one visit: how many there are, in time, on a good clock; when that was certain, and the longest delay.

    `low_graded` names the steps whose times are not well known.
    """

    count: int = 0
    in_time: int = 0
    reliable: int = 0
    decided_at: datetime | None = None
    longest_seconds: int = 0
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
    decided_at = fact.recorded_at if in_time else fact.corrected_at + IN_TIME
    return replace(
        records,
        count=records.count + 1,
        in_time=records.in_time + in_time,
        reliable=records.reliable + (straight and fact.grade not in LOW_GRADES),
        decided_at=max(records.decided_at or decided_at, decided_at),
        longest_seconds=max(records.longest_seconds, delay // SECOND),
    )
