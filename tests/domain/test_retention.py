"""What is erased after its time, and what is left of it."""

from typing import Any, get_type_hints

import msgspec
import pytest
from msgspec import Struct

from domain.distance import Point, metres_between
from domain.facts.door.attendance import Arrived
from domain.facts.kinds import KINDS, Kind
from domain.facts.words import CoordinateSystem, Position
from domain.retention import TERM_SOURCES, RetentionTerms, position_of

WGS84, GCJ02 = CoordinateSystem.WGS84, CoordinateSystem.GCJ02
TIANANMEN = Point(39.908823, 116.397470, WGS84)
IN_GCJ02 = Point(39.910227, 116.403714, GCJ02)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (TIANANMEN, TIANANMEN, 0),
        (Point(0, 0, WGS84), Point(0, 1, WGS84), 111_195),
        (Point(30, 120, WGS84), Point(30.001, 120, WGS84), 111),
        (Point(90, 0, WGS84), Point(-90, 0, WGS84), 20_015_114),
    ],
)
def test_a_distance_is_that_of_the_great_circle(one: Point, other: Point, metres: int) -> None:
    assert (metres_between(one, other), metres_between(other, one)) == (metres, metres)


def test_one_place_told_in_two_systems_is_one_place() -> None:
    """Not the half kilometre that mixing them would make of it."""
    assert metres_between(TIANANMEN, IN_GCJ02) <= 1
    assert metres_between(TIANANMEN, Point(IN_GCJ02.latitude, IN_GCJ02.longitude, WGS84)) > 500


def test_outside_of_china_both_systems_are_one() -> None:
    assert metres_between(Point(48.8584, 2.2945, WGS84), Point(48.8584, 2.2945, GCJ02)) == 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_no_fact_hides_a_position_where_it_would_not_be_erased(kind: Kind) -> None:
    """A position is a body's own `position`, never deeper or under another name."""
    assert {path for path in positions_in(kind.body) if path != "position"} == set()


def test_a_position_is_seen_where_a_body_has_one() -> None:
    here = Position(latitude=30.27, longitude=120.15, accuracy_metres=9, coordinate_system=WGS84)
    assert (position_of(Arrived(position=here)), position_of(Arrived())) == (here, None)
    assert set(positions_in(Arrived)) == {"position"}


def test_every_term_tells_its_default_and_its_source() -> None:
    terms = msgspec.to_builtins(RetentionTerms())
    assert {each.term: each.default for each in TERM_SOURCES} == terms
    assert all(each.source and each.zh and each.en for each in TERM_SOURCES)


def positions_in(kind: Any) -> list[str]:
    """Where a position may stand, as paths of names."""
    if kind is Position:
        return [""]
    if isinstance(kind, type) and issubclass(kind, Struct):
        hints = get_type_hints(kind)
        return [f"{name}.{path}".rstrip(".") for name, each in hints.items() for path in positions_in(each)]
    return [path for each in getattr(kind, "__args__", ()) for path in positions_in(each)]
