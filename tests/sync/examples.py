"""Facts, envelopes and clocks for tests of sync, and strategies that draw them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import msgspec
from hypothesis import strategies as st

from domain.facts import TimeGrade
from domain.people.actor import Role
from sync.candidates import Author, Candidate
from sync.record import Envelope, Record, read

NAMESPACE = UUID(int=7)
JOB, VISIT, OUTLET = (uuid5(NAMESPACE, name) for name in ("job", "visit", "outlet"))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

DISPATCHER = Author(
    member_id=uuid5(NAMESPACE, "desk"), role=Role.DISPATCHER, device_id=uuid5(NAMESPACE, "pc"), outlet_ids=(OUTLET,)
)
TECHNICIAN = Author(
    member_id=uuid5(NAMESPACE, "王建国"),
    role=Role.TECHNICIAN,
    device_id=uuid5(NAMESPACE, "phone"),
    outlet_ids=(OUTLET,),
)

OPENED: dict[str, Any] = {"outlet_id": str(OUTLET), "work_type": "repair", "warranty": "paid"}
PLANNED: dict[str, Any] = {
    "technician_id": str(TECHNICIAN.member_id),
    "window_start": "2026-11-22T09:00:00Z",
    "window_end": "2026-11-22T11:00:00Z",
    "work_start": "2026-11-22T09:00:00Z",
    "work_end": "2026-11-22T10:00:00Z",
}

times = st.timedeltas(timedelta(days=-739_000), timedelta(days=2_912_000)).map(lambda since: NOON + since)
offsets = st.timedeltas(timedelta(days=-40_000), timedelta(days=40_000))
uptimes = st.none() | st.integers(0, 2**53)
boots = st.none() | st.sampled_from(["boot-1", "boot-2"])


def record(name: str, kind: str, body: dict[str, Any], **more: Any) -> Record:
    """A readable fact; the name makes its id."""
    said = {"id": str(uuid5(NAMESPACE, name)), "job_id": str(JOB), "happened_at": NOON.isoformat(), kind: body, **more}
    found = read(msgspec.json.encode(said))
    assert isinstance(found, Record), found
    return found


def candidate(index: int, said: Record, author: Author, minute: int = 0, **more: Any) -> Candidate:
    """The fact as it is handed to the merge, a minute count into the afternoon."""
    at = NOON + timedelta(minutes=minute)
    return Candidate(
        index=index,
        record=said,
        author=author,
        recorded_at=NOON + timedelta(hours=6),
        corrected_at=at,
        grade=TimeGrade.OFFSET,
        **more,
    )


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Whatever a phone may say of its time."""
    return Envelope(
        id=uuid5(NAMESPACE, "fact"),
        job_id=JOB,
        happened_at=draw(times),
        uptime_ms=draw(uptimes),
        boot_id=draw(boots),
        base_version=draw(st.integers(0, 2**53)),
    )
