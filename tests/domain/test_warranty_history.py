"""What the jobs of an asset say about its earlier repairs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec import Struct
from msgspec.structs import replace

from domain.catalogue import Part
from domain.facts import desk, door
from domain.facts.words import PartNeed, Side, Warranty, WorkType
from domain.job.document import Job
from domain.job.visit import Visit, WorkSpan
from domain.warranty.claim import AssetRepair, FittedPart, RepairWait, WaitsFor
from domain.warranty.history import part_codes_of, repair_of, repairs_of
from service.seed.company import catalogue_items
from tests.domain.bodies import REPAIRED, SOLVED, WHOLE_VISIT, a_visit, instead, without
from tests.domain.builders import DESK, VISIT, job_of, opened, planned, said, visit_of

PARTS = {item.code: item for item in catalogue_items() if isinstance(item, Part)}
USED = door.PartUsed(part_code="P-AC-011")
DAY = date(2025, 7, 1)
NOON = datetime(2025, 7, 1, 4, tzinfo=UTC)
NOTHING_FOUND = replace(REPAIRED, result=door.VisitOutcome.NO_FAULT_FOUND, cause_code="X-C93")
EXCLUDED = desk.WarrantyDecided(
    decision=Warranty.PAID,
    basis="进水",
    exclusion_code="misuse",
    evidence_digests=("5d" * 32,),
    customer_told=True,
)


def repair(*bodies: Struct) -> AssetRepair:
    """Of a job with these steps at the door."""
    found = repair_of(job_of(*a_visit(*bodies)), PARTS)
    assert found is not None
    return found


def decided(body: desk.WarrantyDecided) -> AssetRepair:
    found = repair_of(job_of(*a_visit(*WHOLE_VISIT), said(DESK, body, "12:00")), PARTS)
    assert found is not None
    return found


def worked(job: Job, *spans: WorkSpan, **changes: object) -> Job:
    """The job with these times of work on its visit."""
    visit: Visit = replace(visit_of(job), work=spans, **changes)
    return replace(job, visits=(visit,))


def span(day: int, paused_for: door.PauseReason | None = None) -> WorkSpan:
    """An hour of work, so many days later."""
    at = NOON + timedelta(days=day)
    return WorkSpan(started_at=at, ended_at=at + timedelta(hours=1), paused_for=paused_for)


def test_a_solved_visit_is_a_repair_of_a_quality_fault() -> None:
    found = repair(*WHOLE_VISIT)

    assert (found.reported_on, found.finished_on, found.quality_fault) == (DAY, DAY, True)
    assert found.faults == ("AC-C02",)


def test_the_fitted_part_is_known_by_its_component_and_its_own_promise() -> None:
    found = repair(*WHOLE_VISIT, USED)

    assert found.parts == (FittedPart(part_code="P-AC-011", component="capacitor", warranty_days=180),)
    assert part_codes_of([job_of(*a_visit(*WHOLE_VISIT, USED))]) == {"P-AC-011"}


@pytest.mark.parametrize(("changes", "is_new"), [({}, True), ({"grade": door.PartGrade.RECLAIMED}, False)])
def test_a_reclaimed_part_is_not_new(changes: dict[str, object], is_new: bool) -> None:  # noqa: FBT001
    (part,) = repair(*WHOLE_VISIT, replace(USED, **changes)).parts

    assert part.is_new is is_new


@pytest.mark.parametrize("changes", [{"source": door.PartSource.CUSTOMER}, {"quantity_thousandths": -1000}])
def test_nobody_answers_for_the_customers_own_part_nor_for_one_put_back(changes: dict[str, object]) -> None:
    assert repair(*WHOLE_VISIT, replace(USED, **changes)).parts == ()


def test_an_unsolved_repair_is_under_way() -> None:
    temporary = replace(REPAIRED, result=door.VisitOutcome.TEMPORARY)

    assert repair(*instead(temporary)).finished_on is None
    assert repair_of(job_of(opened()), PARTS) == AssetRepair(job_id=job_of(opened()).id, reported_on=DAY)


def test_where_no_fault_was_found_none_counts() -> None:
    found = repair(*instead(NOTHING_FOUND))

    assert (found.finished_on, found.quality_fault) == (DAY, False)


def test_what_was_excluded_with_evidence_is_no_quality_fault() -> None:
    assert not decided(EXCLUDED).quality_fault


@pytest.mark.parametrize(
    "body",
    [
        replace(EXCLUDED, evidence_digests=()),
        replace(EXCLUDED, customer_told=False),
        replace(EXCLUDED, exclusion_code=None),
        replace(EXCLUDED, decision=Warranty.GOODWILL),
    ],
)
def test_what_was_excluded_without_evidence_stays_one(body: desk.WarrantyDecided) -> None:
    assert decided(body).quality_fault


def test_a_job_that_was_called_off_without_work_is_no_repair() -> None:
    cancelled = said(DESK, desk.JobCancelled(side=Side.CUSTOMER, reason="不修了"), "08:30")

    assert repair_of(job_of(opened(), planned(), cancelled), PARTS) is None


def test_a_job_that_was_closed_without_a_repair_is_none() -> None:
    closed = said(DESK, desk.JobClosed(), "18:00")

    assert repair_of(job_of(*a_visit(*without(door.RepairRecorded)), closed), PARTS) is None


def test_an_installation_is_a_repair_only_where_something_was_repaired() -> None:
    install = opened(work_type=WorkType.INSTALL)

    assert repair_of(job_of(install), PARTS) is None
    assert repairs_of([job_of(install), job_of(*a_visit(*WHOLE_VISIT))], PARTS) == (repair(*WHOLE_VISIT),)


def test_a_pause_for_a_part_lasts_until_tools_are_out_again() -> None:
    job = worked(job_of(*a_visit(*WHOLE_VISIT)), span(0, door.PauseReason.PARTS), span(9))

    found = repair_of(job, PARTS)

    assert found is not None
    assert found.waits == (RepairWait(since=DAY, until=DAY + timedelta(days=9), waits_for=WaitsFor.PART),)


def test_tools_out_again_at_the_same_moment_end_the_wait() -> None:
    at_once = replace(span(0), started_at=NOON + timedelta(hours=1), ended_at=NOON + timedelta(hours=2))

    found = repair_of(worked(job_of(*a_visit(*WHOLE_VISIT)), span(0, door.PauseReason.PARTS), at_once), PARTS)

    assert found is not None
    assert found.waits == (RepairWait(since=DAY, until=DAY, waits_for=WaitsFor.PART),)


def test_work_that_was_stopped_as_it_began_does_not_end_its_own_wait() -> None:
    begun = WorkSpan(started_at=NOON, ended_at=NOON, paused_for=door.PauseReason.PARTS)

    found = repair_of(worked(job_of(*a_visit(*WHOLE_VISIT)), begun), PARTS)

    assert found is not None
    assert found.waits == (RepairWait(since=DAY, waits_for=WaitsFor.PART),)


def test_a_visit_that_ended_for_want_of_a_part_waits_until_the_next_work() -> None:
    missing = (PartNeed(part_code="P-AC-017", quantity_thousandths=1000),)
    job = worked(job_of(*a_visit(SOLVED)), span(0), missing_parts=missing, ended_at=NOON + timedelta(hours=2))

    found = repair_of(job, PARTS)

    assert found is not None
    assert found.waits == (RepairWait(since=DAY, waits_for=WaitsFor.PART),)


@pytest.mark.parametrize(
    ("reason", "waits"),
    [(door.PauseReason.CUSTOMER, [WaitsFor.CUSTOMER]), (door.PauseReason.BREAK, []), (door.PauseReason.WORKSHOP, [])],
)
def test_only_parts_and_the_customer_are_waited_for(reason: door.PauseReason, waits: list[WaitsFor]) -> None:
    found = repair_of(worked(job_of(*a_visit(*WHOLE_VISIT)), span(0, reason)), PARTS)

    assert found is not None
    assert [each.waits_for for each in found.waits] == waits


def test_days_are_those_at_the_site() -> None:
    late = job_of(*a_visit(*WHOLE_VISIT))
    at = datetime(2025, 7, 1, 17, tzinfo=UTC)

    found = repair_of(replace(late, visits=(replace(visit_of(late, VISIT), finished_at=at),)), PARTS)

    assert found is not None
    assert found.finished_on == date(2025, 7, 2)
