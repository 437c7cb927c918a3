"""Whether money that was due back went back in time (K34)."""

from collections.abc import Iterator

from domain.calendar.holidays import later as later_day
from domain.job.document import Job
from domain.job.site_time import start_of_day
from domain.measures.course import Course
from domain.measures.measure import Tally
from domain.steps.refunds import Due, clock_of, dues


def of_job(course: Course) -> Iterator[Tally]:
    """Each refund by itself."""
    for due in dues(course.job):
        yield from _refund(course.job, due)


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
