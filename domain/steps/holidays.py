"""The holidays that a job's refunds go by: those that its plans and requests told of, else those built in (R08)."""

from datetime import date

from msgspec.structs import asdict, replace

from domain.calendar.china import CHINA
from domain.calendar.holidays import HolidayCalendar
from domain.facts.requirements import FrozenHolidays
from domain.job.document import Job

MOST_TOLD = 5


def with_holidays(job: Job, told: FrozenHolidays | None) -> Job:
    """The job with what it was told of; the newest few are kept."""
    if told is None or told in job.holidays:
        return job
    return replace(job, holidays=(*job.holidays, told)[-MOST_TOLD:])


def holidays_on(job: Job, day: date) -> HolidayCalendar:
    """The newest that was told of that day, or what is built in."""
    told = next((each for each in reversed(job.holidays) if each.first_day <= day <= each.last_day), None)
    return CHINA if told is None else HolidayCalendar(**asdict(told))
