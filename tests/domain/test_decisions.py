"""What arrives late leaves a decision as it was, and an undo is an edit like any other (sync 46, 47)."""

import pytest

from domain.cases.findings import is_open, open_cases
from domain.conflicts.decisions import conflict_by_id
from domain.facts import door
from domain.facts.desk import CaseDecided, Choice
from domain.facts.shared import Detail, FactRetracted
from domain.fold import fold, go_on
from domain.job.cases import Conflict, Outdated
from domain.job.document import Job
from tests.domain.bodies import a_visit, without
from tests.domain.builders import (
    DESK,
    JOB,
    SUPERVISOR,
    A,
    B,
    Person,
    Said,
    finding,
    history,
    job_of,
    named,
    opened,
    said,
)
from tests.domain.edits import same_every_way, sets, values

DOOR_3 = Person("HZ0118", A.role)
CROSSED = (opened(), sets(A, "后门", "09:00"), sets(B, "前门", "09:20"))
(CASE,) = job_of(*CROSSED).conflicts


def decides(
    choice: Choice,
    at: str,
    *,
    case: Conflict = CASE,
    who: Person = DESK,
    sees: int | None = None,
    value: str | None = None,
    undoes: Said | None = None,
    of: int = 0,
) -> Said:
    """`undoes` with `of`: the decision written in that line of the history."""
    undone = None if undoes is None else named(f"fact {of} of {undoes.who.name}")
    body = CaseDecided(case_id=case.id, choice=choice, value=value, reason="已电话确认", undoes=undone)
    return said(who, body, at, sees=sees)


def access(job: Job) -> str | None:
    return job.details.get(Detail.ACCESS_NOTE)


OVERRIDE = decides(Choice.OVERRIDE, "10:00", sees=3)


def test_a_value_that_arrives_late_between_the_two_leaves_the_decision_as_it_was_and_is_a_case_of_its_own() -> None:
    job = same_every_way(*CROSSED, OVERRIDE, sets(DOOR_3, "侧门", "09:10"))
    by_value = {conflict.other.value: conflict for conflict in job.conflicts}
    assert access(job) == "后门"
    assert by_value["后门"].id == CASE.id
    assert by_value["后门"].decision is not None
    assert is_open(by_value["侧门"])


def test_a_decision_stands_when_the_author_of_the_value_had_changed_it_meanwhile() -> None:
    """A's second edit arrives late, from between the two: the value that was decided on lost to its own author."""
    job = same_every_way(*CROSSED, OVERRIDE, sets(A, "侧门", "09:10"))
    decided = conflict_by_id(job, CASE.id)
    assert decided is not None
    assert (access(job), decided.outdated) == ("后门", Outdated.LATE_VALUE)
    assert [each.choice for each in decided.decisions] == [Choice.OVERRIDE]
    assert [values(each)[1:] for each in job.conflicts if is_open(each)] == [("前门", "侧门")]


@pytest.mark.parametrize("choice", [Choice.OVERRIDE, Choice.ACCEPT, Choice.DISMISS])
def test_what_was_decided_about_a_value_that_was_taken_back_stays_on_record_and_sets_nothing(choice: Choice) -> None:
    taken = said(A, FactRetracted(fact_id=named(f"fact 2 of {A.name}"), reason="写错"), "11:00", sees=1)
    job = same_every_way(*CROSSED, decides(choice, "10:00", sees=3), taken)
    (conflict,) = job.conflicts
    assert (access(job), conflict.outdated) == ("前门", Outdated.TAKEN_BACK)
    assert conflict.decision is not None
    assert open_cases(job) == 0


def test_a_third_value_stands_although_one_of_the_two_was_taken_back() -> None:
    taken = said(A, FactRetracted(fact_id=named(f"fact 2 of {A.name}"), reason="写错"), "11:00", sees=1)
    assert access(job_of(*CROSSED, decides(Choice.OVERRIDE, "10:00", sees=3, value="车库"), taken)) == "车库"


def test_what_was_decided_about_a_value_that_its_author_gave_up_stays_on_record() -> None:
    job = same_every_way(*CROSSED, decides(Choice.DISMISS, "10:00", sees=3), sets(A, None, "11:00"))
    (conflict,) = job.conflicts
    assert (access(job), conflict.outdated) == ("前门", Outdated.GIVEN_UP)
    assert conflict.decision is not None


def test_accepting_confirms_no_value_that_was_not_seen() -> None:
    """The late value wins by rank; who accepted another one has not spoken for it."""
    by_doors = (
        opened(),
        sets(A, "异响", "09:00", field=Detail.SYMPTOM),
        sets(B, "漏水", "09:20", field=Detail.SYMPTOM),
    )
    (conflict,) = job_of(*by_doors).conflicts
    accepted = decides(Choice.ACCEPT, "10:00", case=conflict, sees=3)
    late = sets(SUPERVISOR, "不制冷", "09:10", field=Detail.SYMPTOM)
    job = same_every_way(*by_doors, accepted, late)
    assert job.details[Detail.SYMPTOM] == "不制冷"
    decided = conflict_by_id(job, conflict.id)
    assert decided is not None
    assert decided.decision is not None
    assert decided.decision.change is None


def test_a_decision_says_what_it_changed() -> None:
    (conflict,) = job_of(*CROSSED, OVERRIDE).conflicts
    assert conflict.decision is not None
    assert conflict.decision.change is not None
    assert (conflict.decision.change.was, conflict.decision.change.now) == ("前门", "后门")
    assert (conflict.decision.role, conflict.decision.device_id) == (DESK.role, named(f"device of {DESK.name}"))


def test_an_undo_puts_back_what_was_and_the_case_waits_again() -> None:
    job = job_of(*CROSSED, OVERRIDE, decides(Choice.UNDO, "11:00"))
    (conflict,) = job.conflicts
    assert (access(job), conflict.decision, open_cases(job)) == ("前门", None, 1)
    assert [each.choice for each in conflict.decisions] == [Choice.OVERRIDE, Choice.UNDO]
    assert conflict.decisions[1].undoes == conflict.decisions[0].fact_id


def test_override_undo_override() -> None:
    job = job_of(*CROSSED, OVERRIDE, decides(Choice.UNDO, "11:00"), decides(Choice.OVERRIDE, "12:00", value="车库"))
    (conflict,) = job.conflicts
    assert conflict.decision is not None
    assert (access(job), conflict.decision.value, len(conflict.decisions)) == ("车库", "车库", 3)


def test_undoing_the_second_of_two_overrides_leaves_the_first() -> None:
    twice = (*CROSSED, OVERRIDE, decides(Choice.OVERRIDE, "10:30", value="车库"))
    job = job_of(*twice, decides(Choice.UNDO, "11:00"))
    assert access(job) == "后门"
    assert job.conflicts[0].decision == job.conflicts[0].decisions[0]
    again = job_of(*twice, decides(Choice.UNDO, "11:00"), decides(Choice.UNDO, "11:10"))
    assert (access(again), again.conflicts[0].decision) == ("前门", None)


def test_an_undo_where_nothing_was_decided_changes_nothing_but_the_record() -> None:
    job = job_of(*CROSSED, decides(Choice.UNDO, "11:00"))
    assert (access(job), job.conflicts[0].decision) == ("前门", None)
    assert [each.choice for each in job.conflicts[0].decisions] == [Choice.UNDO]


def test_an_undo_after_three_further_edits_is_an_edit_like_any_other() -> None:
    edits = tuple(sets(DESK, str(number), f"11:0{number}", sees=None) for number in range(3))
    knowing = job_of(*CROSSED, OVERRIDE, *edits, decides(Choice.UNDO, "12:00"))
    assert (access(knowing), len(knowing.conflicts)) == ("前门", 1)
    unaware = same_every_way(*CROSSED, OVERRIDE, *edits, decides(Choice.UNDO, "12:00", sees=4))
    assert access(unaware) == "前门"
    assert values(unaware.conflicts[-1])[1:] == ("前门", "2")


def test_of_an_override_and_an_undo_by_two_supervisors_at_once_one_stands_and_the_other_is_in_the_journal() -> None:
    third = decides(Choice.OVERRIDE, "11:00", sees=4, value="车库")
    undo = decides(Choice.UNDO, "11:05", who=SUPERVISOR, sees=4, undoes=OVERRIDE, of=4)
    job = same_every_way(*CROSSED, OVERRIDE, third, undo)
    assert access(job) == "前门"
    case, crossed = job.conflicts
    assert [each.choice for each in case.decisions] == [Choice.OVERRIDE, Choice.OVERRIDE, Choice.UNDO]
    assert values(crossed)[1:] == ("前门", "车库")
    assert is_open(crossed)


def test_an_undo_that_names_a_decision_leaves_one_that_its_author_had_not_seen() -> None:
    third = decides(Choice.OVERRIDE, "11:00", sees=4, value="车库")
    undo = decides(Choice.UNDO, "10:30", who=SUPERVISOR, sees=4, undoes=OVERRIDE, of=4)
    job = same_every_way(*CROSSED, OVERRIDE, third, undo)
    (decision,) = [each.decision for each in job.conflicts if each.id == CASE.id]
    assert decision is not None
    assert decision.value == "车库"


def test_a_finding_that_was_forgiven_by_mistake_waits_again_after_an_undo() -> None:
    unagreed = a_visit(*without(door.FeesAcknowledged, door.Charged, door.Paid))
    case = finding(job_of(*unagreed), "work_without_acknowledgement").id
    waive = said(DESK, CaseDecided(case_id=case, choice=Choice.WAIVE, reason="已核实"), "12:00")
    undo = said(DESK, CaseDecided(case_id=case, choice=Choice.UNDO, reason="误点"), "12:10")
    assert [open_cases(job_of(*unagreed, *words)) for words in ((), (waive,), (waive, undo))] == [1, 0, 1]


def test_a_second_decision_about_a_value_that_was_taken_back_sets_nothing_either() -> None:
    taken = said(A, FactRetracted(fact_id=named(f"fact 2 of {A.name}"), reason="写错"), "09:30", sees=1)
    facts = history(*CROSSED, taken, OVERRIDE, decides(Choice.OVERRIDE, "11:00", sees=3))
    job = fold(JOB, facts).job
    assert (access(job), len(job.conflicts[0].decisions)) == ("前门", 2)
    assert go_on(fold(JOB, facts[:5]), facts[5:]) is None
