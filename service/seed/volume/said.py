"""What somebody recorded: the scenario's records on their way to become facts."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from service.seed.company import NAMESPACE
from service.seed.volume.records import Order

CALL_CENTRE = "callcentre"
INSPECTOR = "inspector"


class Said(Struct, frozen=True, kw_only=True):
    """One fact to be: by whom, when, on a clock that was so much ahead, and when it was handed over."""

    login: str
    at: datetime
    handed_over_at: datetime
    clock_ahead_seconds: int
    order: Order
    fact_id: UUID
    visit_id: UUID | None
    kind: str
    body: dict[str, Any]
    twice: bool = False
    """Handed over again, as if the answer had been lost."""


def volume_id(kind: str, code: str) -> UUID:
    """The id of, for example, the `job` of an order's number; the same wherever it is planted."""
    return uuid5(NAMESPACE, f"volume/{kind}/{code}")


def job_id(order: Order) -> UUID:
    return volume_id("job", order.number)


def visit_id(order: Order, number: int) -> UUID:
    return volume_id("visit", f"{order.number}/{number}")


def dispatcher(order: Order) -> str:
    return f"dispatch.{order.outlet.lower()}"


def supervisor(order: Order) -> str:
    return f"supervisor.{order.outlet.lower()}"
