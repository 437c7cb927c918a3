"""The fold alone, on one core: a job of 40 facts folded whole, and folded forward as its phone sends it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from msgspec import Struct

from domain.facts import Fact, TimeGrade, desk, door, shared
from domain.facts.words import Check, FeeKind, FeeLine, Result, Warranty, WorkType
from domain.fold import Folded, empty, fold, go_on
from domain.people.actor import Role
from domain.steps.fees import content_hash

FACTS = 40
ROUNDS = 500
NOW = datetime(2025, 7, 1, 1, tzinfo=UTC)
JOB, VISIT, OUTLET, TECHNICIAN, DESK = (UUID(int=number) for number in range(1, 6))
PASS = Check(code="item", result=Result.PASS)
LINE = FeeLine(
    line_id="1",
    kind=FeeKind.LABOUR,
    code="L-MEDIUM",
    description="中修工时",
    quantity_thousandths=1000,
    unit_price_fen=12_000,
    amount_fen=12_000,
)
DISCLOSED = door.FeesDisclosed(lines=(LINE,), total_fen=12_000, price_list_shown=True)
PART = door.PartUsed(part_code="P-AC-011", warranty=Warranty.COVERED_WHOLE)
NOTE = shared.NoteAdded(text="压缩机启动正常，运行电流六安，出风口十二度。")


def measure(say: Callable[[str], None]) -> None:
    """Facts folded in a second: the whole log, and forward by one, by four, by the whole day."""
    log = _log()
    _timed(say, "fold, whole log of 40", partial(fold, JOB, log))
    for step in (1, 4, FACTS):
        parts = [log[start : start + step] for start in range(0, FACTS, step)]
        _timed(say, f"fold, forward by {step}", partial(_forward, parts))


def _timed(say: Callable[[str], None], name: str, folding: Callable[[], Folded]) -> None:
    expected = fold(JOB, _log())
    if folding() != expected:
        raise RuntimeError(f"{name}: another document")
    started = time.process_time()
    for _ in range(ROUNDS):
        folding()
    rate = FACTS * ROUNDS / (time.process_time() - started)
    say(f"{name:32} {rate:>10,.0f} facts/s of one core's time")


def _forward(parts: list[list[Fact]]) -> Folded:
    state = empty(JOB)
    for part in parts:
        further = go_on(state, part)
        assert further is not None, "the facts are in order"
        state = further
    return state


def _log() -> list[Fact]:
    opened = desk.JobOpened(outlet_id=OUTLET, work_type=WorkType.REPAIR, warranty=Warranty.PAID, symptom="不制冷")
    planned = desk.VisitPlanned(
        technician_id=TECHNICIAN,
        window_start=NOW,
        window_end=NOW + timedelta(hours=2),
        work_start=NOW,
        work_end=NOW + timedelta(hours=1),
    )
    said = enumerate((opened, planned, *_visit()), 1)
    return [_fact(number, body, Role.DISPATCHER if number < 3 else Role.TECHNICIAN) for number, body in said]


def _visit() -> list[Struct]:
    before: list[Struct] = [
        door.VisitAccepted(),
        door.Departed(),
        door.Arrived(),
        door.CheckedIn(uniform=PASS, badge=PASS),
        door.Diagnosed(cause_code="AC-C02"),
        DISCLOSED,
        door.FeesAcknowledged(content_hash=content_hash(DISCLOSED), method=door.Consent.SIGNATURE),
        door.WorkStarted(),
    ]
    after: list[Struct] = [
        door.RepairRecorded(cause_code="AC-C02", measure_codes=("M01",), result=door.VisitOutcome.SOLVED),
        door.WorkFinished(),
        door.Charged(lines=(LINE,), total_fen=12_000),
        door.Paid(amount_fen=12_000, method=door.PaymentMethod.CASH),
        door.SignedOff(method=door.Consent.SIGNATURE),
        door.VisitEnded(outcome=door.VisitOutcome.SOLVED),
    ]
    between: list[Struct] = [door.WorkPaused(reason=door.PauseReason.OTHER), door.WorkResumed(), NOTE, PART]
    work = [between[number % 4] for number in range(FACTS - 2 - len(before) - len(after))]
    return [*before, *work, *after]


def _fact(number: int, body: Struct, role: Role) -> Fact:
    at = NOW + timedelta(minutes=number)
    author = DESK if role is Role.DISPATCHER else TECHNICIAN
    return Fact(
        id=UUID(int=100 + number),
        job_id=JOB,
        visit_id=None if number == 1 else VISIT,
        body=body,
        author_id=author,
        role=role,
        device_id=author,
        seq=number - 2 if role is Role.TECHNICIAN else None,
        base_version=min(number - 1, 2),
        log_number=number,
        happened_at=at,
        corrected_at=at,
        grade=TimeGrade.OFFSET,
        recorded_at=at,
    )
