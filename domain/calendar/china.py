"""China's breaks as the State Council's yearly notices announce them, and the weekend days that are worked instead.

A holiday is every day of an announced break, the days bridged by it included. An ordinary weekend is none: the official
reading of the three-guarantees rules lets a term end on Sunday 1996-12-01.
"""

from datetime import date, timedelta

from msgspec import Struct

from domain.calendar.holidays import HolidayCalendar


class Break(Struct, frozen=True, kw_only=True):
    """One break, both days included."""

    zh: str
    en: str
    first_day: date
    last_day: date


class HolidayYear(Struct, frozen=True, kw_only=True):
    """What one notice announces. Without a notice nothing is known of the year, and nothing is made up for it."""

    year: int
    notice: str | None
    breaks: tuple[Break, ...]
    working_weekend_days: tuple[date, ...]


def _break(zh: str, en: str, first_day: date, last_day: date) -> Break:
    return Break(zh=zh, en=en, first_day=first_day, last_day=last_day)


YEARS = (
    HolidayYear(
        year=2025,
        notice="国办发明电〔2024〕12号，2024-11-12",
        breaks=(
            _break("元旦", "New Year", date(2025, 1, 1), date(2025, 1, 1)),
            _break("春节", "Spring Festival", date(2025, 1, 28), date(2025, 2, 4)),
            _break("清明节", "Qingming", date(2025, 4, 4), date(2025, 4, 6)),
            _break("劳动节", "Labour Day", date(2025, 5, 1), date(2025, 5, 5)),
            _break("端午节", "Dragon Boat Festival", date(2025, 5, 31), date(2025, 6, 2)),
            _break("国庆节、中秋节", "National Day and Mid-Autumn Festival", date(2025, 10, 1), date(2025, 10, 8)),
        ),
        working_weekend_days=(
            date(2025, 1, 26),
            date(2025, 2, 8),
            date(2025, 4, 27),
            date(2025, 9, 28),
            date(2025, 10, 11),
        ),
    ),
    HolidayYear(
        year=2026,
        notice="国务院办公厅关于2026年部分节假日安排的通知，2025-11-04",
        breaks=(
            _break("元旦", "New Year", date(2026, 1, 1), date(2026, 1, 3)),
            _break("春节", "Spring Festival", date(2026, 2, 15), date(2026, 2, 23)),
            _break("清明节", "Qingming", date(2026, 4, 4), date(2026, 4, 6)),
            _break("劳动节", "Labour Day", date(2026, 5, 1), date(2026, 5, 5)),
            _break("端午节", "Dragon Boat Festival", date(2026, 6, 19), date(2026, 6, 21)),
            _break("中秋节", "Mid-Autumn Festival", date(2026, 9, 25), date(2026, 9, 27)),
            _break("国庆节", "National Day", date(2026, 10, 1), date(2026, 10, 7)),
        ),
        working_weekend_days=(
            date(2026, 1, 4),
            date(2026, 2, 14),
            date(2026, 2, 28),
            date(2026, 5, 9),
            date(2026, 9, 20),
            date(2026, 10, 10),
        ),
    ),
    # Its notice was not at hand when this was written: to be entered by whoever reads it.
    HolidayYear(year=2027, notice=None, breaks=(), working_weekend_days=()),
)


def calendar_of(years: tuple[HolidayYear, ...]) -> HolidayCalendar:
    """One calendar of the years that were announced; they must follow one another."""
    announced = [each for each in years if each.notice is not None]
    return HolidayCalendar(
        first_day=date(announced[0].year, 1, 1),
        last_day=date(announced[-1].year, 12, 31),
        holidays=tuple(day for each in announced for pause in each.breaks for day in _days(pause)),
        working_days=tuple(day for each in announced for day in each.working_weekend_days),
    )


def _days(pause: Break) -> list[date]:
    return [pause.first_day + timedelta(days=n) for n in range((pause.last_day - pause.first_day).days + 1)]


CHINA = calendar_of(YEARS)
