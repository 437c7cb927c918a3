"""What each pushed fact is, before any job is looked at: new, a repeat, a reused id, or unreadable.

Same id and same content is a repeat and gets its first answer again. Same id with other content is never skipped and
never overwrites: a restored or cloned phone shows itself this way. The log owns its ids: another content is kept in
quarantine. What only waits in quarantine owns none: after a restore it may wait under the id of what was acknowledged.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from msgspec import Struct
from msgspec.structs import replace

from sync.protocol import Answer, Outcome
from sync.record import Record, Unreadable
from sync.verdicts import Verdict

FACT_ID_REUSED = "fact_id_reused"
MADE_BY_ANOTHER, MADE_ON_UNKNOWN_DEVICE = "made_by_another", "made_on_unknown_device"

Pushed = Record | Unreadable


class Known(Struct, frozen=True):
    """A fact that was pushed before: the digest of its content, the answer it got, and whether the log holds it."""

    digest: bytes
    answer: bytes
    logged: bool


class Past(Struct, frozen=True):
    """What is on record already: under the ids of a batch, and under the counter numbers of its device."""

    by_id: dict[UUID, list[Known]]
    by_seq: dict[int, UUID]
    """One fact for each number that the device gave before."""
    suspected: bool = False
    """Whether the device is marked because it used a number twice: its counter no longer tells any order."""


class Intake(Struct, frozen=True):
    """A batch sorted out, each fact by its index."""

    fresh: dict[int, Record]
    repeats: dict[int, bytes]
    """Stored answers, to be given again byte for byte."""
    again: dict[int, int]
    """Repeats inside the batch: index to the index of the first."""
    reused: dict[int, Record]
    """Facts under an id that already has another content, in the log or earlier in the batch."""
    unreadable: dict[int, Unreadable]
    shared: dict[int, Record]
    """Those of `fresh` whose id something else in quarantine has, too."""


class SetAside(Struct, frozen=True):
    """Something for quarantine: what was sent, why it is there, and what its author is told."""

    index: int
    pushed: Pushed
    answer: Answer


def sort_out(pushed: Sequence[Pushed], past: Past, known_bytes: Mapping[bytes, bytes]) -> Intake:
    """Sort a batch: facts by what is known of their ids, unreadable ones by what is known of their bytes."""
    intake = Intake({}, {}, {}, {}, {}, {})
    first: dict[UUID, int] = {}
    content: dict[bytes, int] = {}
    for index, each in enumerate(pushed):
        if (earlier := content.setdefault(each.digest, index)) != index:
            intake.again[index] = earlier
        elif isinstance(each, Record):
            _sort_record(intake, first, past.by_id.get(each.envelope.id, ()), index, each)
        elif each.digest in known_bytes:
            intake.repeats[index] = known_bytes[each.digest]
        else:
            intake.unreadable[index] = each
    return intake


def set_aside(
    intake: Intake, verdicts: Sequence[Verdict], device_id: UUID, recorded_at: datetime, reason: str | None = None
) -> dict[int, SetAside]:
    """Everything of the batch that goes to quarantine, each with its case's id; with a `reason`, all that is new."""
    found: dict[int, SetAside] = {}
    for index, unreadable in intake.unreadable.items():
        answer = _answer(unreadable, Outcome.UNREADABLE, unreadable.code, recorded_at)
        detail = unreadable.message or None
        found[index] = SetAside(index, unreadable, replace(answer, pointer=unreadable.pointer, detail=detail))
    reasons = dict.fromkeys(intake.reused, FACT_ID_REUSED) | (
        {} if reason is None else dict.fromkeys(intake.fresh, reason)
    )
    for index, code in reasons.items():
        record = intake.reused.get(index) or intake.fresh[index]
        found[index] = SetAside(index, record, _answer(record, Outcome.QUARANTINED, code, recorded_at))
    for verdict in verdicts:
        if verdict.answer.outcome is Outcome.QUARANTINED:
            index = verdict.candidate.index
            found[index] = SetAside(index, verdict.candidate.record, verdict.answer)
    return {index: _with_case(each, device_id) for index, each in found.items()}


def _sort_record(intake: Intake, first: dict[UUID, int], known: Sequence[Known], index: int, record: Record) -> None:
    same = next((each for each in known if each.digest == record.digest), None)
    if same is not None:
        intake.repeats[index] = same.answer
    elif any(each.logged for each in known) or first.setdefault(record.envelope.id, index) != index:
        intake.reused[index] = record
    else:
        intake.fresh[index] = record
        intake.shared.update({index: record} if known else {})


def _with_case(each: SetAside, device_id: UUID) -> SetAside:
    """The case id follows from device and content, so that the same thing sent twice is one case."""
    case_id = uuid5(device_id, each.pushed.digest.hex())
    return SetAside(each.index, each.pushed, replace(each.answer, case_id=case_id))


def _answer(pushed: Pushed, outcome: Outcome, code: str, recorded_at: datetime) -> Answer:
    return Answer(
        fact_id=pushed.fact_id,
        outcome=outcome,
        job_id=pushed.job_id,
        log_number=None,
        recorded_at=recorded_at,
        corrected_at=None,
        time_grade=None,
        findings=(),
        code=code,
        pointer=None,
        detail=None,
        case_id=None,
    )
