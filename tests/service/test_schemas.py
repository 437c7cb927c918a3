"""What clients may send is bounded, and schemas are shaped as generators need them."""

from datetime import datetime

import msgspec
import pytest
from msgspec import inspect

from service.openapi.schemas import component_schemas
from service.routes import OPERATIONS
from sync.wire import WIRE_FACT


def inputs() -> list[inspect.StructType]:
    kinds = [operation.request for operation in OPERATIONS if operation.request is not None]
    kinds += [operation.query for operation in OPERATIONS if operation.query is not None]
    kinds.append(WIRE_FACT)
    waiting: list[object] = list(inspect.multi_type_info(kinds))
    found: dict[type, inspect.StructType] = {}
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, inspect.StructType) and kind.cls not in found:
            found[kind.cls] = kind
            waiting += [field.type for field in kind.fields]
        waiting += [getattr(kind, name) for name in ("item_type", "value_type", "type") if hasattr(kind, name)]
        waiting += getattr(kind, "types", ())
        waiting += getattr(kind, "item_types", ())
    return list(found.values())


@pytest.mark.parametrize("record", inputs(), ids=lambda record: record.cls.__name__)
def test_an_input_is_bounded_in_every_field(record: inspect.StructType) -> None:
    """What is stored must fit: int64, a moment with its offset, a text and a list that end somewhere."""
    for field in record.fields:
        for kind in (field.type, *getattr(field.type, "types", ())):
            where = f"{record.cls.__name__}.{field.name}"
            match kind:
                case inspect.IntType():
                    assert kind.ge is not None or kind.gt is not None, where
                    assert kind.le is not None or kind.lt is not None, where
                case inspect.DateTimeType() | inspect.TimeType():
                    assert kind.tz is True, where
                case inspect.StrType() | inspect.ListType() | inspect.VarTupleType():
                    assert kind.max_length is not None or getattr(kind, "pattern", None), where


class Colour(msgspec.Struct):
    """A shape with everything that goes wrong."""

    width: int
    hue: float | None
    other: "Colour | None"
    state: str = "new"
    note: str | None = None
    seen_at: datetime | None = None


def test_the_laws_hold_because_the_schemas_are_shaped() -> None:
    components = component_schemas([Colour], []).components

    assert components["Colour"]["properties"] == {
        "width": {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1},
        "hue": {"type": ["number", "null"], "format": "double"},
        "other": {"anyOf": [{"$ref": "#/components/schemas/Colour"}, {"type": "null"}]},
        "state": {"type": "string", "default": "new"},
        "note": {"type": ["string", "null"]},
        "seen_at": {"type": ["string", "null"], "format": "date-time"},
    }


class Paint(msgspec.Struct):
    """Goes both ways: sent without its number, answered with it."""

    colour: Colour
    number: int = 1


class Sample(msgspec.Struct):
    """The same both ways."""

    side: int


class Wall(msgspec.Struct):
    """Only answered."""

    paint: Paint
    sample: Sample


def test_what_goes_both_ways_has_a_form_without_gaps_for_answers() -> None:
    schemas = component_schemas([Paint, Sample], [Wall, Paint])
    components = schemas.components

    assert set(components) == {"Colour", "ColourView", "Paint", "PaintView", "Sample", "Wall"}
    assert components["Paint"]["required"] == ["colour"]
    assert components["PaintView"]["required"] == ["colour", "number"]
    assert "default" not in components["PaintView"]["properties"]["number"]
    assert components["PaintView"]["properties"]["colour"] == {"$ref": "#/components/schemas/ColourView"}
    assert components["Wall"]["properties"]["paint"] == {"$ref": "#/components/schemas/PaintView"}
    assert (schemas.sent[Paint], schemas.told[Paint]) == (
        {"$ref": "#/components/schemas/Paint"},
        {"$ref": "#/components/schemas/PaintView"},
    )
