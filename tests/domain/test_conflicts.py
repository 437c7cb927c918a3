"""Two people, one field: who stands, what is kept of the other, and what a decision does (sync 9 C)."""

from itertools import permutations

import msgspec

from domain.facts import desk, door, shared
from domain.facts.desk import Choice
from domain.facts.shared import Detail
from domain.facts.words import Priority, Side
from domain.job import Conflict, Job
from tests.domain.builders import (
    DESK,
    SUPERVISOR,
    VISIT,
    A,
    B,
    Person,
    Said,
    arrivals,
    clock,
    folded,
    history,
    opened,
    planned,
    said,
    told,
    visit_of,
)


def sets(who: Person, now: str | None, at: str, *, field: Detail = Detail.ACCESS_NOTE, sees: int | None = 1) -> Said:
    return said(who, shared.DetailsAmended(field=field, now=now), at, sees=sees)


def same_every_way(*lines: Said) -> Job:
    facts = history(*lines)
    job = folded(facts)
    assert all(folded(arrived) == job for arrived in arrivals(facts))
    return job


def values(conflict: Conflict) -> tuple[str | None, str | None, str | None]:
    return conflict.base, conflict.chosen.value, conflict.other.value


def test_different_fields_never_conflict() -> None:
    moved = desk.VisitReplanned(
        window_start=clock("13:00"),
        window_end=clock("15:00"),
        work_start=clock("13:00"),
        work_end=clock("14:00"),
        asked_by=Side.CUSTOMER,
        customer_agreed=True,
    )
    desk_moves = said(DESK, moved, "09:00", sees=2, visit=VISIT)
    job = same_every_way(opened(), planned(), sets(A, "后门", "09:10", sees=2), desk_moves)
    assert not job.conflicts
    assert job.details[Detail.ACCESS_NOTE] == "后门"
    plan = visit_of(job).plan
    assert plan is not None
    assert plan.work_start == clock("13:00")


def test_the_same_value_from_two_sides_is_no_conflict() -> None:
    job = same_every_way(opened(), sets(A, "后门", "09:00"), sets(B, "后门", "09:10"))
    assert (job.details[Detail.ACCESS_NOTE], job.conflicts) == ("后门", ())


def test_of_two_values_the_later_stands_where_nobody_owns_the_field_and_the_other_is_kept() -> None:
    job = same_every_way(opened(), sets(A, "后门", "09:00"), sets(B, "前门", "09:10"))
    assert job.details[Detail.ACCESS_NOTE] == "前门"
    assert [values(conflict) for conflict in job.conflicts] == [(None, "前门", "后门")]


def test_what_the_desk_owns_the_desk_keeps_even_when_the_door_spoke_later() -> None:
    by_desk = sets(DESK, "漏水", "09:00", field=Detail.SYMPTOM)
    by_door = sets(A, "异响", "09:10", field=Detail.SYMPTOM)
    job = same_every_way(opened(symptom="不制冷"), by_desk, by_door)
    assert job.details[Detail.SYMPTOM] == "漏水"
    assert [values(conflict) for conflict in job.conflicts] == [("不制冷", "漏水", "异响")]


def test_what_the_door_owns_the_door_keeps_even_when_the_desk_spoke_later() -> None:
    by_door = sets(A, "电容", "09:00", field=Detail.CAUSE)
    by_desk = sets(DESK, "主板", "09:10", field=Detail.CAUSE)
    assert same_every_way(opened(), by_door, by_desk).details[Detail.CAUSE] == "电容"


def test_the_desk_keeps_what_it_owns_when_somebody_at_the_door_happened_to_agree() -> None:
    agreeing = [sets(DESK, "漏水", "09:00", field=Detail.SYMPTOM), sets(A, "漏水", "09:05", field=Detail.SYMPTOM)]
    job = same_every_way(opened(), *agreeing, sets(B, "异响", "09:10", field=Detail.SYMPTOM))
    assert job.details[Detail.SYMPTOM] == "漏水"


def test_knowing_of_the_other_value_is_a_change_and_no_conflict() -> None:
    job = told(opened(), sets(A, "后门", "09:00"), sets(B, "前门", "09:10", sees=2))
    assert (job.details[Detail.ACCESS_NOTE], job.conflicts) == ("前门", ())


def test_an_edit_that_was_taken_back_offline_gives_way_to_what_the_other_had_set_before() -> None:
    mine = [sets(A, "后门", "09:10"), sets(A, None, "09:20")]
    job = same_every_way(opened(), sets(B, "前门", "09:00"), *mine)
    assert (job.details[Detail.ACCESS_NOTE], job.conflicts) == ("前门", ())


def test_an_edit_that_was_taken_back_offline_gives_way_to_what_the_other_sets_afterwards() -> None:
    mine = [sets(A, "后门", "09:00"), sets(A, None, "09:10")]
    job = same_every_way(opened(), *mine, sets(B, "前门", "09:20"))
    assert (job.details[Detail.ACCESS_NOTE], job.conflicts) == ("前门", ())


def test_emptying_a_field_knowing_of_the_conflict_brings_nothing_back() -> None:
    job = told(opened(), sets(B, "前门", "09:00"), sets(A, "后门", "09:10"), sets(A, None, "09:20", sees=3))
    assert (job.details[Detail.ACCESS_NOTE], len(job.conflicts)) == (None, 1)


def test_an_edit_that_had_lost_and_was_taken_back_leaves_no_conflict() -> None:
    mine = [sets(A, "异响", "09:10", field=Detail.SYMPTOM), sets(A, None, "09:20", field=Detail.SYMPTOM)]
    job = same_every_way(opened(), sets(DESK, "漏水", "09:00", field=Detail.SYMPTOM), *mine)
    assert (job.details[Detail.SYMPTOM], job.conflicts) == ("漏水", ())


def test_three_devices_and_three_values_come_to_the_same_in_all_six_orders() -> None:
    job_opened = opened()
    edits = (sets(A, "后门", "09:00"), sets(B, "前门", "09:10"), sets(DESK, "车库", "09:20"))
    jobs = [told(job_opened, *each) for each in permutations(edits)]
    assert {job.details[Detail.ACCESS_NOTE] for job in jobs} == {"车库"}
    kept = [{side.value for c in job.conflicts for side in (c.chosen, c.other)} for job in jobs]
    assert kept == [{"后门", "前门", "车库"}] * 6


def test_notes_never_conflict_and_stand_in_one_order() -> None:
    notes = [said(who, shared.NoteAdded(text=who.name), at, sees=1) for who, at in ((A, "09:10"), (B, "09:00"))]
    job = same_every_way(opened(), *notes)
    assert [note.text for note in job.notes] == [B.name, A.name]
    assert not job.conflicts


def test_all_notes_are_kept_however_many() -> None:
    notes = [said(A, shared.NoteAdded(text=str(number)), f"09:0{number}", sees=1) for number in range(9)]
    assert [note.text for note in told(opened(), *notes).notes] == [str(number) for number in range(9)]


def test_a_priority_that_is_no_known_word_changes_nothing() -> None:
    job = told(opened(priority=Priority.URGENT), sets(DESK, "asap", "09:00", field=Detail.PRIORITY))
    assert job.priority is Priority.URGENT


def test_two_diagnoses_keep_both() -> None:
    mine = said(A, door.Diagnosed(cause_code="AC-C02"), "09:00", sees=2, visit=VISIT)
    theirs = said(B, door.Diagnosed(cause_code="AC-C05"), "09:10", sees=2, visit=VISIT)
    job = same_every_way(opened(), planned(), mine, theirs)
    (conflict,) = job.conflicts
    assert "AC-C02" in (conflict.other.value or "")


CROSSED = (opened(), sets(A, "后门", "09:00"), sets(B, "前门", "09:10"))


def deciding(choice: Choice, at: str, *, value: str | None = None, who: Person = DESK, sees: int | None = None) -> Said:
    (conflict, *_) = told(*CROSSED).conflicts
    return said(
        who, desk.CaseDecided(case_id=conflict.id, choice=choice, value=value, reason="已电话确认"), at, sees=sees
    )


def test_an_override_puts_the_other_value_in_place_and_says_who_decided() -> None:
    job = told(*CROSSED, deciding(Choice.OVERRIDE, "10:00"))
    (conflict,) = job.conflicts
    assert conflict.decision is not None
    assert (job.details[Detail.ACCESS_NOTE], conflict.decision.by) == ("后门", DESK.id)


def test_an_override_may_put_a_third_value_in_place() -> None:
    assert told(*CROSSED, deciding(Choice.OVERRIDE, "10:00", value="车库")).details[Detail.ACCESS_NOTE] == "车库"


def test_accepting_leaves_the_value_and_closes_the_case() -> None:
    job = told(*CROSSED, deciding(Choice.ACCEPT, "10:00"))
    assert job.details[Detail.ACCESS_NOTE] == "前门"
    assert job.conflicts[0].decision is not None


def test_an_override_is_undone_by_accepting_also_after_further_edits() -> None:
    edits = [sets(DESK, str(number), f"11:0{number}", sees=None) for number in range(3)]
    job = told(*CROSSED, deciding(Choice.OVERRIDE, "10:00"), *edits, deciding(Choice.ACCEPT, "12:00"))
    assert job.details[Detail.ACCESS_NOTE] == "前门"
    assert len(job.conflicts) == 1


def test_accepting_does_not_undo_what_was_set_since() -> None:
    job = told(*CROSSED, sets(DESK, "车库", "09:30", sees=None), deciding(Choice.ACCEPT, "10:00"))
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
    before = told(opened(), planned(), mine, theirs)
    for value in (
        "不是 JSON",
        '{"x":' + "[" * 3990,
        '{"x":' * 700,
        msgspec.json.encode(desk.JobClosed()).decode() + "}",
    ):
        body = desk.CaseDecided(case_id=before.conflicts[0].id, choice=Choice.OVERRIDE, value=value, reason="误")
        after = told(opened(), planned(), mine, theirs, said(DESK, body, "10:00"))
        assert visit_of(after).diagnosis == visit_of(before).diagnosis


def test_an_override_of_a_diagnosis_puts_the_other_diagnosis_in_place() -> None:
    mine = said(A, door.Diagnosed(cause_code="AC-C02"), "09:00", sees=2, visit=VISIT)
    theirs = said(B, door.Diagnosed(cause_code="AC-C05"), "09:10", sees=2, visit=VISIT)
    (conflict,) = told(opened(), planned(), mine, theirs).conflicts
    body = desk.CaseDecided(case_id=conflict.id, choice=Choice.OVERRIDE, reason="复核照片")
    job = told(opened(), planned(), mine, theirs, said(DESK, body, "10:00"))
    assert visit_of(job).diagnosis == mine.body
