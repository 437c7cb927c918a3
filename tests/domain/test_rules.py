"""Every rule can be broken and can be kept, and says so in two languages."""

import re
from string import Formatter

import pytest

from domain.facts.feedback import ErrorSource
from domain.facts.kinds import DOOR_KINDS, KIND_BY_NAME
from domain.facts.requirements import RecordField
from domain.facts.words import SpecialWork
from domain.job.statuses import VisitStatus
from domain.rules.sources import RULE_SOURCES
from domain.rules.table import RULE_BY_CODE, RULES
from domain.rules.transitions import TRANSITION_BY_KIND
from domain.rules.words import LISTED, NAMED, RECORD, SOURCES, SPECIAL_WORK, STATUSES, STEPS, TOPICS, rule_sentence
from domain.steps.evidence import ABOUT_DATA, TOLD
from tests.domain import (
    examples_at_the_door,
    examples_of_codes,
    examples_of_evidence,
    examples_of_feedback,
    examples_of_fees,
    examples_of_parts,
    examples_of_prices,
    examples_of_records,
    examples_of_steps,
)
from tests.domain.builders import codes, finding, job_of
from tests.domain.examples import Example
from tests.reference_prose import HELD_BY

MODULES = (
    examples_of_feedback,
    examples_of_fees,
    examples_of_prices,
    examples_of_codes,
    examples_of_parts,
    examples_of_evidence,
    examples_of_records,
    examples_at_the_door,
    examples_of_steps,
)
EXAMPLES: tuple[Example, ...] = tuple(example for module in MODULES for example in module.EXAMPLES)
each_example = pytest.mark.parametrize("example", EXAMPLES, ids=[f"{e.code}: {e.law}" for e in EXAMPLES])


@each_example
def test_a_rule_is_found_broken_where_it_is_broken(example: Example) -> None:
    found = finding(job_of(*example.breaks), example.code)
    rule = RULE_BY_CODE[example.code]
    assert (found.rule, found.severity, found.blocks) == (rule.rule, rule.severity, rule.blocks)


@each_example
def test_what_a_broken_rule_says_names_no_step_and_no_status_by_its_code(example: Example) -> None:
    found = finding(job_of(*example.breaks), example.code)
    coded = {name: value for name, value in found.parameters.items() if name in NAMED}

    said = rule_sentence(found.code, found.parameters)

    assert [value for name, value in coded.items() if value not in NAMED[name]] == []
    assert not re.search(r"[a-z]", said.zh) or set(found.parameters) - set(coded), said.zh


@each_example
def test_what_a_broken_rule_lists_is_told_without_codes_of_ours(example: Example) -> None:
    said = rule_sentence(example.code, finding(job_of(*example.breaks), example.code).parameters)
    ours = set(KIND_BY_NAME).union(*LISTED.values())

    assert set(re.findall("[a-z_]+", said.zh)) & ours == set()
    assert set(re.findall("[a-z]+_[a-z_]+", said.en)) & ours == set()


def test_every_step_and_every_status_of_a_visit_has_a_name() -> None:
    assert set(TRANSITION_BY_KIND) | DOOR_KINDS <= set(STEPS) <= set(KIND_BY_NAME)
    assert set(VisitStatus) <= set(STATUSES)
    assert (set(SpecialWork), set(ErrorSource)) == (set(SPECIAL_WORK), set(SOURCES))
    assert set(RecordField) | set(TOLD) - {ABOUT_DATA} <= {*RECORD, *TOPICS}


@each_example
def test_a_rule_is_not_found_broken_where_it_is_kept(example: Example) -> None:
    assert example.code not in codes(job_of(*example.keeps))


@each_example
def test_a_finding_brings_what_its_sentences_name(example: Example) -> None:
    found = finding(job_of(*example.breaks), example.code)
    rule = RULE_BY_CODE[example.code]
    for sentence in (rule.zh, rule.en):
        named = {name for _, name, _, _ in Formatter().parse(sentence) if name}
        assert named <= found.parameters.keys()


def test_every_rule_has_an_example() -> None:
    assert {example.code for example in EXAMPLES} == RULE_BY_CODE.keys()


def test_no_two_rules_share_a_code() -> None:
    assert len(RULES) == len(RULE_BY_CODE)


def test_a_whole_visit_by_the_book_breaks_no_rule() -> None:
    assert not codes(job_of(*examples_of_steps.KEPT))


@pytest.mark.parametrize("zone", ["Nowhere/Land", "../../etc", "America", "", "\0", "x" * 64])
def test_a_time_zone_that_does_not_exist_counts_in_utc(zone: str) -> None:
    on_the_last_day = examples_at_the_door.at_height(examples_at_the_door.HEIGHT, zone=zone)
    assert "certificate_missing" not in codes(job_of(*on_the_last_day))


def test_every_number_of_a_rule_says_once_where_it_comes_from_and_no_other_does() -> None:
    assert sorted(each.rule for each in RULE_SOURCES) == sorted({rule.rule for rule in RULES})


def test_the_page_of_rules_tells_of_each_rule_of_fees_how_it_is_held() -> None:
    assert list(HELD_BY) == [f"R{number:02}" for number in range(1, 20)]
