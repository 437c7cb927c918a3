"""The quirks that break generated clients, each held as a law over the whole document."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from httpx import AsyncClient
from openapi_spec_validator import validate

from domain.facts.kinds import KINDS
from service.http.endpoint import Operation
from service.http.errors import PROBLEMS
from service.openapi import VERSION, document, document_bytes
from service.routes import OPERATIONS

DOCUMENT = document(OPERATIONS)
SCHEMAS = DOCUMENT["components"]["schemas"]
# Words of Dart, and types that every file of a Kotlin, Swift or Dart client has in scope.
TAKEN = """
Abstract As Assert Async Await Base Break Case Catch Class Const Continue Default Do Dynamic Else Enum Export Extends
Extension External Factory False Final Finally For Get Hide If Implements Import In Interface Is Late Library Mixin New
Null On Operator Part Required Rethrow Return Sealed Set Show Static Super Switch Sync This Throw True Try Typedef Var
Void When While With Yield
Any Array Boolean Byte Char Collection Comparable Double Exception Float Function Int Iterable Iterator List Long Map
Module Nothing Number Object Package Pair Process Record Result String Symbol Throwable Triple Type Unit
Bool Character Codable Data Date Dictionary Error Identifiable Locale Never Operation Optional Progress Protocol
Response Self Sequence Task Thread Timer
DateTime Duration Expando Future Match Pattern Sink Stream StringBuffer Uri
"""
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield f"{method} {path}", operation


def schemas(node: object = DOCUMENT, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in the document, with its place."""
    if isinstance(node, dict):
        if {"type", "$ref", "anyOf", "oneOf", "allOf", "enum"} & node.keys() and "/example" not in where:
            yield where, node
        for key, value in node.items():
            yield from schemas(value, f"{where}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from schemas(value, f"{where}/{index}")


def kinds(schema: dict[str, Any]) -> set[str]:
    kind = schema.get("type")
    return set(kind) if isinstance(kind, list) else {kind} if isinstance(kind, str) else set()


def below(names: set[str]) -> set[str]:
    """Those components and all that they refer to, but not what a fact is made of: it is shown as it was sent."""
    found: set[str] = set()
    while names:
        found |= names
        text = "".join(msgspec.json.encode(SCHEMAS[name]).decode() for name in names - {"Fact"})
        names = set(re.findall(r"#/components/schemas/([\w.]+)", text)) - found
    return found


def answered() -> set[str]:
    text = "".join(msgspec.json.encode(operation["responses"]).decode() for _, operation in operations())
    return below(set(re.findall(r"#/components/schemas/([\w.]+)", text)) | {"Problem"})


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


def test_no_default_lives_on_a_shared_component() -> None:
    assert [name for name, schema in SCHEMAS.items() if "default" in schema] == []


def test_no_answer_has_a_default_or_an_optional_field() -> None:
    for name in answered() - {"Fact"}:
        schema = SCHEMAS[name]
        fields = schema.get("properties", {})

        assert set(schema.get("required", ())) == set(fields), name
        assert [field for field, inner in fields.items() if "default" in inner] == [], name


def test_a_fact_is_one_record_with_a_named_field_for_every_kind() -> None:
    fields = SCHEMAS["Fact"]["properties"]

    for kind in KINDS:
        reference = {"$ref": f"#/components/schemas/{kind.body.__name__}"}
        assert fields[kind.name] == {"anyOf": [reference, {"type": "null"}]}
    assert set(SCHEMAS["Fact"]["required"]) == {"id", "job_id", "happened_at"}
    assert SCHEMAS["Push"]["properties"]["facts"]["items"]["$ref"] == "#/components/schemas/Fact"
    assert SCHEMAS["LogEntry"]["properties"]["record"]["$ref"] == "#/components/schemas/Fact"


def test_every_code_of_a_problem_is_a_value_of_one_type() -> None:
    assert SCHEMAS["Problem"]["properties"]["code"] == {"$ref": "#/components/schemas/ProblemCode"}
    assert set(SCHEMAS["ProblemCode"]["enum"]) == set(PROBLEMS)


def test_everything_named_is_used() -> None:
    text = document_bytes(OPERATIONS).decode()

    for kind, named in DOCUMENT["components"].items():
        if kind != "securitySchemes":
            assert [name for name in named if f'"#/components/{kind}/{name}"' not in text] == []


def test_no_default_is_null() -> None:
    assert [where for where, schema in schemas() if "default" in schema and schema["default"] is None] == []


def test_a_choice_is_made_only_between_a_reference_and_null() -> None:
    for where, schema in schemas():
        assert not {"oneOf", "allOf", "not"} & schema.keys(), where
        if "anyOf" in schema:
            reference, null = schema["anyOf"]
            assert set(reference) == {"$ref"}, where
            assert null == {"type": "null"}, where


def test_every_integer_is_64_bits_wide_and_bounded() -> None:
    for where, schema in schemas():
        if "integer" in kinds(schema) and "enum" not in schema:
            assert schema["format"] == "int64", where
            assert -(2**63) <= schema["minimum"] <= schema["maximum"] < 2**63, where
            assert isinstance(schema["minimum"], int), where


def test_every_number_is_a_double() -> None:
    assert [
        where for where, schema in schemas() if "number" in kinds(schema) and schema.get("format") != "double"
    ] == []


def test_every_enumeration_is_of_strings() -> None:
    for where, schema in schemas():
        if "enum" in schema:
            assert "string" in kinds(schema), where
            assert all(isinstance(value, str | None) for value in schema["enum"]), where


def test_every_moment_says_that_it_is_one() -> None:
    moments = [(where, schema) for where, schema in schemas() if re.search(r"/properties/\w+_at$", where)]

    assert [where for where, schema in moments if schema.get("format") != "date-time"] == []


def test_every_named_schema_is_told_what_it_is() -> None:
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []


def test_every_name_can_be_a_class_in_any_language() -> None:
    assert [name for name in SCHEMAS if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)] == []


def test_no_name_is_taken_in_a_language_of_our_clients() -> None:
    assert {name.lower() for name in SCHEMAS} & set(TAKEN.lower().split()) == set()
    assert len({name.lower() for name in SCHEMAS}) == len(SCHEMAS)


def test_no_record_is_without_fields() -> None:
    """Every generator makes an untyped object of it."""
    assert [name for name, schema in SCHEMAS.items() if schema["type"] == "object" and not schema["properties"]] == []


def test_every_list_says_what_is_in_it() -> None:
    assert [where for where, schema in schemas() if "array" in kinds(schema) and "items" not in schema] == []


def test_a_body_refuses_unknown_fields_and_an_answer_does_not() -> None:
    for name in answered():
        assert SCHEMAS[name].get("additionalProperties") is not False, name


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
    answers = [response for response in operation["responses"].values() if "$ref" not in response]

    for holder in (operation.get("requestBody", {}), *answers):
        for content in holder.get("content", {}).values():
            assert violations(content) == []


def test_the_same_code_gives_the_same_bytes() -> None:
    assert document_bytes(OPERATIONS) == document_bytes(OPERATIONS)
