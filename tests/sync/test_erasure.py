"""A fact without its position is the same fact in everything else."""

from typing import Any

import msgspec
import pytest

from domain.facts.words import CoordinateSystem, Position
from sync.erasure import without_position
from sync.record import Record, read

HERE = {"latitude": 30.27, "longitude": 120.15, "accuracy_metres": 9, "coordinate_system": "wgs84"}
ENVELOPE = {
    "id": "0197f3c2-0000-7000-8000-000000000001",
    "job_id": "0197f3c2-0000-7000-8000-000000000002",
    "visit_id": "0197f3c2-0000-7000-8000-000000000003",
    "happened_at": "2026-08-01T02:00:00Z",
}
PASS = {"code": "x", "result": "pass"}
BODIES: dict[str, dict[str, Any]] = {
    "departed": {},
    "arrived": {"evidence": "position"},
    "checked_in": {"uniform": PASS, "badge": PASS},
}


@pytest.mark.parametrize("kind", BODIES)
def test_the_position_goes_and_all_else_stays(kind: str) -> None:
    said = {
        **ENVELOPE,
        "from_a_later_app": {"position": "left"},
        kind: {**BODIES[kind], "new": [1.5], "position": HERE},
    }
    left, position = without_position(msgspec.json.encode(said))
    assert position == Position(
        latitude=30.27, longitude=120.15, accuracy_metres=9, coordinate_system=CoordinateSystem.WGS84
    )
    assert msgspec.json.decode(left) == {**said, kind: {**BODIES[kind], "new": [1.5], "position": None}}
    assert b"30.27" not in left


@pytest.mark.parametrize("kind", BODIES)
def test_what_is_left_reads_as_the_fact_without_it(kind: str) -> None:
    raw = msgspec.json.encode({**ENVELOPE, kind: {**BODIES[kind], "position": HERE}})
    whole, found = read(raw), read(without_position(raw)[0])
    assert isinstance(whole, Record)
    assert isinstance(found, Record)
    assert (found.envelope, found.kind) == (whole.envelope, whole.kind)
    assert found.body == msgspec.structs.replace(whole.body, position=None)


def test_bytes_without_a_position_come_back_as_they_are() -> None:
    raw = b'{"note_added": {"text": "position"},  "id": 1}'
    assert without_position(raw) == (raw, None)


def test_a_position_that_nobody_can_read_goes_all_the_same() -> None:
    left, position = without_position(b'{"arrived":{"position":{"latitude":"30.27"}}}')
    assert (left, position) == (b'{"arrived":{"position":null}}', None)
