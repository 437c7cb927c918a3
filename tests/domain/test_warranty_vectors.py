"""Every published warranty case comes out as it says."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.calendar.china import CHINA
from domain.calendar.holidays import HolidayCalendar, is_working_day
from domain.calendar.refund_clocks import refund_clock
from domain.catalogue import Product
from domain.warranty.claim import Claim, terms_of
from domain.warranty.decision import Decided, decide
from domain.warranty.depreciation import depreciation

FOLDER = Path(__file__).parents[2] / "openapi/vectors/warranty"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def cases(kind: str) -> dict[str, dict[str, Any]]:
    return {
        f"{stem}/{case['name']}": case
        for stem, content in FILES.items()
        if content["kind"] == kind
        for case in content["cases"]
    }


PRODUCTS = msgspec.json.decode((FOLDER.parents[2] / "service/seed/products.json").read_bytes(), type=list[Product])
DECISIONS, RETURNS, REFUNDS, DAYS = cases("decision"), cases("return"), cases("refund"), cases("day")


def claim_of(case: dict[str, Any]) -> Claim:
    return msgspec.convert(case["claim"], Claim)


def seen(decided: Decided, expected: dict[str, Any]) -> dict[str, Any]:
    """What the case speaks of, as it writes it."""
    told: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(decided))
    parts = {
        "lines": {each.line_id: [each.decision, each.basis.code] for each in decided.lines},
        "choices": [each.remedy for each in decided.choices],
        "alarms": [each.code for each in decided.alarms],
        "alarm_jobs": [str(job_id) for each in decided.alarms for job_id in each.job_ids],
        "notices": [each.code for each in decided.notices],
        "clocks": [[each.code, each.day, each.last_day.isoformat()] for each in decided.clocks],
        "exclusions": [{key: each[key] for key in ("code", "stands", "lacking")} for each in told["exclusions"]],
    }
    for name in ("start", "whole_term", "main_part_term"):
        asked = expected.get(name)
        parts[name] = told[name] if asked is None else {key: told[name][key] for key in asked}
    return {name: parts[name] for name in expected}


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_comes_out_as_the_case_says(name: str) -> None:
    case = DECISIONS[name]

    decided = decide(claim_of(case), CHINA)

    assert seen(decided, case["expect"]) == case["expect"]


@pytest.mark.parametrize("name", RETURNS)
def test_a_return_costs_what_the_case_says(name: str) -> None:
    case, given = RETURNS[name], RETURNS[name]["return"]
    returned_on = date.fromisoformat(given["returned_on"])

    found = depreciation(claim_of(case), given["price_fen"], returned_on, given["basis_points_per_day"], CHINA)

    assert case["expect"] == {
        "days": found.days,
        "deducted_fen": found.deducted_fen,
        "refund_fen": found.refund_fen,
        "code": found.basis.code,
    }


@pytest.mark.parametrize("name", REFUNDS)
def test_a_refund_is_due_when_the_case_says(name: str) -> None:
    case = REFUNDS[name]

    clock = refund_clock(date.fromisoformat(case["fell_due_on"]), CHINA)

    assert msgspec.to_builtins(clock) == {"fell_due_on": case["fell_due_on"], **case["expect"]}


@pytest.mark.parametrize("name", DAYS)
def test_a_day_is_what_the_case_says(name: str) -> None:
    expected = DAYS[name]["expect"]

    assert {day: kind_of(date.fromisoformat(day), CHINA) for day in expected} == expected


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.code)
def test_no_product_of_the_sample_company_is_promised_less_than_the_law_gives(product: Product) -> None:
    terms = terms_of(product)

    assert (terms.whole_months, terms.main_part_months) == (12, 12 if product.group == "WP" else 36)
    assert terms.maker_promise_months == (72 if product.group == "AC" else 0)
    assert (product.depreciation_basis_points_per_day, terms.new_part_restarts) == (
        (10, True) if product.group == "TV" else (0, False)
    )


def kind_of(day: date, calendar: HolidayCalendar) -> str:
    if day in calendar.holidays:
        return "holiday"
    return "working" if is_working_day(calendar, day) else "off"


def test_the_readme_counts_the_cases() -> None:
    told = (FOLDER / "README.md").read_text(encoding="utf-8")
    counts = {name: int(count) for name, count in re.findall(r"^\| `([a-z]+)\.json` \| (\d+) \|", told, re.MULTILINE)}

    assert counts == {name: len(content["cases"]) for name, content in FILES.items()}


def test_every_rule_of_the_three_guarantees_has_a_case() -> None:
    """R30 is about the grade of parts: the repair record and the stock ledger answer for it, no decision does."""
    rules = {rule for content in FILES.values() for case in content["cases"] for rule in case["rules"]}

    assert {f"R{number}" for number in range(20, 36)} - rules == {"R30"}
