"""Days and hours at a job's site. An unknown time zone counts as UTC, for the fold never raises."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.job.document import Job

_UTC = ZoneInfo("UTC")


def zone_of(job: Job) -> ZoneInfo:
    """The time zone of the site."""
    try:
        return ZoneInfo(job.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _UTC


def site_day(job: Job, at: datetime) -> date:
    """The calendar day at the site. A moment that has no day there counts as it was written."""
    try:
        return at.astimezone(zone_of(job)).date()
    except OverflowError:
        return at.date()


def start_of_day(job: Job, day: date) -> datetime:
    """The day's first moment at the site."""
    try:
        return datetime.combine(day, time(), zone_of(job)).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time(), UTC)
