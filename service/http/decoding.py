"""From bytes to typed values, strictly. Each refusal names every field that does not fit."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import MsgspecError, Struct, structs

from service.http.errors import Refused, Violation, invalid_body, invalid_query
from service.http.violations import misread, query_values, unstorable, violations
from sync.repeated_names import may_repeat, repeated_name

T = TypeVar("T")
Query = TypeVar("Query", bound=Struct)

# Only a text with one of these can decode to a NUL or to a moment that has no year in UTC.
_SUSPICIOUS = (b"\\u00", b'"0001-01-01', b'"9999-12-31')
MOST_PARAMETERS = 100


def decode_body(raw: bytes, kind: type[T]) -> T:
    """`raw` as `kind`, or Refused, also where a name stands twice: one of two values that were typed would be gone."""
    value = decode(raw, kind)
    if raw.count(b":") > 1 and may_repeat(raw, msgspec.json.encode(_untyped(raw))):
        _require_each_name_once(raw)
    return value


def decode(raw: bytes, kind: type[T]) -> T:
    """`raw` as `kind`, or Refused. A field of type msgspec.Raw is left alone: its owner decodes it later."""
    try:
        value = msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as wrong:
        raise invalid_body(*violations(_untyped(raw), kind, wrong)) from None
    except (MsgspecError, UnicodeDecodeError) as wrong:
        raise _malformed(raw, wrong) from None
    except RecursionError:
        raise Refused("nested_too_deeply") from None
    if any(mark in raw for mark in _SUSPICIOUS) and (found := tuple(unstorable(value))):
        raise invalid_body(*found)
    return value


def decode_query(query_string: bytes, kind: type[Query]) -> Query:
    """The query parameters as the Struct `kind`; a list field takes a parameter that is repeated."""
    try:
        pairs = parse_qsl(
            query_string.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS
        )
    except ValueError:
        raise invalid_query(Violation("", "malformed_text")) from None
    values, found = query_values(pairs, kind)
    try:
        value = msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as wrong:
        found += tuple(violations(values, kind, wrong, strict=False))
    else:
        found += (*unstorable(value), *misread(values, kind))
        if not found:
            return value
    raise invalid_query(*found)


def decode_headers(given: Iterable[tuple[bytes, bytes]], kind: type[Query]) -> Query:
    """The headers that the Struct `kind` names, each at most once; Refused names the first that does not fit."""
    values: dict[str, str] = {}
    names = {field.encode_name.lower(): field.encode_name for field in structs.fields(kind)}
    for raw, value in given:
        if (name := names.get(raw.decode("latin-1"))) is not None:
            if name in values:
                raise Refused("invalid_header", header=name)
            values[name] = value.decode("latin-1")
    try:
        read = msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as wrong:
        first = next(violations(values, kind, wrong, strict=False))
        missing = re.search(r"required field `([^`]+)`", str(wrong))
        raise Refused("invalid_header", header=missing[1] if missing else first.pointer.strip("/")) from None
    _require_as_said(values, read)
    return read


def decode_path(values: dict[str, Any], kinds: dict[str, Any]) -> dict[str, Any]:
    """Path parameters by name. One that does not fit names nothing that exists, so it is `not_found`."""
    try:
        path = {name: msgspec.convert(values[name], kind, strict=False) for name, kind in kinds.items()}
    except MsgspecError:
        raise Refused("not_found") from None
    if any(True for _ in unstorable(path)):
        raise Refused("not_found")
    return path


def _require_as_said(values: dict[str, str], read: Struct) -> None:
    """Refuse what a lenient decoder takes for something else: `1e3` for a number, `null` for no header at all."""
    for field in structs.fields(read):
        said = values.get(field.encode_name)
        if said is not None and str(getattr(read, field.name)) != said:
            raise Refused("invalid_header", header=field.encode_name)


def _require_each_name_once(raw: bytes) -> None:
    try:
        twice = repeated_name(raw)
    except RecursionError:
        raise Refused("nested_too_deeply") from None
    if twice is not None:
        raise invalid_body(Violation(twice, "given_twice"))


def _untyped(raw: bytes) -> object:
    """The decoder stops at its first violation; a second pass without types lets us find the rest."""
    try:
        return msgspec.json.decode(raw)
    except (MsgspecError, UnicodeDecodeError) as wrong:
        raise _malformed(raw, wrong) from None
    except RecursionError:
        raise Refused("nested_too_deeply") from None


def _malformed(raw: bytes, wrong: Exception) -> Refused:
    if found := re.search(r"\(byte (\d+)\)", str(wrong)):
        return Refused("malformed_json", position=int(found[1]))
    try:
        raw.decode()
    except UnicodeDecodeError as broken:
        return Refused("malformed_json", position=broken.start)
    return Refused("malformed_json", position=len(raw))
