"""Every rule that can choose between two values says why, in both languages, with every place filled."""

import string
from itertools import product

import pytest
from msgspec.structs import replace

from domain.conflicts.ownership import DESK_ROLES, DETAIL_OWNERS, LATEST_WINS, OWNERS, merge_rule, owner_of
from domain.conflicts.words import CLEARED, DECIDED, DOUBT, FIELDS, OUTDATED, ROLES, TITLES, WHY, decision_words, why
from domain.facts import TimeGrade
from domain.facts.desk import CaseDecided, Choice
from domain.facts.shared import Detail
from domain.job.cases import Conflict, Decision, MergeRule, Outdated
from domain.people.actor import Role
from domain.sentences import Sentence
from tests.domain.builders import DESK, SUPERVISOR, A, B, Person, job_of, named, opened, said
from tests.domain.edits import sets

AUTHORS = (A, B, DESK, SUPERVISOR)


def crossed(field: Detail, first: Person, second: Person) -> Conflict:
    """Two people set one field unaware of each other."""
    lines = (sets(first, "a", "09:00", field=field), sets(second, "b", "09:10", field=field))
    (conflict,) = job_of(opened(), *lines).conflicts
    return conflict


def assert_complete(sentence: Sentence) -> None:
    for text in (sentence.zh, sentence.en):
        assert text
        assert not [name for _, name, _, _ in string.Formatter().parse(text) if name is not None], text


def test_each_row_of_the_merge_table_is_met_and_says_why_in_both_languages() -> None:
    met = set()
    for field, (first, second) in product(DETAIL_OWNERS, product(AUTHORS, AUTHORS)):
        if first != second:
            conflict = crossed(field, first, second)
            met.add(conflict.rule)
            assert_complete(why(conflict))
            assert FIELDS[field].zh in why(conflict).zh
            assert FIELDS[field].en in why(conflict).en
    assert met == set(MergeRule) == set(WHY) == set(TITLES)


def test_the_rule_that_is_named_is_the_rule_that_chose() -> None:
    for name, one, other in product((*OWNERS, *(f"detail:{detail}" for detail in Detail)), Role, Role):
        rule, owner = merge_rule(owner_of(name), one, other), owner_of(name)
        sides = {"desk" if role in DESK_ROLES else "door" for role in (one, other)}
        if owner == LATEST_WINS:
            assert rule == MergeRule.LATEST_WINS
        elif len(sides) == 2:
            assert rule == owner
        else:
            kinship = "of" if owner == f"{sides.pop()}_owns" else "without"
            assert rule == f"latest_{kinship}_{owner.removesuffix('_owns')}"


def test_a_sentence_names_both_authors_and_both_times() -> None:
    said_why = why(crossed(Detail.CAUSE, A, DESK))
    assert said_why.en == (
        "The door is responsible for the cause. The value of the technician stands and that of the dispatcher is kept; "
        "who was later does not count. The technician recorded it at 2025-07-01 09:00:00 UTC, "
        "the dispatcher at 2025-07-01 09:10:00 UTC."
    )
    assert "技师" in said_why.zh
    assert "故障原因" in said_why.zh


def test_a_time_that_could_not_be_verified_is_told_where_it_decided() -> None:
    by_time, by_owner = crossed(Detail.ACCESS_NOTE, A, B), crossed(Detail.CAUSE, A, DESK)
    for conflict, told_so in ((by_time, True), (by_owner, False)):
        unsure = replace(conflict, other=replace(conflict.other, time_grade=TimeGrade.UNMEASURED))
        assert (DOUBT.en in why(unsure).en) is told_so
        assert DOUBT.en not in why(conflict).en


@pytest.mark.parametrize("outdated", Outdated)
def test_it_is_told_why_two_values_stand_against_each_other_no_longer(outdated: Outdated) -> None:
    conflict = replace(crossed(Detail.CAUSE, A, DESK), outdated=outdated)
    assert_complete(why(conflict))
    assert OUTDATED[outdated].zh in why(conflict).zh


@pytest.mark.parametrize("choice", Choice)
def test_each_decision_says_who_what_when_and_for_which_reason(choice: Choice) -> None:
    conflict = crossed(Detail.ACCESS_NOTE, A, B)
    word = said(DESK, CaseDecided(case_id=conflict.id, choice=choice, reason="已电话{确认}"), "10:00")
    lines = (sets(A, "a", "09:00"), sets(B, "b", "09:10"))
    (decision,) = job_of(opened(), *lines, word).conflicts[0].decisions
    assert isinstance(decision, Decision)
    assert decision.fact_id == named(f"fact 4 of {DESK.name}")
    for text in (decision_words(decision).zh, decision_words(decision).en):
        assert "已电话{确认}" in text
        assert "2025-07-01 10:00:00 UTC" in text


def test_there_are_words_for_all_that_can_be_named() -> None:
    assert set(FIELDS) == {*Detail, *OWNERS}
    assert (set(ROLES), set(DECIDED), set(OUTDATED)) == (set(Role), set(Choice), set(Outdated))
    assert_complete(CLEARED)
