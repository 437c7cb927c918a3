"""Which values fit where one is refused: found wherever an enumeration can stand."""

import enum
from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct, field

from sync.allowed_values import MOST_NAMED, allowed_values


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


class Shade(Struct):
    colour: Annotated[Colour | None, Meta(description="which")] = None
    light: Literal["dim", "bright"] = field(name="brightness", default="dim")


class Room(Struct):
    walls: tuple[Shade, ...]
    by_colour: dict[Colour, int]
    doors: list[Annotated[Colour, Meta(description="each")]] | None = None


@pytest.mark.parametrize(
    ("kind", "steps", "expected"),
    [
        (Colour, (), ("red", "blue")),
        (Colour | int | None, (), ("red", "blue")),
        (Shade, ("colour",), ("red", "blue")),
        (Room, ("walls", "3", "brightness"), ("dim", "bright")),
        (Room | None, ("doors", "0"), ("red", "blue")),
        (Room, ("by_colour",), ("red", "blue")),
        (Room, ("walls",), ()),
        (Room, ("cellar",), ()),
        (str, ("colour",), ()),
    ],
)
def test_the_values_are_those_of_the_enumeration_at_the_place(
    kind: object, steps: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert allowed_values(kind, steps) == expected


def test_no_more_are_named_than_somebody_would_read() -> None:
    many = enum.StrEnum("many", [f"v{number}" for number in range(MOST_NAMED + 10)])  # type: ignore[misc]

    assert allowed_values(many) == tuple(f"v{number}" for number in range(MOST_NAMED))
