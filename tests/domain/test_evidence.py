"""Every file that a fact can name is expected, whatever kind of fact names it."""

from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from msgspec import Struct
from msgspec.structs import replace

from domain.facts.kinds import KINDS, Kind
from domain.facts.shared import NoteAdded, Purpose
from domain.facts.words import Check, Digest
from domain.named_files import named_files
from tests.domain.bodies import CHECKED_IN
from tests.domain.builders import PASS

NO_FILES = {"content_hash"}
"""Digests of what was agreed, not of a file."""
MADE_HERE = {"report_delivered"}
"""What these name the service drew itself: nobody has to send it."""


def places(kind: type[Struct], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where in a body of this type a file can be named."""
    for field in msgspec.structs.fields(kind):
        if field.name in NO_FILES:
            continue
        path = (*above, field.name)
        parts = list(_parts(field.type))
        if any(part == Digest for part in parts):
            yield path
        for part in parts:
            if isinstance(part, type) and issubclass(part, Struct):
                yield from places(part, path)


def _parts(kind: Any) -> Iterator[Any]:
    if kind == Digest:
        yield kind
        return
    arguments = get_args(kind)
    if not arguments:
        yield kind
    for part in arguments:
        yield from _parts(part)


def with_files(kind: type[Struct], numbers: Iterator[int]) -> tuple[dict[str, Any], set[str]]:
    """The fields of a body of this type that name a file, each another one, and their digests."""
    said: dict[str, Any] = {}
    named: set[str] = set()
    for field in msgspec.structs.fields(kind):
        if field.name in NO_FILES:
            continue
        parts, many = list(_parts(field.type)), "tuple" in str(field.type)
        if Digest in parts:
            digest = f"{next(numbers):064x}"
            said[field.name], named = [digest] if many else digest, named | {digest}
        elif Check in parts:
            inner, digests = with_files(Check, numbers)
            value = {"code": "x", "result": "pass", **inner}
            said[field.name], named = [value] if many else value, named | digests
    return said, named


NAMING = [kind for kind in KINDS if kind.name not in MADE_HERE and any(places(kind.body))]


LEAST: dict[str, dict[str, Any]] = {
    "checked_in": {},
    "work_started": {},
    "part_used": {"part_code": "PCB-1"},
    "repair_recorded": {"cause_code": "E5", "measure_codes": ["M01"], "result": "solved"},
    "signed_off": {"method": "signature"},
    "fees_acknowledged": {"content_hash": "ff" * 32, "method": "signature"},
    "warranty_decided": {"decision": "paid", "basis": "expired"},
    "visit_ended": {"outcome": "solved"},
    "attachment_added": {"media_type": "image/jpeg", "size_bytes": 1, "purpose": "before"},
}
"""What else each kind that names files must say; a new kind belongs in here and in `domain.named_files`."""


@pytest.mark.parametrize("kind", NAMING, ids=lambda kind: kind.name)
def test_each_place_for_a_file_is_looked_at(kind: Kind) -> None:
    said, named = with_files(kind.body, iter(range(1, 100)))
    body = msgspec.convert({**LEAST[kind.name], **said}, kind.body)

    assert {file.digest for file in named_files(body)} == named
    assert all(isinstance(file.purpose, Purpose) for file in named_files(body))


def test_a_kind_without_a_place_for_files_expects_none() -> None:
    assert {kind.name for kind in NAMING} == LEAST.keys()
    assert named_files(NoteAdded(text="好")) == ()


def test_a_file_named_twice_in_one_fact_is_expected_once_with_its_first_purpose() -> None:
    worn = replace(PASS, photo_digests=("ab" * 32,))

    (file,) = named_files(replace(CHECKED_IN, uniform=worn, photo_digests=("ab" * 32,)))

    assert file.purpose is Purpose.UNIFORM
