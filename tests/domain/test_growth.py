"""Long logs cost in proportion to their length. Counted in calls, not in seconds."""

import sys
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

import pytest
from msgspec import Struct
from msgspec.structs import replace

from domain.facts import Fact, TimeGrade, door, shared
from domain.fold import empty, fold, go_on
from tests.domain.bodies import fees
from tests.domain.builders import DESK, JOB, VISIT, A, B, Person, clock, history, named, opened, planned

SHORT, LONG = 500, 2_000
NOTE = shared.NoteAdded(text="到了")
FILE = shared.AttachmentAdded(
    digest="0" * 64, media_type="image/jpeg", size_bytes=1, purpose=shared.Purpose.OTHER, caption=None
)
KINDS_OF_LONG_LOG: dict[str, Callable[[int], Struct]] = {
    "notes": lambda _: NOTE,
    "photos": lambda number: replace(FILE, digest=f"{number:064x}"),
    "parts": lambda number: door.PartUsed(part_code=f"P-{number}", unit_price_fen=100),
    "disclosures": lambda _: fees(),
    "bills": lambda _: door.Charged(lines=fees().lines, total_fen=12_000),
    "edits of one field": lambda number: shared.DetailsAmended(field=shared.Detail.ACCESS_NOTE, now=str(number)),
    "incidents": lambda number: door.IncidentReported(kind=f"K{number}", serious=True),
}


@pytest.mark.parametrize("body", KINDS_OF_LONG_LOG.values(), ids=KINDS_OF_LONG_LOG.keys())
def test_four_times_the_facts_are_about_four_times_the_work(body: Callable[[int], Struct]) -> None:
    short, long = a_log(body, SHORT), a_log(body, LONG)
    assert calls(lambda: fold(JOB, long)) < 6 * calls(lambda: fold(JOB, short))


@pytest.mark.parametrize("body", KINDS_OF_LONG_LOG.values(), ids=KINDS_OF_LONG_LOG.keys())
def test_going_on_one_by_one_is_no_dearer_than_the_fold(body: Callable[[int], Struct]) -> None:
    log = a_log(body, SHORT, (A,))

    def one_by_one() -> None:
        state = empty(JOB)
        for fact in log:
            moved = go_on(state, (fact,))
            assert moved is not None
            state = moved

    assert calls(one_by_one) < 3 * calls(lambda: fold(JOB, log))


def a_log(body: Callable[[int], Struct], length: int, authors: tuple[Person, ...] = (A, B, DESK)) -> list[Fact]:
    """A visit on which several people record the same kind of thing over and over, unaware of one another."""
    start = history(opened(), planned())
    return [*start, *(_fact(number, authors[number % len(authors)], body(number)) for number in range(3, length + 1))]


def calls(work: Callable[[], object]) -> int:
    """How many Python functions and generator steps it takes."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def _fact(number: int, who: Person, body: Struct) -> Fact:
    at = clock("09:00") + timedelta(seconds=number)
    return Fact(
        id=named(f"fact {number}"),
        job_id=JOB,
        visit_id=VISIT,
        body=body,
        author_id=who.id,
        role=who.role,
        device_id=named(who.name),
        seq=number,
        base_version=2,
        log_number=number,
        happened_at=at,
        corrected_at=at,
        grade=TimeGrade.OFFSET,
        recorded_at=at,
    )
