"""Time zones by their IANA names; any other name would fail when the first time of day is worked out."""

from zoneinfo import available_timezones

from service.http.errors import Violation, invalid_body

KNOWN = frozenset(available_timezones())


def require_time_zone(name: str) -> None:
    """Refuse a body whose `time_zone` is none."""
    if name not in KNOWN:
        raise invalid_body(Violation("/time_zone", "unknown_time_zone"))
