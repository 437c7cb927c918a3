"""Alarms that an asset's jobs raise by themselves (R26 to R28), by the numbers of the rules."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from domain.calendar.china import CHINA
from domain.facts import desk, shared
from domain.facts.words import Warranty
from domain.job.document import Job
from domain.warranty.claim import PurchaseProof, Terms
from domain.warranty.watch import StandingAlarm, bears_on_alarms, standing_alarms
from tests.domain.bodies import WHOLE_VISIT, a_visit
from tests.domain.builders import DESK, NAMESPACE, clock, job_of, named, opened, said

ASSET = named("asset")
TERMS = Terms(whole_months=12, main_part_months=36)
SOLD = PurchaseProof(invoiced_on=date(2025, 3, 1))
DAY = date(2025, 7, 1)
EXCLUDED = desk.WarrantyDecided(
    decision=Warranty.PAID, basis="进水", exclusion_code="misuse", evidence_digests=("5d" * 32,), customer_told=True
)


def job(number: int, *, days: int = 0, done: bool = True) -> Job:
    """Reported so many days after the first of July; done on the same day, or not at all."""
    found = job_of(*(a_visit(*WHOLE_VISIT) if done else (opened(),)))
    moved = timedelta(days=days)
    visits = tuple(replace(visit, finished_at=(visit.finished_at or clock("10:00")) + moved) for visit in found.visits)
    reported_at = clock("08:00") + moved
    return replace(found, id=named(f"job {number}"), asset_id=ASSET, visits=visits, reported_at=reported_at)


def alarms(*jobs: Job, today: date = DAY, purchase: PurchaseProof = SOLD) -> list[StandingAlarm]:
    return standing_alarms(ASSET, TERMS, purchase, jobs, CHINA, today)


def codes(found: list[StandingAlarm]) -> list[str]:
    return [each.code for each in found]


def test_the_third_quality_fault_in_the_term_is_an_alarm_and_stays_one_when_it_is_repaired_too() -> None:
    first, second, third = job(1), job(2, days=20), job(3, days=40, done=False)
    today = DAY + timedelta(days=41)

    assert alarms(first, second, today=today) == []
    (found,) = alarms(first, second, third, today=today)
    assert (found.code, found.rule, found.job_id) == ("exchange_after_repairs", "R26", third.id)
    assert found.job_ids == (first.id, second.id, third.id)
    (again,) = alarms(first, second, job(3, days=40), job(4, days=60), today=today)
    assert (again.id, again.job_id) == (found.id, third.id)


def test_a_fault_of_the_customer_s_doing_is_none_and_neither_is_one_after_the_term() -> None:
    excluded = replace(job(2, days=20), warranty_decision=EXCLUDED)

    assert alarms(job(1), excluded, job(3, days=40)) == []
    assert alarms(job(1), job(2, days=20), replace(job(3, days=40), warranty_decision=EXCLUDED)) == []
    assert alarms(job(1), job(2, days=20), job(3, days=400)) == []
    assert alarms(job(1), job(2, days=20), job(3, days=40), purchase=PurchaseProof()) == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (19, []),
        (20, ["repair_clock_warning"]),
        (30, ["repair_clock_warning"]),
        (31, ["repair_clock_over"]),
    ],
)
def test_a_repair_under_way_warns_on_its_twentieth_day_and_is_too_long_on_its_thirty_first(
    days: int, expected: list[str]
) -> None:
    found = alarms(job(1, done=False), today=DAY + timedelta(days=days))

    assert codes(found) == expected
    assert all(each.parameters == {"limit": "30", "last_day": "2025-07-31"} for each in found)


@pytest.mark.parametrize(("days", "expected"), [(90, []), (91, ["part_clock_over"])])
def test_a_part_that_does_not_come_for_more_than_ninety_days_is_an_alarm(days: int, expected: list[str]) -> None:
    waiting = job(1)
    visit = replace(waiting.visits[0], finished_at=None, repair=None, missing_parts=("P-AC-017",))
    waiting = replace(waiting, visits=(replace(visit, ended_at=clock("10:00")),))

    assert codes(alarms(waiting, today=DAY + timedelta(days=days))) == expected


def test_a_change_bears_on_alarms_when_it_moves_a_report_an_end_or_whose_fault_it_was() -> None:
    done, open_still = job(1), job(1, done=False)
    noted = job_of(*a_visit(*WHOLE_VISIT), said(DESK, shared.NoteAdded(text="已回访"), "12:00"))

    assert bears_on_alarms(open_still, done)
    assert bears_on_alarms(done, replace(done, warranty_decision=EXCLUDED))
    assert bears_on_alarms(done, replace(done, asset_id=NAMESPACE))
    assert not bears_on_alarms(done, replace(done, notes=noted.notes, version=99))
    assert not bears_on_alarms(replace(open_still, asset_id=None), replace(done, asset_id=None))
