"""Whether money that was due back went back in time (K34)."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from domain.calendar.holidays import later as later_day
from domain.job.document import Job
from domain.job.site_time import start_of_day
from domain.measures.course import Course
from domain.measures.measure import Tally
from domain.steps.refunds import clock_of, movements


class Due(Struct, frozen=True):
    """Money that was due back: since when, and when it had gone back."""

    since: datetime
    paid_at: datetime | None


def of_job(course: Course) -> Iterator[Tally]:
    """Each refund by itself."""
    for due in dues(course.job):
        yield from _refund(course.job, due)


def dues(job: Job) -> list[Due]:
    """Every stretch in which money was due back. What a later bill used up was never due."""
    paid_fen = asked_fen = refunded_fen = 0
    found: list[Due] = []
    since: datetime | None = None
    for at, _, paid, asked, back in sorted(movements(job)):
        paid_fen, asked_fen, refunded_fen = paid_fen + paid, asked_fen + asked, refunded_fen + back
        is_due = max(paid_fen, asked_fen, 0) > refunded_fen
        if since is not None and not is_due and back > 0:
            found.append(Due(since, at))
        since = (since or at) if is_due else None
    return found if since is None else [*found, Due(since, None)]


def _refund(job: Job, due: Due) -> Iterator[Tally]:
    """Five working days to be in time, fifteen days before it breaks the law; both last days included (K34)."""
    clock = clock_of(job, due.since)
    in_time = start_of_day(job, later_day(clock.in_time_until, 1))
    lawful = start_of_day(job, later_day(clock.lawful_until, 1))
    excluded = None if clock.calendar_known else "calendar_unknown"
    paid_at = due.paid_at
    soon, ever = paid_at is not None and paid_at < in_time, paid_at is not None and paid_at < lawful
    yield Tally("K34", min(paid_at or in_time, in_time), int(soon), excluded=excluded)
    yield Tally("K34b", min(paid_at or lawful, lawful), int(not ever), excluded=excluded)
