"""The files of cases are as their schema says, every name in them is used, and every scenario is told of."""

import json
import re
from collections import Counter

import pytest
from jsonschema import Draft202012Validator

from domain.facts.kinds import KIND_BY_NAME
from domain.rules.table import RULE_BY_CODE
from openapi.vectors.runner.cases import CAST, FOLDER, cases, facts_of, files

FILES = files()
SCHEMA = json.loads((FOLDER / "vectors.schema.json").read_text(encoding="utf-8"))
ALL_CASES = [case for content in FILES.values() for case in content["cases"]]


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_as_the_schema_says(name: str) -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(FILES[name])] == []


def test_the_schema_can_refuse() -> None:
    broken = {
        "about": "x",
        "kind": "job",
        "cases": [{"name": "a", "law": "A law.", "known": [], "expect": {"jobs": 1}}],
    }

    assert len(list(Draft202012Validator(SCHEMA).iter_errors(broken))) > 1


def test_no_two_cases_of_a_file_share_a_name() -> None:
    for name, content in FILES.items():
        assert Counter(case["name"] for case in content["cases"]).most_common(1)[0][1] == 1, name


def test_findings_are_codes_of_rules_and_kinds_are_known_unless_that_is_the_point() -> None:
    strange = set()
    for name, case in cases("job").items():
        expected = case["expect"].get("findings", {})
        assert {code for codes in expected.values() for code in codes} <= RULE_BY_CODE.keys(), name
        for fact in facts_of([*case["known"], *case.get("unaware", []), *case.get("then", [])]):
            if "text" not in fact and not fact.keys() & KIND_BY_NAME.keys():
                strange.add(name)
    assert strange == {"unknown/unknown-kind", "unknown/unreadable-again"}


def test_every_scenario_is_in_a_case_or_said_to_be_elsewhere() -> None:
    told = (FOLDER / "SCENARIOS.md").read_text(encoding="utf-8")
    listed = {int(number) for number in re.findall(r"^\| (\d+) \|", told, re.MULTILINE)}
    covered = {number for case in ALL_CASES for number in case.get("scenarios", ())}

    assert listed == set(range(1, 101))
    assert covered == {int(number) for number in re.findall(r"^\| (\d+) \| [^|]+ \| cases", told, re.MULTILINE)}


def test_the_counts_in_the_readme_are_those_of_the_files() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    counts = {name: int(count) for name, count in re.findall(r"^\| `([a-z]+)\.json` \| (\d+) \|", told, re.MULTILINE)}

    assert counts == {name: len(content["cases"]) for name, content in FILES.items()}


def test_the_cast_is_of_the_sample_company() -> None:
    company = json.loads((FOLDER.parent.parent / "service/seed/company.json").read_text(encoding="utf-8"))
    roles = {member["login"]: member["role"] for member in company["members"]}

    assert {who["login"]: who["role"] for who in CAST.values()}.items() <= roles.items()
