"""The half year and its hours: when requests come, when people work, when phones have signal again."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random

SITE_TIME = timezone(timedelta(hours=8))
FIRST_DAY = date(2025, 4, 1)
LAST_DAY = date(2025, 9, 27)
"""180 days."""
NOW = datetime(2025, 9, 27, 23, 0, tzinfo=UTC)
"""The morning after: whatever lies beyond has not happened yet."""
BUSY = {4: 8, 5: 9, 6: 12, 7: 18, 8: 14, 9: 9}
"""How many requests a day of each month brings, in proportion: July is the peak."""
A_DAY = 22
FEWEST_DAYS = 60
SLOTS = ((8, 10), (10, 12), (13, 15), (15, 17))


def moment(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time at the site."""
    return datetime.combine(day, time(hour, minute, second), SITE_TIME).astimezone(UTC)


def day_of(at: datetime) -> date:
    """The day at the site."""
    return at.astimezone(SITE_TIME).date()


def drawn_days(draw: Random, count: int) -> list[date]:
    """So many days of requests, in order. Few requests lie in the last weeks, as dense as many would."""
    length = min((LAST_DAY - FIRST_DAY).days, max(FEWEST_DAYS, count // A_DAY)) + 1
    days = [LAST_DAY - timedelta(days=number) for number in range(length)]
    return sorted(draw.choices(days, [BUSY[day.month] for day in days], k=count))


def phone_evening(at: datetime) -> datetime:
    """When a phone of this day has signal again."""
    return moment(day_of(at), 21, 30)


def next_morning(at: datetime, days: int = 1, hour: int = 9, minute: int = 0) -> datetime:
    return moment(day_of(at) + timedelta(days=days), hour, minute)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)
