"""China's breaks as the State Council's yearly notices announce them, and the weekend days that are worked instead.

A holiday is every day of an announced break, the days bridged by it included. An ordinary weekend is none: the official
reading of the three-guarantees rules lets a term end on Sunday 1996-12-01. Years whose notice was not at hand when this
was written are entered by the organisation (`HolidayYear`).
"""

from datetime import date
from zoneinfo import ZoneInfo

from domain.calendar.holiday_years import HolidayBreak, HolidayYear, calendar_of

_NOTICES = {
    "2025": "国办发明电〔2024〕12号，2024-11-12",
    "2026": "国务院办公厅关于2026年部分节假日安排的通知，2025-11-04",
}
_BREAKS = (
    ("元旦", "New Year", "2025-01-01", "2025-01-01"),
    ("春节", "Spring Festival", "2025-01-28", "2025-02-04"),
    ("清明节", "Qingming", "2025-04-04", "2025-04-06"),
    ("劳动节", "Labour Day", "2025-05-01", "2025-05-05"),
    ("端午节", "Dragon Boat Festival", "2025-05-31", "2025-06-02"),
    ("国庆节、中秋节", "National Day and Mid-Autumn Festival", "2025-10-01", "2025-10-08"),
    ("元旦", "New Year", "2026-01-01", "2026-01-03"),
    ("春节", "Spring Festival", "2026-02-15", "2026-02-23"),
    ("清明节", "Qingming", "2026-04-04", "2026-04-06"),
    ("劳动节", "Labour Day", "2026-05-01", "2026-05-05"),
    ("端午节", "Dragon Boat Festival", "2026-06-19", "2026-06-21"),
    ("中秋节", "Mid-Autumn Festival", "2026-09-25", "2026-09-27"),
    ("国庆节", "National Day", "2026-10-01", "2026-10-07"),
)
_WORKED = (
    *("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
)


def _announced(year: str, notice: str) -> HolidayYear:
    breaks = [
        HolidayBreak(name_zh=zh, name_en=en, first_day=date.fromisoformat(first), last_day=date.fromisoformat(last))
        for zh, en, first, last in _BREAKS
        if first.startswith(year)
    ]
    return HolidayYear(
        code=year,
        name_zh=f"{year} 年节假日",
        name_en=f"Holidays of {year}",
        notice=notice,
        breaks=tuple(breaks),
        working_weekend_days=tuple(date.fromisoformat(day) for day in _WORKED if day.startswith(year)),
    )


YEARS = tuple(_announced(year, notice) for year, notice in _NOTICES.items())
CHINA = calendar_of(YEARS)
CHINA_TIME = ZoneInfo("Asia/Shanghai")
"""The clocks by which days are counted that belong to no site: today's terms of a law, the end of a period."""
