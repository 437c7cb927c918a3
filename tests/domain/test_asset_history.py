"""What phones are told of earlier visits to an asset: what was done, nothing personal, within a budget."""

from datetime import date

import msgspec
import pytest
from msgspec.structs import replace

from domain.facts import door, shared
from domain.facts.words import Warranty
from domain.repair_record.history import BUDGET_BYTES, PastPart, PastVisit, ended_visits, within_budget
from sync.digest import canonical
from tests.domain.bodies import REPAIRED, WHOLE_VISIT, instead
from tests.domain.builders import JOB, A, Said, door_steps, job_of, named, opened, planned, said

ASSET = named("asset")
WORDS = "顾客姓名与电话 100-1000-0001"
SECRET = replace(REPAIRED, symptom_code="AC-S01", text=WORDS)


def done(*more: Said, zone: str = "Asia/Shanghai") -> tuple[Said, ...]:
    """A repair of the asset from the call to goodbye."""
    part = door_steps(door.PartUsed(part_code="P-AC-011", serial_in="S-1"), start="09:08")
    return opened(asset_id=ASSET, time_zone=zone, symptom=WORDS), planned(), *door_steps(*instead(SECRET)), *part, *more


def past(*lines: Said) -> tuple[PastVisit, ...]:
    return tuple(each.told for each in ended_visits(job_of(*lines)))


def test_a_visit_that_is_over_says_what_was_found_done_and_fitted() -> None:
    assert past(*done()) == (
        PastVisit(
            asset_id=ASSET,
            job_id=JOB,
            day=date(2025, 7, 1),
            work_type=job_of(*done()).work_type,
            outcome=door.VisitOutcome.SOLVED,
            symptom_code="AC-S01",
            cause_code="AC-C02",
            measure_codes=("M01",),
            parts=(PastPart(part_code="P-AC-011", quantity_thousandths=1000, serial="S-1"),),
            warranty=Warranty.PAID,
        ),
    )


def test_the_day_is_the_one_at_the_site() -> None:
    assert [each.day for each in past(*done(zone="Pacific/Kiritimati"))] == [date(2025, 7, 1)]
    late = (*done()[:2], *door_steps(*WHOLE_VISIT, start="23:00"))
    assert [each.day for each in past(*late)] == [date(2025, 7, 2)]


def test_no_text_that_somebody_typed_reaches_the_history() -> None:
    noted = said(A, shared.NoteAdded(text=WORDS), "10:00", visit=None)
    assert WORDS.encode() not in msgspec.json.encode(past(*done(noted)))


def test_nothing_is_told_of_a_visit_that_goes_on_or_that_nobody_made_or_without_an_asset() -> None:
    assert past(*done()[:-2]) == ()
    gone = door.VisitEnded(outcome=door.VisitOutcome.UNABLE)
    assert past(opened(asset_id=ASSET), planned(), *door_steps(gone)) == ()
    assert past(opened(), *done()[1:]) == ()


@pytest.mark.parametrize("longer", range(0, 60, 3))
def test_the_oldest_fall_off_first_and_what_is_left_fits(longer: int) -> None:
    (visit,) = past(*done())
    visits = [replace(visit, day=date(2025, 7, 31 - number), cause_code="x" * longer) for number in range(30)]

    kept = within_budget(visits)

    assert kept == tuple(visits[: len(kept)])
    assert len(canonical(kept)) <= BUDGET_BYTES < len(canonical(visits[: len(kept) + 1])) - len(",")
    assert len(kept) >= 7


def test_one_visit_too_large_for_the_budget_is_left_out_whole() -> None:
    (visit,) = past(*done())
    assert within_budget([replace(visit, parts=visit.parts * 100), visit]) == ()
