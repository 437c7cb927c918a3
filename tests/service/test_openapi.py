"""The document as a whole, and each operation in it, held to laws."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from httpx import AsyncClient
from openapi_spec_validator import validate

from service.http.endpoint import Download, Operation
from service.http.errors import PROBLEMS
from service.openapi import VERSION, document_bytes
from service.openapi.operations import PARAMETER_WORDS
from service.openapi.sample_values import SAMPLE_VALUES
from service.routes import OPERATIONS
from tests.documents import read
from tests.service.contract_document import DOCUMENT, SCHEMAS, operations

# What the tour names, as shell does: job=… visit=….
TOUR = {f"{word}_id": id_ for word, id_ in re.findall(r"\b(job|visit)=([0-9a-f-]{36})", read("README.md"))}


def violations(content: dict[str, Any]) -> list[str]:
    """What is wrong with an example."""
    schema = {**content["schema"], "components": DOCUMENT["components"]}
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [error.message for error in checker.iter_errors(content["example"])]


def test_the_document_is_valid() -> None:
    validate(msgspec.json.decode(document_bytes(OPERATIONS)))


async def test_the_server_serves_exactly_this_document(client: AsyncClient) -> None:
    answer = await client.get("/v1/openapi.json")

    assert (answer.content, answer.headers["content-type"]) == (document_bytes(OPERATIONS), "application/json")


def test_the_committed_file_is_exactly_this_document() -> None:
    committed = Path("openapi/openapi.json").read_bytes()

    assert committed == document_bytes(OPERATIONS), "run `onsite openapi` and commit openapi/openapi.json"


def test_the_document_says_the_release() -> None:
    assert f'version = "{VERSION}"' in Path("pyproject.toml").read_text(encoding="utf-8")


def test_every_code_of_a_problem_is_a_value_of_one_type() -> None:
    assert SCHEMAS["Problem"]["properties"]["code"] == {"$ref": "#/components/schemas/ProblemCode"}
    assert set(SCHEMAS["ProblemCode"]["enum"]) == set(PROBLEMS)


def test_everything_named_is_used() -> None:
    text = document_bytes(OPERATIONS).decode()

    for kind, named in DOCUMENT["components"].items():
        if kind != "securitySchemes":
            assert [name for name in named if f'"#/components/{kind}/{name}"' not in text] == []


def test_operation_ids_are_verb_noun_and_unique() -> None:
    ids = [operation["operationId"] for _, operation in operations()]

    assert len(ids) == len(set(ids))
    assert [name for name in ids if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_every_operation_is_told_tagged_and_secured(name: str, operation: dict[str, Any]) -> None:
    tags = {tag["name"]: tag["description"] for tag in DOCUMENT["tags"]}

    assert operation["summary"]
    assert [tags[tag] for tag in operation["tags"]]
    assert operation["security"] in ([{}], [{"access_token": []}])
    assert all(parameter["description"] for parameter in operation.get("parameters", ()))


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_every_operation_refuses_by_problem_documents(name: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]

    assert responses["default"] == {"$ref": "#/components/responses/Problem"}
    assert {status for status in responses if status >= "4" and status != "default"} >= {"429", "503"}
    for status, response in responses.items():
        assert status < "4" or set(response) == {"$ref"}
    if "requestBody" in operation:
        assert {"400", "413", "415", "422"} <= set(responses)
    if operation["security"] != [{}]:
        assert "401" in responses


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_code_of_its_own_has_its_status_among_the_responses(operation: Operation) -> None:
    if operation.listed:
        described = DOCUMENT["paths"][operation.path][operation.method.lower()]

        assert {str(PROBLEMS[code].status) for code in operation.problems} <= set(described["responses"])


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if each.status == 202], ids=lambda each: each.id)
def test_whatever_is_made_to_order_is_followed_and_fetched_at_addresses_of_one_form(operation: Operation) -> None:
    told = DOCUMENT["paths"][operation.path][operation.method.lower()]["responses"]["202"]["headers"]
    reads = {each.path: each for each in OPERATIONS if each.method == "GET"}
    assert operation.made_at is not None
    (address,) = {path for path in reads if re.sub(r"{\w+}$", "{id}", path) == operation.made_at}

    assert set(told) == {"Location", "Retry-After"}
    assert reads[address].response is operation.response
    assert {"state", "steps_done", "steps_total"} <= set(operation.response.__struct_fields__)
    assert reads[f"{address}/file"].response is Download
    assert {"file_not_ready", "file_failed"} <= set(reads[f"{address}/file"].problems)


@pytest.mark.parametrize("path", ["/v1/sync/push", "/v1/sync/preview"])
def test_the_example_of_a_push_is_answered_fact_by_fact(path: str) -> None:
    operation = DOCUMENT["paths"][path]["post"]
    pushed = operation["requestBody"]["content"]["application/json"]["example"]["facts"]
    told = operation["responses"]["200"]["content"]["application/json"]["example"]["outcomes"]

    assert [each["answer"]["fact_id"] for each in told] == [fact["id"] for fact in pushed]


def test_where_the_readmes_tour_was_taken_the_page_tries_its_job_and_visit() -> None:
    required = [
        parameter
        for _, operation in operations()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "path" or parameter["required"]
    ]
    shown = {
        name: {each.get("example") for each in required if each["name"] == name} for name in ("job_id", "visit_id")
    }

    assert shown == {name: {id_} for name, id_ in TOUR.items()}
    assert {each["name"] for each in required if "example" in each} > {
        "member_id",
        "outlet_id",
        "code",
        "kpi",
        "first_day",
    }


def test_every_problem_response_is_a_problem_document() -> None:
    for response in DOCUMENT["components"]["responses"].values():
        assert violations(response["content"]["application/problem+json"]) == []
        assert set(response["content"]) == {"application/problem+json"}
        assert response["description"]
    assert DOCUMENT["components"]["responses"]["Unauthorized"]["headers"]["WWW-Authenticate"]


def test_the_bearer_scheme_has_no_name() -> None:
    assert DOCUMENT["components"]["securitySchemes"] == {
        "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    }


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_every_body_has_an_example_that_satisfies_its_schema(name: str, operation: dict[str, Any]) -> None:
    assert [violations(content) for content in bodies(operation) if violations(content)] == []


@pytest.mark.parametrize(("name", "operation"), list(operations()))
def test_no_example_holds_a_word_that_stands_in_for_another(name: str, operation: dict[str, Any]) -> None:
    assert "text" not in set(texts([content["example"] for content in bodies(operation)]))


def test_every_sample_value_and_every_word_for_a_parameter_is_used() -> None:
    fields = {name: set(schema.get("properties", ())) for name, schema in SCHEMAS.items()}
    named = set().union(*fields.values())
    asked = {each["name"] for _, operation in operations() for each in operation.get("parameters", ())}

    assert {name: set(of) - fields[name] for name, of in SAMPLE_VALUES.by_type.items() if set(of) - fields[name]} == {}
    assert set(SAMPLE_VALUES.by_name) - named == set()
    assert set(PARAMETER_WORDS) - asked == set()


def bodies(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """What is sent and answered, each with its schema and example."""
    answers = [response for response in operation["responses"].values() if "$ref" not in response]
    return [
        content for each in (operation.get("requestBody", {}), *answers) for content in each.get("content", {}).values()
    ]


def texts(value: object) -> Iterator[str]:
    """Every text in an example."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def test_the_same_code_gives_the_same_bytes() -> None:
    assert document_bytes(OPERATIONS) == document_bytes(OPERATIONS)
