"""Times that a person typed: in this century, the right way round, and no longer than a day's work."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from service.http.errors import Refused, Violation

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
A_DAY = timedelta(hours=24)


def require_sane(body: Struct, *names: str, problem: str = "invalid_body") -> None:
    """Refuse times that nobody can have meant."""
    _refuse(absurd(body, names), problem)


def absurd(body: Struct, names: Iterable[str]) -> tuple[Violation, ...]:
    times = {name: getattr(body, name) for name in names}
    return tuple(
        Violation(f"/{name}", "absurd_time")
        for name, at in times.items()
        if at is not None and not EARLIEST <= at <= LATEST
    )


def require_span(
    body: Struct, start: str, end: str, *, problem: str = "invalid_body", longest: timedelta | None = None
) -> None:
    """Refuse a span that is absurd, ends before it begins, or lasts longer than it may."""
    found = absurd(body, (start, end))
    if not found:
        begins, ends = getattr(body, start), getattr(body, end)
        if ends <= begins:
            found = (Violation(f"/{end}", "not_after_start"),)
        elif longest is not None and ends - begins > longest:
            found = (Violation(f"/{end}", "longer_than_a_day"),)
    _refuse(found, problem)


def _refuse(found: tuple[Violation, ...], problem: str) -> None:
    if found:
        raise Refused(problem, errors=found)
