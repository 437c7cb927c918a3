"""How far one point is from another, whatever coordinate systems they were told in."""

import math

from msgspec import Struct

from domain.facts.words import CoordinateSystem

_EARTH_METRES = 6_371_008.8
# GCJ-02 is WGS84, moved by sums of sines over the ellipsoid of Krasovsky: half-axis, squared eccentricity.
_AXIS_METRES, _ECCENTRICITY = 6_378_245.0, 0.006_693_421_622_965_943
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271


class Point(Struct, frozen=True):
    """A place on the ground, as one system tells it."""

    latitude: float
    longitude: float
    coordinate_system: CoordinateSystem


def metres_between(one: Point, other: Point) -> int:
    """Along the great circle, in whole metres. Two systems are compared in GCJ-02, into which WGS84 goes exactly."""
    if one.coordinate_system is not other.coordinate_system:
        one, other = _moved(one), _moved(other)
    north, east = math.radians(other.latitude - one.latitude), math.radians(other.longitude - one.longitude)
    half = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(one.latitude)) * math.cos(math.radians(other.latitude)) * math.sin(east / 2) ** 2
    )
    return round(2 * _EARTH_METRES * math.asin(math.sqrt(min(1.0, half))))


def _moved(point: Point) -> Point:
    """The point in GCJ-02, which outside of China is WGS84."""
    inside = _SOUTH <= point.latitude <= _NORTH and _WEST <= point.longitude <= _EAST
    if point.coordinate_system is CoordinateSystem.GCJ02 or not inside:
        return point
    x, y, angle = point.longitude - 105, point.latitude - 35, math.radians(point.latitude)
    flat = 1 - _ECCENTRICITY * math.sin(angle) ** 2
    metres_a_degree = math.radians(1) * _AXIS_METRES
    north = _northward(x, y) / (metres_a_degree * (1 - _ECCENTRICITY) / flat**1.5)
    east = _eastward(x, y) / (metres_a_degree / math.sqrt(flat) * math.cos(angle))
    return Point(point.latitude + north, point.longitude + east, CoordinateSystem.GCJ02)


def _northward(x: float, y: float) -> float:
    """Metres."""
    plain = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    return plain + _waves(x, 20, 6, 20, 2) + _waves(y, 20, 1, 40, 1 / 3) + _waves(y, 160, 1 / 12, 320, 1 / 30)


def _eastward(x: float, y: float) -> float:
    """Metres."""
    plain = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    return plain + _waves(x, 20, 6, 20, 2) + _waves(x, 20, 1, 40, 1 / 3) + _waves(x, 150, 1 / 12, 300, 1 / 30)


def _waves(along: float, high: float, often: float, high_too: float, often_too: float) -> float:
    """Two sines of so many half turns for each degree."""
    turn = math.pi * along
    return (high * math.sin(often * turn) + high_too * math.sin(often_too * turn)) * 2 / 3
