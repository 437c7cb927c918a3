"""What the door counts by the letter of domain 3.3: parts, entries of the record, no-shows, records and their days."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.facts import desk, door, handling
from domain.facts.door.work import OldPart
from domain.facts.words import Side
from domain.people.actor import Role
from tests.domain.bodies import CHECKED_IN
from tests.domain.builders import (
    DESK,
    OTHER_VISIT,
    B,
    Person,
    clock,
    door_steps,
    history,
    job_of,
    opened,
    planned,
    said,
)
from tests.domain.examples_of_parts import fitted
from tests.domain.examples_of_records import KEPT, answering, asking, whole, without_answer
from tests.domain.test_measures import counted, counted_of, desk_said, one, result, step


@pytest.mark.parametrize(
    ("part_code", "excluded"), [("P-AC-011", "untracked"), ("P-AC-015", None), ("P-AC-017", None), ("P-AC-99", None)]
)
@pytest.mark.parametrize("unit", ["piece", "kilogram"])
def test_only_what_the_catalogue_does_not_track_is_left_out_of_tracing_whatever_its_unit(
    part_code: str, excluded: str | None, unit: str
) -> None:
    bare = one("K23", *fitted(part_code, unit=unit, old_part=OldPart.RETURNED))
    assert result(bare) == (0, 1, excluded)
    numbered = one("K23", *fitted(part_code, unit=unit, old_part=OldPart.RETURNED, batch="B-1"))
    assert result(numbered) == (1, 1, excluded)
    assert one("K23", *fitted(part_code, unit=unit, batch="B-1")).numerator == 0


def test_a_part_of_a_visit_that_nobody_planned_is_expected_to_be_traced() -> None:
    lines = (opened(), planned(), *door_steps(door.PartUsed(part_code="P-AC-011")))
    assert result(one("K23", *lines)) == (0, 1, None)


@pytest.mark.parametrize(
    ("old_part", "disposed", "outcome"),
    [
        (OldPart.NONE, 0, 0),
        (OldPart.WAIVED, 0, 1),
        (OldPart.LEFT_WITH_CUSTOMER, 1, 1),
        (OldPart.RETURNED, 1, 1),
        (OldPart.SCRAPPED, 1, 1),
    ],
)
def test_an_old_part_that_nobody_wanted_has_an_outcome_and_no_disposition(
    old_part: OldPart, disposed: int, outcome: int
) -> None:
    figures = counted(*fitted(old_part=old_part))
    assert (result(figures["K26"][0]), result(figures["K38"][0])) == ((disposed, 1, None), (outcome, 1, None))
    assert not {"K26", "K38"} & set(counted(*fitted(old_part=OldPart.NOTHING_REPLACED)))


def test_a_record_is_complete_by_its_eleven_entries_and_not_by_items_of_a_list() -> None:
    without_item = answering(**without_answer("current"))
    (visit,) = job_of(*without_item).visits
    assert visit.record is not None
    assert (visit.record.missing_items, visit.record.complete) == (("current",), False)

    assert one("K24", *KEPT).numerator == one("K24", *without_item).numerator == 1
    without_entry = [body for body in whole() if not isinstance(body, door.CheckedIn)]
    assert one("K24", *asking(*without_entry)).numerator == 0


NO_SHOW = (opened("08:00"), planned("08:01"))


def test_who_never_came_is_late_by_more_than_half_an_hour() -> None:
    tally = one("K28", *NO_SHOW)
    assert (result(tally), tally.at) == ((0, 1, None), clock("2025-07-03T11:30"))
    sorry = handling.RecoveryMade(failure=handling.FailureKind.LATE, action="visit_again")
    made = one("K28", *NO_SHOW, desk_said(sorry, "15:00"))
    assert (result(made), made.at) == ((1, 1, None), clock("15:00"))


@pytest.mark.parametrize(("at", "fails"), [("11:30:00", False), ("11:30:01", True)])
def test_half_an_hour_is_tolerated_of_whoever_came(at: str, fails: bool) -> None:  # noqa: FBT001 (a case)
    assert ("K28" in counted(*NO_SHOW, step(door.Arrived(), at))) is fails


def test_a_visit_that_was_called_off_announced_late_or_made_by_another_is_no_failure() -> None:
    off = desk_said(desk.JobCancelled(side=Side.CUSTOMER, reason="不需要了"), "11:30")
    called = step(door.CustomerContacted(reached=True, late_until=clock("13:00")), "10:59")
    instead = planned("10:00", visit=OTHER_VISIT, to=B, sees=2, replaces_visit_id=None)
    assert "K28" not in counted(*NO_SHOW, off)
    assert "K28" not in counted(*NO_SHOW, called)
    declined = step(door.VisitDeclined(reason="忙"), "09:30")
    came = said(B, door.Arrived(), "10:40", visit=OTHER_VISIT)
    assert "K28" not in counted(*NO_SHOW, declined, instead, came)
    by_company = desk_said(desk.JobCancelled(side=Side.COMPANY, reason="没有人手"), "09:30")
    assert "K28" in counted(*NO_SHOW, by_company)


def test_a_request_of_which_nobody_said_whether_the_call_helped_is_not_solved_by_it() -> None:
    centre = Person("call centre", Role.INTEGRATION, counts=False)
    for solved, kept in ((True, 1), (False, 0), (None, 0)):
        answered = handling.RequestAnswered(means=handling.AnswerMeans.CALLED, solved=solved)
        assert result(one("K05", opened("08:00"), said(centre, answered, "08:05"))) == (kept, 1, None)
    unimported = handling.RequestAnswered(means=handling.AnswerMeans.CALLED, solved=True)
    assert "K05" not in counted(opened("08:00"), said(DESK, unimported, "08:05"))


def test_each_record_of_the_door_counts_on_the_day_on_which_its_fate_was_certain() -> None:
    facts = history(opened(), planned(), step(CHECKED_IN, "15:50"), step(door.WorkStarted(), "16:10"))
    # Midnight at the site is sixteen hundred in UTC: a day after each, two days.
    late = [replace(fact, recorded_at=fact.recorded_at + timedelta(hours=30)) for fact in facts]
    found = counted_of(late)["K29"]
    assert [(result(each), each.at) for each in found] == [
        ((0, 1, None), clock("2025-07-02T15:50")),
        ((0, 1, None), clock("2025-07-02T16:10")),
    ]
    together = [replace(fact, recorded_at=clock("20:00")) for fact in facts]
    assert [result(each) for each in counted_of(together)["K29"]] == [(2, 2, None)]
