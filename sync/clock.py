"""When a fact truly happened, seen through a phone's clock that drifts, jumps and lies.

The server measures each device's offset at every exchange; a monotonic clock, where the phone gives it, sees through
changes of the wall clock. A fact lies between the recording of the newest fact its author had seen and its own
recording; outside that bracket it is clamped and graded low. A phone's clock can shift a fact only within the time in
which it did happen.
"""

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from domain.facts import TimeGrade
from sync.record import Envelope

OFFSET_HOLDS = timedelta(days=1)
"""An offset holds this long: a clock drifts only seconds in it, and is rarely set between the fact and the exchange."""
LONGEST_OFFLINE = timedelta(days=400)
"""A fact that seems older than this has a wrong time: the clock may have started in 1970."""


class Exchange(Struct, frozen=True, kw_only=True):
    """What the clocks showed when device and server talked: the server's own, and the device's as it told them."""

    server_at: datetime
    device_at: datetime | None
    uptime_ms: int | None
    boot_id: str | None


def offset(exchange: Exchange) -> timedelta | None:
    """How far the device's clock is ahead of the server's; None when the device did not tell its clock."""
    return None if exchange.device_at is None else exchange.device_at - exchange.server_at


def offset_ms(exchange: Exchange) -> int | None:
    """As `offset`, in whole milliseconds."""
    ahead = offset(exchange)
    return None if ahead is None else ahead // timedelta(milliseconds=1)


def corrected(envelope: Envelope, exchange: Exchange, seen_at: datetime | None) -> tuple[datetime, TimeGrade]:
    """The fact's time on the server's clock, and how well it is known. `seen_at` is the lower end of the bracket."""
    at, grade = _estimate(envelope, exchange)
    if at > exchange.server_at:
        return exchange.server_at, TimeGrade.CLAMPED
    if seen_at is not None and at < seen_at:
        return seen_at, TimeGrade.CLAMPED
    return at, grade


def _estimate(envelope: Envelope, exchange: Exchange) -> tuple[datetime, TimeGrade]:
    if exchange.device_at is None and envelope.happened_at == exchange.server_at:
        return exchange.server_at, TimeGrade.SERVER
    try:
        if _same_boot(envelope, exchange):
            age = timedelta(milliseconds=(exchange.uptime_ms or 0) - (envelope.uptime_ms or 0))
            return exchange.server_at - age, TimeGrade.MONOTONIC
        ahead = offset(exchange)
        if ahead is not None:
            at = envelope.happened_at.astimezone(UTC) - ahead
            return at, _grade_of_offset(exchange.server_at - at)
        return envelope.happened_at.astimezone(UTC), TimeGrade.UNMEASURED
    except OverflowError:
        return exchange.server_at, TimeGrade.CLAMPED


def _grade_of_offset(age: timedelta) -> TimeGrade:
    """The offset was measured when the fact arrived: the older the fact, the less it says of the clock then."""
    if age >= LONGEST_OFFLINE:
        return TimeGrade.UNMEASURED
    return TimeGrade.OFFSET if age <= OFFSET_HOLDS else TimeGrade.ASSUMED


def _same_boot(envelope: Envelope, exchange: Exchange) -> bool:
    return (
        envelope.boot_id is not None
        and envelope.boot_id == exchange.boot_id
        and envelope.uptime_ms is not None
        and exchange.uptime_ms is not None
        and envelope.uptime_ms <= exchange.uptime_ms
    )
