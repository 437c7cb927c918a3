"""Which fields of an input do not fit, all at once, as codes that do not depend on the decoder's English."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Raw, Struct, structs

from service.http.errors import Violation, unknown_value
from sync.allowed_values import allowed_values

MOST_REPORTED = 50

UNKNOWN_VALUE = "unknown_value"

_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"Expected `\w+` of length >= (?P<limit>\d+)", "too_short"),
    (r"Expected `\w+` of length <= (?P<limit>\d+)", "too_long"),
    (r"Expected `\w+` (?P<comparison><=|>=|<|>) (?P<limit>\S+)", "out_of_range"),
    (r"Number out of range|Integer value out of range", "out_of_bounds"),
    (r"Expected `\w+` matching regex", "bad_format"),
    (r"Expected `datetime` with a timezone", "offset_missing"),
    (r"Expected `(?P<expected>[^`]+)`, got `(?P<actual>[^`]+)`", "wrong_type"),
    (r"Invalid enum value", UNKNOWN_VALUE),
    (r"Invalid RFC3339|Invalid ISO8601", "malformed_time"),
    (r"Invalid UUID", "malformed_id"),
    (r"Object missing required field|[a-z_]+ is missing", "missing"),
    (r"Object contains unknown field", "unknown_field"),
)
_JSON_WORDS = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "datetime": "time"}
_RULES = tuple((re.compile(pattern), code) for pattern, code in _PATTERNS)


def violations(
    value: object, kind: object, first: msgspec.ValidationError, *, strict: bool = True
) -> Iterator[Violation]:
    """Every violation of `kind` in the untyped `value`; `first` is reported when looking field by field finds none."""
    found = tuple(islice(_search(value, kind, "", strict=strict), MOST_REPORTED))
    yield from found or (_violation(first, "", kind),)


def query_values(pairs: list[tuple[str, str]], kind: type[Struct]) -> tuple[dict[str, Any], tuple[Violation, ...]]:
    """The parameters by name, as a list where the Struct wants one, and those that were repeated without leave."""
    lists = _list_fields(kind)
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    twice = tuple(Violation(f"/{name}", "given_twice") for name in given if name not in lists and len(given[name]) > 1)
    return {name: values if name in lists else values[-1] for name, values in given.items()}, twice


def misread(values: Mapping[str, Any], kind: type[Struct]) -> Iterator[Violation]:
    """Texts that a lenient decoder takes for something else: `null` for no filter at all, a number for a moment."""
    for field in structs.fields(kind):
        given, alternatives = values.get(field.encode_name), _alternatives(field.type)
        if isinstance(given, str):
            spelt = not {int, float, bool}.isdisjoint(alternatives)
            yield from _check(given, Union[tuple(alternatives)], _below("", field.encode_name), strict=not spelt)  # noqa: UP007


def unstorable(value: object, pointer: str = "") -> Iterator[Violation]:
    """Texts and moments that decode well but that PostgreSQL cannot hold."""
    match value:
        case str() if "\0" in value:
            yield Violation(pointer, "holds_nul")
        case datetime() if not _has_year_in_utc(value):
            yield Violation(pointer, "out_of_bounds")
        case Struct():
            yield from unstorable(structs.asdict(value), pointer)
        case Mapping():
            for key, item in value.items():
                yield from unstorable(key, pointer)
                yield from unstorable(item, _below(pointer, key))
        case list() | tuple():
            for index, item in enumerate(value):
                yield from unstorable(item, _below(pointer, index))


@cache
def _list_fields(kind: type[Struct]) -> frozenset[str]:
    return frozenset(field.encode_name for field in structs.fields(kind) if _item_of(field.type) is not None)


def _search(value: object, kind: object, pointer: str, *, strict: bool) -> Iterator[Violation]:
    if isinstance(value, dict) and (record := _struct_of(kind)) is not None:
        yield from _search_record(value, record, pointer, strict=strict)
    elif isinstance(value, list) and (item_kind := _item_of(kind)) is not None:
        yield from _search_items(value, kind, item_kind, pointer, strict=strict)
    else:
        yield from _check(value, kind, pointer, strict=strict)


def _search_record(value: dict[str, Any], record: type[Struct], pointer: str, *, strict: bool) -> Iterator[Violation]:
    fields = {field.encode_name: field for field in structs.fields(record)}
    for name, item in value.items():
        if name in fields:
            yield from _search(item, fields[name].type, _below(pointer, name), strict=strict)
        elif record.__struct_config__.forbid_unknown_fields:
            yield Violation(_below(pointer, name), "unknown_field")
    for name, field in fields.items():
        if field.required and name not in value:
            yield Violation(_below(pointer, name), "missing")


def _search_items(
    value: list[object], kind: object, item: object, pointer: str, *, strict: bool
) -> Iterator[Violation]:
    broken = False
    if Raw in _alternatives(item):
        # Whoever asked for bytes reads them later; here they only count.
        value = [Raw()] * len(value)
    for index, element in enumerate(value):
        for violation in _search(element, item, _below(pointer, index), strict=strict):
            broken = True
            yield violation
    if not broken:
        yield from _check(value, kind, pointer, strict=strict)


def _check(value: object, kind: object, pointer: str, *, strict: bool) -> Iterator[Violation]:
    try:
        msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as wrong:
        yield _violation(wrong, pointer, kind)


def _violation(wrong: msgspec.ValidationError, pointer: str, kind: object) -> Violation:
    text, _, path = str(wrong).partition(" - at `$")
    steps = re.findall(r"\.?([^.\[\]`]+)", path)
    pointer += "".join(f"/{_escaped(part)}" for part in steps)
    if isinstance(wrong.__cause__, ValueError) and (named := re.match(r"[a-z_]+\b", text)):
        # A rule between fields, of a record's own: its sentence begins with the field to correct.
        pointer = _below(pointer, named[0])
    for rule, code in _RULES:
        if found := rule.match(text):
            if code == UNKNOWN_VALUE:
                return unknown_value(pointer, allowed_values(kind, steps))
            return Violation(pointer, code, {name: _as_json(value) for name, value in found.groupdict().items()})
    return Violation(pointer, "invalid")


def _as_json(kinds: str) -> str:
    """What the decoder calls by Python's names, in the words of JSON."""
    return "/".join(_JSON_WORDS.get(kind, kind) for kind in kinds.split(" | "))


def _struct_of(kind: object) -> type[Struct] | None:
    records = [part for part in _alternatives(kind) if isinstance(part, type) and issubclass(part, Struct)]
    # A tagged union is left to the decoder: which of its Structs was meant is its own first question.
    return records[0] if len(records) == 1 else None


def _item_of(kind: object) -> object | None:
    for part in _alternatives(kind):
        if get_origin(part) in {list, tuple}:
            item: object = get_args(part)[0]
            return item
    return None


def _alternatives(kind: object) -> list[object]:
    """What `kind` may be besides null, without annotations."""
    if get_origin(kind) is Annotated:
        return _alternatives(get_args(kind)[0])
    if get_origin(kind) in {Union, UnionType}:
        return [part for choice in get_args(kind) if choice is not NoneType for part in _alternatives(choice)]
    return [kind]


def _has_year_in_utc(moment: datetime) -> bool:
    try:
        moment.astimezone(UTC)
    except (OverflowError, ValueError):
        return False
    return True


def _below(pointer: str, name: object) -> str:
    return f"{pointer}/{_escaped(str(name))}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
