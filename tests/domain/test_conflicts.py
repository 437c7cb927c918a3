"""Two people, one field: who stands, and what is kept of the other (sync 9 C)."""

from itertools import permutations

from domain.facts import desk, door, shared
from domain.facts.shared import Detail
from domain.facts.words import Priority, Side
from tests.domain.builders import (
    DESK,
    VISIT,
    A,
    B,
    clock,
    job_of,
    opened,
    planned,
    said,
    visit_of,
)
from tests.domain.edits import same_every_way, sets, values


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
    job = job_of(opened(), sets(A, "后门", "09:00"), sets(B, "前门", "09:10", sees=2))
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
    job = job_of(opened(), sets(B, "前门", "09:00"), sets(A, "后门", "09:10"), sets(A, None, "09:20", sees=3))
    assert (job.details[Detail.ACCESS_NOTE], len(job.conflicts)) == (None, 1)


def test_an_edit_that_had_lost_and_was_taken_back_leaves_no_conflict() -> None:
    mine = [sets(A, "异响", "09:10", field=Detail.SYMPTOM), sets(A, None, "09:20", field=Detail.SYMPTOM)]
    job = same_every_way(opened(), sets(DESK, "漏水", "09:00", field=Detail.SYMPTOM), *mine)
    assert (job.details[Detail.SYMPTOM], job.conflicts) == ("漏水", ())


def test_emptying_what_a_restore_took_out_of_the_log_is_an_edit_and_no_going_back() -> None:
    mine = [sets(A, "后门", "09:10", was="车库"), sets(A, None, "09:20", was="车库")]
    job = same_every_way(opened(), sets(B, "前门", "09:00", was="车库"), *mine)
    assert (job.details[Detail.ACCESS_NOTE], len(job.conflicts)) == (None, 1)


def test_the_emptying_of_a_value_that_the_log_lacks_stands_against_what_another_sets() -> None:
    job = same_every_way(opened(), sets(A, None, "09:00", was="车库"), sets(B, "前门", "09:10", was="车库"))
    assert [values(conflict) for conflict in job.conflicts] == [("车库", "前门", None)]


def test_going_back_to_what_was_seen_gives_way_also_where_the_log_lacks_it() -> None:
    mine = [sets(A, "后门", "09:10", was="车库"), sets(A, "车库", "09:20", was="后门")]
    job = same_every_way(opened(), sets(B, "前门", "09:00"), *mine)
    assert (job.details[Detail.ACCESS_NOTE], job.conflicts) == ("前门", ())


def test_an_app_that_says_it_saw_what_it_sets_loses_nothing() -> None:
    job = same_every_way(opened(), sets(A, "后门", "09:00", was="后门"), sets(B, "前门", "09:10", was="前门"))
    assert [values(conflict) for conflict in job.conflicts] == [(None, "前门", "后门")]


def test_three_devices_and_three_values_come_to_the_same_in_all_six_orders() -> None:
    job_opened = opened()
    edits = (sets(A, "后门", "09:00"), sets(B, "前门", "09:10"), sets(DESK, "车库", "09:20"))
    jobs = [job_of(job_opened, *each) for each in permutations(edits)]
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
    assert [note.text for note in job_of(opened(), *notes).notes] == [str(number) for number in range(9)]


def test_a_priority_that_is_no_known_word_changes_nothing() -> None:
    job = job_of(opened(priority=Priority.URGENT), sets(DESK, "asap", "09:00", field=Detail.PRIORITY))
    assert job.priority is Priority.URGENT


def test_two_diagnoses_keep_both() -> None:
    mine = said(A, door.Diagnosed(cause_code="AC-C02"), "09:00", sees=2, visit=VISIT)
    theirs = said(B, door.Diagnosed(cause_code="AC-C05"), "09:10", sees=2, visit=VISIT)
    job = same_every_way(opened(), planned(), mine, theirs)
    (conflict,) = job.conflicts
    assert "AC-C02" in (conflict.other.value or "")
