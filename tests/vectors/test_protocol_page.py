"""What the pages of sync and their exchange say is what the code and the contract say."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from service.http.faults import LONGEST_DELAY_SECONDS
from service.routes.sync.offer import FACTS_PER_OFFER
from service.routes.sync.push import PUSH_BYTES
from service.routes.sync.repair import DOCUMENTS_HELD, REPAIR_BYTES
from sync.bounds import DEEPEST
from sync.protocol import BYTES_PER_PULL, DOCUMENTS_PER_PULL, FACTS_PER_PUSH, DeviceTrouble, Outcome, Reset
from sync.schemas import CURRENT
from tests.documents import blocks, read

TWO_PAGES = read("docs/sync.md")
PAGE = TWO_PAGES + read("docs/sync-in-detail.md")
WORDS_OF_TWO_PAGES = 1300
CONTRACT: dict[str, Any] = json.loads(read("openapi/openapi.json"))
PROBLEMS: dict[str, Any] = json.loads(read("service/http/problems.json"))
REQUESTS = blocks("docs/sync-exchange.md", "http")


def test_the_protocol_stays_within_two_pages() -> None:
    assert len(TWO_PAGES.split()) <= WORDS_OF_TWO_PAGES


def test_every_call_on_the_page_is_in_the_contract() -> None:
    calls = set(re.findall(r"(GET|POST) (/v1/[\w/{}-]+)", PAGE))

    assert calls
    assert [call for call in calls if call[0].lower() not in CONTRACT["paths"].get(call[1].rstrip("/"), {})] == []


@pytest.mark.parametrize("words", [Outcome, Reset, DeviceTrouble])
def test_every_word_of_the_wire_is_explained(words: Any) -> None:
    assert [word.value for word in words if f"`{word.value}`" not in PAGE] == []


def test_every_outcome_has_a_row_with_words_for_the_person() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)

    assert [row[0] for row in rows[1:]] == [outcome.value for outcome in Outcome]


def test_errors_are_problems_with_the_status_that_is_told() -> None:
    told = re.findall(r"^\| (\d{3}) `(\w+)` \|", PAGE, re.MULTILINE)

    assert {code: int(status) for status, code in told} == {code: PROBLEMS[code]["status"] for _, code in told}
    assert len(told) == 5


def test_the_limits_are_those_of_the_code() -> None:
    mebibyte = 1024 * 1024
    sentences = [
        f"A push {FACTS_PER_PUSH} facts and {PUSH_BYTES // mebibyte} MiB",
        f"a fact {DEEPEST} levels deep",
        f"A pull {DOCUMENTS_PER_PULL:,} documents",
        f"{BYTES_PER_PULL // mebibyte} MiB (`budget_bytes`)",
        f"An offer {FACTS_PER_OFFER:,} facts",
        f"A repair {DOCUMENTS_HELD:,} documents and {REPAIR_BYTES // mebibyte} MiB",
    ]
    flat = " ".join(PAGE.split())

    assert [sentence for sentence in sentences if sentence not in flat] == []
    assert f"(0 to {LONGEST_DELAY_SECONDS})" in read("docs/faults.md")


def test_the_schema_on_the_page_is_that_of_the_code() -> None:
    assert f"`schema` counts the versions of the contract, {CURRENT} today" in PAGE


@pytest.mark.parametrize("request_text", REQUESTS)
def test_a_request_of_the_exchange_fits_the_contract(request_text: str) -> None:
    head, _, body = request_text.partition("\n\n")
    path = head.split()[1]
    name = {"/v1/sync/push": "Push", "/v1/sync/pull": "Pull"}[path]
    schema = {"$ref": f"#/components/schemas/{name}", "components": CONTRACT["components"]}

    assert [error.message for error in Draft202012Validator(schema).iter_errors(json.loads(body))] == []
