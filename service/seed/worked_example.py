"""One job worked as far as its first visit, for the contract's examples: what is shown is what the service answers."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw

from domain.facts import TimeGrade
from domain.fold import empty
from domain.job.document import Job
from domain.people.actor import Role
from service.seed.company import sample_id
from sync.candidates import Author, Candidate
from sync.merge import Merged, merge
from sync.protocol import Push, PushOutcome
from sync.record import Record, read

# Those of the README's tour: where it was taken, what the contract shows can be pasted.
JOB_ID = UUID("0197a000-0000-7000-8000-000000000001")
VISIT_ID = UUID("0197a000-0000-7000-8000-000000000002")
OUTLET_ID, TECHNICIAN_ID = sample_id("outlet", "HZ01"), sample_id("member", "HZ0107")
DESK = Author(
    member_id=sample_id("member", "dispatch.hz01"),
    role=Role.DISPATCHER,
    device_id=UUID("019f3517-9c00-7000-8000-0000000d0001"),
    outlet_ids=(OUTLET_ID,),
)
PHONE = Author(
    member_id=TECHNICIAN_ID,
    role=Role.TECHNICIAN,
    device_id=UUID("019f3517-9c00-7000-8000-0000000d0107"),
    outlet_ids=(OUTLET_ID,),
)


def _said(number: int, at: str, body: dict[str, Any], **envelope: object) -> bytes:
    fact_id = f"019f3517-9c00-7000-8000-0000000f{number:04}"
    fact = {"id": fact_id, "job_id": JOB_ID, "happened_at": f"2026-07-06T{at}:00Z", **envelope, **body}
    return msgspec.json.encode(fact)


_OPENED = _said(
    1,
    "01:30",
    {
        "job_opened": {
            "outlet_id": OUTLET_ID,
            "customer_id": sample_id("customer", "顾客 001"),
            "site_id": sample_id("site", "顾客 001"),
            "work_type": "repair",
            "symptom": "不制冷",
            "symptom_code": "AC-S01",
            "skill": "refrigeration",
        }
    },
)
_PLANNED = _said(
    2,
    "01:32",
    {
        "visit_planned": {
            "technician_id": TECHNICIAN_ID,
            "window_start": "2026-07-06T02:00:00Z",
            "window_end": "2026-07-06T04:00:00Z",
            "work_start": "2026-07-06T02:00:00Z",
            "work_end": "2026-07-06T03:30:00Z",
            "instructions": "先致电",
        }
    },
    visit_id=VISIT_ID,
)
_AT_THE_DOOR = (
    _said(3, "01:40", {"visit_accepted": {}}, visit_id=VISIT_ID, seq=1, base_version=2),
    _said(4, "01:45", {"departed": {}}, visit_id=VISIT_ID, seq=2, base_version=2),
    _said(
        5,
        "02:20",
        {"part_used": {"part_code": "P-AC-011", "description": "室外电容", "unit_price_fen": 3500}},
        visit_id=VISIT_ID,
        seq=3,
        base_version=2,
    ),
)


def _merged() -> Merged:
    said = [(_OPENED, DESK), (_PLANNED, DESK), *((raw, PHONE) for raw in _AT_THE_DOOR)]
    found = merge(empty(JOB_ID), (), [_candidate(index, raw, author) for index, (raw, author) in enumerate(said)])
    assert found is not None, "the whole log was given"
    return found


def _candidate(index: int, raw: bytes, author: Author) -> Candidate:
    record = read(raw)
    assert isinstance(record, Record), record
    return Candidate(
        index=index,
        record=record,
        author=author,
        recorded_at=datetime(2026, 7, 6, 2, 30, tzinfo=UTC),
        corrected_at=record.envelope.happened_at,
        grade=TimeGrade.OFFSET,
    )


_MERGED = _merged()
JOB: Job = _MERGED.state.job
PUSH = Push(device_clock=datetime(2026, 7, 6, 2, 30, tzinfo=UTC), facts=tuple(Raw(raw) for raw in _AT_THE_DOOR))
OUTCOMES = tuple(
    PushOutcome(index=index, outcome=verdict.answer.outcome, answer=verdict.answer)
    for index, verdict in enumerate(_MERGED.verdicts[2:])
)
