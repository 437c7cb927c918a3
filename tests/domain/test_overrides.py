"""Deciding a conflict: an override is an edit like any other, and can be undone like one (sync 46, 47)."""

import msgspec

from domain.facts import desk, door
from domain.facts.desk import Choice
from domain.facts.shared import Detail
from tests.domain.builders import DESK, SUPERVISOR, VISIT, A, B, Person, Said, job_of, opened, planned, said, visit_of
from tests.domain.edits import same_every_way, sets, values

CROSSED = (opened(), sets(A, "后门", "09:00"), sets(B, "前门", "09:10"))


def deciding(choice: Choice, at: str, *, value: str | None = None, who: Person = DESK, sees: int | None = None) -> Said:
    (conflict, *_) = job_of(*CROSSED).conflicts
    return said(
        who, desk.CaseDecided(case_id=conflict.id, choice=choice, value=value, reason="已电话确认"), at, sees=sees
    )


def test_an_override_puts_the_other_value_in_place_and_says_who_decided() -> None:
    job = job_of(*CROSSED, deciding(Choice.OVERRIDE, "10:00"))
    (conflict,) = job.conflicts
    assert conflict.decision is not None
    assert (job.details[Detail.ACCESS_NOTE], conflict.decision.by) == ("后门", DESK.id)


def test_an_override_may_put_a_third_value_in_place() -> None:
    assert job_of(*CROSSED, deciding(Choice.OVERRIDE, "10:00", value="车库")).details[Detail.ACCESS_NOTE] == "车库"


def test_accepting_leaves_the_value_and_closes_the_case() -> None:
    job = job_of(*CROSSED, deciding(Choice.ACCEPT, "10:00"))
    assert job.details[Detail.ACCESS_NOTE] == "前门"
    assert job.conflicts[0].decision is not None


def test_an_override_is_undone_by_accepting_also_after_further_edits() -> None:
    edits = [sets(DESK, str(number), f"11:0{number}", sees=None) for number in range(3)]
    job = job_of(*CROSSED, deciding(Choice.OVERRIDE, "10:00"), *edits, deciding(Choice.ACCEPT, "12:00"))
    assert job.details[Detail.ACCESS_NOTE] == "前门"
    assert len(job.conflicts) == 1


def test_accepting_does_not_undo_what_was_set_since() -> None:
    job = job_of(*CROSSED, sets(DESK, "车库", "09:30", sees=None), deciding(Choice.ACCEPT, "10:00"))
    assert job.details[Detail.ACCESS_NOTE] == "车库"


def test_an_edit_by_somebody_who_had_not_heard_of_the_override_conflicts_with_it() -> None:
    job = same_every_way(*CROSSED, deciding(Choice.OVERRIDE, "10:00", value="车库"), sets(A, "窗", "10:10", sees=3))
    assert [values(conflict)[1:] for conflict in job.conflicts] == [("前门", "后门"), ("窗", "车库")]


def test_of_an_override_and_an_undo_at_the_same_time_one_stands_and_the_other_is_kept() -> None:
    overridden = (*CROSSED, deciding(Choice.OVERRIDE, "10:00"))
    third = deciding(Choice.OVERRIDE, "11:00", value="车库", sees=4)
    undo = deciding(Choice.ACCEPT, "11:05", who=SUPERVISOR, sees=4)
    job = same_every_way(*overridden, third, undo)
    assert job.details[Detail.ACCESS_NOTE] == "前门"
    assert values(job.conflicts[-1])[1:] == ("前门", "车库")


def test_an_override_that_cannot_be_read_changes_nothing() -> None:
    mine = said(A, door.Diagnosed(cause_code="AC-C02"), "09:00", sees=2, visit=VISIT)
    theirs = said(B, door.Diagnosed(cause_code="AC-C05"), "09:10", sees=2, visit=VISIT)
    before = job_of(opened(), planned(), mine, theirs)
    for value in (
        "不是 JSON",
        '{"x":' + "[" * 3990,
        '{"x":' * 700,
        msgspec.json.encode(desk.JobClosed()).decode() + "}",
    ):
        body = desk.CaseDecided(case_id=before.conflicts[0].id, choice=Choice.OVERRIDE, value=value, reason="误")
        after = job_of(opened(), planned(), mine, theirs, said(DESK, body, "10:00"))
        assert visit_of(after).diagnosis == visit_of(before).diagnosis


def test_an_override_of_a_diagnosis_puts_the_other_diagnosis_in_place() -> None:
    mine = said(A, door.Diagnosed(cause_code="AC-C02"), "09:00", sees=2, visit=VISIT)
    theirs = said(B, door.Diagnosed(cause_code="AC-C05"), "09:10", sees=2, visit=VISIT)
    (conflict,) = job_of(opened(), planned(), mine, theirs).conflicts
    body = desk.CaseDecided(case_id=conflict.id, choice=Choice.OVERRIDE, reason="复核照片")
    job = job_of(opened(), planned(), mine, theirs, said(DESK, body, "10:00"))
    assert visit_of(job).diagnosis == mine.body
