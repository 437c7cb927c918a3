"""The quirks that break generated clients, each held as a law over every schema of the document."""

import re

from domain.facts.kinds import KINDS
from tests.service.contract_document import SCHEMAS, answered, kinds, schemas

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
