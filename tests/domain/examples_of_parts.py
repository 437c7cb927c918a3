"""Parts as they are recorded: quantity, code, trace (K23)."""

from typing import Any

from domain.facts import door
from domain.facts.words import FeeKind, FrozenPrice, Tracking
from tests.domain.builders import Said, door_steps, opened, planned
from tests.domain.examples import Example

PRICES = (
    FrozenPrice(code="P-AC-011", component=FeeKind.PART, price_fen=3_500),
    FrozenPrice(code="P-AC-015", component=FeeKind.PART, price_fen=2_500, tracked=Tracking.BATCH),
    FrozenPrice(code="P-AC-017", component=FeeKind.PART, price_fen=78_000, tracked=Tracking.SERIAL),
)


def fitted(part_code: str = "P-AC-011", **more: Any) -> tuple[Said, ...]:
    plan = planned(price_list_code="FS-2025-07", prices=PRICES)
    return opened(), plan, *door_steps(door.PartUsed(part_code=part_code, **more))


def quantity(thousandths: int, unit: str = "piece", **more: Any) -> tuple[Said, ...]:
    return fitted(quantity_thousandths=thousandths, unit=unit, **more)


EXAMPLES = (
    Example("part_quantity_impossible", "nobody fits nothing", quantity(0), quantity(1_000)),
    Example("part_quantity_impossible", "nor less", quantity(-1_000), quantity(2_000)),
    Example("part_quantity_impossible", "a thousand is the most", quantity(1_001_000), quantity(1_000_000)),
    Example(
        "part_quantity_impossible", "half a piece is none, half a metre is some", quantity(500), quantity(500, "metre")
    ),
    Example(
        "part_quantity_impossible",
        "one serial number is one piece",
        quantity(2_000, serial_in="S-1"),
        quantity(1_000, serial_in="S-1"),
    ),
    Example("part_code_unknown", "what the catalogue has", fitted("P-AC-999"), fitted()),
    Example(
        "part_code_unknown",
        "what the customer had themselves need not be in it",
        fitted("P-AC-999", source=door.PartSource.DEPOT),
        fitted("P-AC-999", source=door.PartSource.CUSTOMER),
    ),
    Example(
        "part_not_traceable",
        "a part with serial numbers is recorded by its own",
        fitted("P-AC-017", batch="B-1"),
        fitted("P-AC-017", serial_in="S-1"),
    ),
    Example("part_not_traceable", "one of a batch by that", fitted("P-AC-015"), fitted("P-AC-015", batch="B-1")),
)
