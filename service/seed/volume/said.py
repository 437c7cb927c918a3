"""What somebody recorded: the scenario's records on their way to become facts."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct

from service.seed.company import NAMESPACE
from service.seed.volume.days import day_of, moment
from service.seed.volume.records import Order

CALL_CENTRE = "callcentre"
INSPECTOR = "inspector"


EVENINGS = {"dispatch": (18, 30), "supervisor": (18, 40), INSPECTOR: (18, 50), CALL_CENTRE: (18, 55)}
"""When each desk has written down its day: what others build on comes first."""


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


def desk_said(
    order: Order,
    login: str,
    at: datetime,
    kind: str,
    body: dict[str, Any] | None = None,
    visit: int | None = None,
    tag: object = "",
) -> Said:
    """What somebody wrote down at a desk, handed over in the evening; `tag` tells two of one kind and moment apart."""
    hour, minute = EVENINGS[login.partition(".")[0]]
    return Said(
        login=login,
        at=at,
        handed_over_at=moment(day_of(at), hour, minute),
        clock_ahead_seconds=0,
        order=order,
        fact_id=volume_id("fact", f"{order.number}/{kind}/{visit}/{tag or at.isoformat()}"),
        visit_id=None if visit is None else visit_id(order, visit),
        kind=kind,
        body=body or {},
    )
