"""The published cases, held to the function; and the files that they stand in."""

import json
import re
from collections import Counter
from string import Formatter
from typing import Any

import pytest

from domain.quoting.words import PROBLEMS, RULES
from service.seed.company import FILES as SEED
from tests.domain.quotes import CASES, FILES, FOLDER, PRICES, WORDS, quoted, told

NEEDS_ANOTHER_LIST = {
    "diagnosis_before_diagnosis",
    "diagnosis_work_accepted",
    "diagnosis_no_fault_found",
    "diagnosis_not_repairable",
    "diagnosis_cancelled_on_arrival",
    "diagnosis_free_before_diagnosis",
    "diagnosis_free_work_declined",
    "diagnosis_free_cancelled_on_arrival",
}
"""Rules for lists that let a diagnosis cost something else than both lists of the cases do."""


@pytest.mark.parametrize("name", CASES)
def test_a_case_comes_out_as_it_says(name: str) -> None:
    case = CASES[name]

    found = told(quoted(case["request"], case.get("list"), case["prices"]))

    assert _as_far_as_told(case["expect"], found) == case["expect"]


def test_no_line_is_reduced_without_a_reason() -> None:
    lines = [line for case in CASES.values() for line in case["expect"].get("lines", ())]
    reduced = [
        each for each in lines if each["amount_fen"] < each["quantity_thousandths"] * each["unit_price_fen"] // 1000
    ]

    assert len(reduced) > 30
    assert [each for each in reduced if not each["reason"]] == []


def test_a_total_is_the_sum_of_its_lines_in_every_case() -> None:
    for name, case in CASES.items():
        if "total_fen" in case["expect"]:
            assert case["expect"]["total_fen"] == sum(each["amount_fen"] for each in case["expect"]["lines"]), name


def test_no_case_would_be_found_above_the_advertised_prices_when_it_is_charged() -> None:
    """But by lines that say why, which the customer agrees to or not."""
    (prices,) = PRICES.price_lists["advertised"]
    known = {each.code: each.price_fen for each in prices.advertised}
    lines = [
        line
        for case in CASES.values()
        if case["prices"] == "advertised"
        for line in case["expect"]["lines"]
        if line["code"] in known and line["amount_fen"] > line["quantity_thousandths"] * known[line["code"]] / 1000
    ]

    assert len(lines) == 2
    assert all(each["reason"] for each in lines)


def test_every_rule_and_every_problem_is_in_a_case() -> None:
    rules = {rule for case in CASES.values() for line in case["expect"].get("lines", ()) for rule in line["rules"]}
    problems = {each["code"] for case in CASES.values() for each in case["expect"].get("problems", ())}

    assert RULES.keys() - rules == NEEDS_ANOTHER_LIST
    assert PROBLEMS.keys() == problems


def test_cases_have_names_of_their_own_and_a_sentence() -> None:
    for stem, content in FILES.items():
        names = Counter(case["name"] for case in content["cases"])
        assert names.most_common(1)[0][1] == 1, stem
    assert [name for name, case in CASES.items() if not re.fullmatch(r".+\.", case["law"])] == []


def test_the_prices_are_those_of_the_sample_company() -> None:
    prices = json.loads((FOLDER / "tariffs/prices.json").read_text(encoding="utf-8"))

    assert prices["price_lists"]["sample"] == json.loads((SEED / "price_lists.json").read_text(encoding="utf-8"))
    assert prices["parts"] == json.loads((SEED / "parts.json").read_text(encoding="utf-8"))


def test_the_words_are_those_of_the_function() -> None:
    tables = {"rules": RULES, "problems": PROBLEMS}
    written = {name: {code: {"zh": s.zh, "en": s.en} for code, s in table.items()} for name, table in tables.items()}

    assert written == WORDS
    for sentence in (*RULES.values(), *PROBLEMS.values()):
        assert _named(sentence.zh) == _named(sentence.en)


def test_the_counts_in_the_readme_are_those_of_the_files() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    counts = {name: int(count) for name, count in re.findall(r"^\| `([a-z]+)\.json` \| (\d+) \|", readme, re.MULTILINE)}

    assert counts == {name: len(content["cases"]) for name, content in FILES.items()}
    assert len(CASES) >= 40


def _as_far_as_told(expected: Any, found: Any) -> Any:
    """Of what was found the fields that the case names; lists are told whole."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return {key: _as_far_as_told(expected.get(key), found[key]) for key in found if key in expected}
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [_as_far_as_told(*pair) for pair in zip(expected, found, strict=True)]
    return found


def _named(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
